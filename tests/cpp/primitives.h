#pragma once
/// Functions of csrc/math/ on arrays, by the lanes of one instruction set. Included in its
/// namespace, after its lanes; what it defines is compiled for that instruction set.
#include "csrc/math/normal.h"
#include "tests/cpp/two_texts.h"

template <class V, class T, class P> static void map(P p, const T* x, T* y, int size) {
  for (int i = 0; i < size; i += V::size) V(p(V::load(x + i))).store(y + i);
}

template <class V, class T> static void evaluate(primitive which, const T* x, T* y, int size) {
  switch (which) {
    case primitive::exp:
      return map<V>([](V a) { return value(exp(a)); }, x, y, size);
    case primitive::expm1:
      return map<V>([](V a) { return expm1(a); }, x, y, size);
    case primitive::gaussian:
      return map<V>([](V t) { return value(gaussian(t)); }, x, y, size);
    case primitive::normal_tail:
      return map<V>([](V t) { return value(normal_tail(V(1), t)); }, x, y, size);
    case primitive::normal_density:
      return map<V>([](V t) { return value(normal_density(V(1), t)); }, x, y, size);
    case primitive::gelu_tail_slope:
      return map<V>([](V t) { return value(gelu_tail_slope(t)); }, x, y, size);
  }
}

template <template <int> class Lane> constexpr primitives primitives_of() {
  return {evaluate<Lane<24>, float>,     evaluate<Lane<8>, float>,
          evaluate<double_lane, double>, differences<Lane<24>, float>,
          differences<Lane<8>, float>,   differences<double_lane, double>};
}
