#pragma once
#include "../normal.h"
#include "quotient.h"

/// Polynomials in it do not need the last bits of a quotient.
template <int Bits> NONLIN_INLINE gpu_lane<Bits> normal_ratio(gpu_lane<Bits> t) {
  return (t - 4) * reciprocal_estimate(t + 4);
}
template <int Bits, class G>
NONLIN_INLINE auto normal_tail_by(G g, gpu_lane<Bits> w, gpu_lane<Bits> t) requires(Bits == 24) {
  const auto e = times_power(w, g);
  const auto z = two_prod(t, horner(slack_24(), normal_ratio(t)));
  return mantissa_exponent{quotient(e.m, gpu_lane<Bits>(2), z), e.n};
}
template <int Bits> NONLIN_INLINE auto gelu_tail_slope_ratio(gpu_lane<Bits> w, gpu_lane<Bits> t) {
  return w * horner(gelu_tail_slope_24(), normal_ratio(t));
}
