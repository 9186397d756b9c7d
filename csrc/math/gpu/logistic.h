#pragma once
#include "../logistic.h"
#include "quotient.h"

template <int Bits, class A>
NONLIN_INLINE auto logistic_tail(gpu_lane<Bits> w, A a) requires(Bits == 24) {
  const auto z = exp(-a);
  return times_power(w, z) / (1 + z);
}
template <int Bits, class A>
NONLIN_INLINE auto logistic_tail_bounded(gpu_lane<Bits> w, A a) requires(Bits == 24) {
  const auto z = exp_bounded(-a);
  return times_power(w, z) / (1 + z);
}
