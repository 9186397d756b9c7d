#pragma once
/// Arithmetic of the lanes of one instruction set on arrays, as formulas write it. Included in its
/// namespace, after its lanes; what it defines is compiled for that instruction set.
#include "csrc/math/double_word.h"

template <class V> static V compute(operation which, V a, V b, V c) {
  switch (which) {
    case operation::product_minus:
      return a * b - c;
    case operation::product_plus:
      return a * b + c;
    case operation::rest_of_sum:
      return a + b - a - b;
    case operation::error_of_sum:
      return two_sum(a, b).lo;
    case operation::third:
      return a / 3;
    case operation::minus_itself:
      return a - a;
    case operation::times_zero:
      return a * 0;
    case operation::plus_zero:
      return a + 0;
    case operation::equals_itself:
      return select(a == a, V(1), V(0));
  }
  return a;
}

template <class V, class T>
static void operate(operation which, const T* a, const T* b, const T* c, T* y, int size) {
  for (int i = 0; i < size; i += V::size) {
    compute(which, V::load(a + i), V::load(b + i), V::load(c + i)).store(y + i);
  }
}

template <class Float, class Double> constexpr operations operations_of() {
  return {operate<Float, float>, operate<Double, double>};
}
