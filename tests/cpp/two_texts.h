#pragma once
/// Formulas with a second text, for their default parameters, beside the general one: both must
/// give the same bits. Included in the namespace of the lanes.
#include "csrc/family/pointwise.h"
#include "ops.inc"

template <class V, class T, class M> static int different(M general, M shortened) {
  T a[V::size], b[V::size];
  V(general).store(a), V(shortened).store(b);
  int count = 0;
  for (int i = 0; i < V::size; ++i) {
    count += std::memcmp(&a[i], &b[i], sizeof(T)) != 0 && (a[i] == a[i] || b[i] == b[i]);
  }
  return count;
}
template <class F, class V, class T> static int differences_of(const T* x, int size) {
  int count = 0;
  if constexpr (shortened<F>) {
    for (int i = 0; i < size; i += V::size) {
      const auto a = F{}(V::load(x + i));
      const auto b = typename F::at_defaults{}(V::load(x + i));
      count += different<V, T>(V(a.value), V(b.value)) + different<V, T>(V(a.slope), V(b.slope)) +
               different<V, T>(V(a.curvature), V(b.curvature));
    }
  }
  return count;
}
/// At how many x they differ; of all activations and all members of their jets.
template <class V, class T> static int differences(const T* x, int size) {
  int count = 0;
#define NONLIN_OP(op, Type) count += differences_of<Type, V>(x, size);
#include "catalogue.inc"
#undef NONLIN_OP
  return count;
}
