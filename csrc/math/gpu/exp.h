#pragma once
#include "../../simd/gpu_lane.h"
#include "../exp.h"

/// Exponentials on a GPU's floats, where instructions count: one polynomial, no lookups.

/// For these files: m and 1.5·2²³ + bias + n, where e^(a + low) = m·2ⁿ, m = 1 + a polynomial, as
/// the special-function unit errs by 2 ULP. With the bias n needs no sign.
template <class V, class... Low>
NONLIN_INLINE both<double_word<V>, V> exp_by_polynomial(float bias, V a, Low... low) {
  const float magic = 0x1.8p23f + bias;
  const V index = fma(a, 1.44269504f, magic), k = index - magic;
  V r = fma(k, -.693147182f, a);
  if constexpr (sizeof...(low) == 0) {
    r = fma(k, 1.90465421e-9f, r);
  } else {
    r = r + fma(k, 1.90465421e-9f, low...);
  }
  return {{1, fma(r * r, at(expm1_24(), r), r)}, index};
}

template <int Bits, class... Low> NONLIN_INLINE auto exp_double_word(gpu_lane<Bits> a, Low... low) {
  const auto [m, index] = exp_by_polynomial(254, a, low...);
  return mantissa_exponent{m, power_of_two(index)};
}
/// One factor of 2ⁿ varies, the other is 2⁻⁶⁴.
NONLIN_INLINE auto exp_bounded(double_word<gpu_lane<24>> a) {
  const auto [m, index] = exp_by_polynomial(127 + 64, a.hi, a.lo);
  return mantissa_exponent{m, bounded_power_of_two(index)};
}
NONLIN_INLINE auto exp_bounded(gpu_lane<24> a) {
  const auto [m, index] = exp_by_polynomial(127 + 64, a);
  return mantissa_exponent{m, bounded_power_of_two(index)};
}
template <const constant& C, int Bits>
NONLIN_INLINE auto exp_and_expm1_bounded(double_word<gpu_lane<Bits>> a) requires(Bits == 24) {
  constexpr constant c = C;
  const auto e = exp_bounded(a);
  const gpu_lane<Bits> m = e.m.lo, step = number(e.n) * c.hi;  // exact
  return both{c.on(a.hi) * e, fma(step, m, step - c.hi)};
}
