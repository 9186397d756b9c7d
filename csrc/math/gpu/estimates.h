#pragma once
#include "logistic.h"
#include "normal.h"

/// Functions of a GPU's lanes for 16-bit types, by the special-function unit, which errs by 2⁻²².

/// 8 bits: the special-function unit gives e^(a/2), and its square reaches past the subnormals.
NONLIN_INLINE auto exp(gpu_lane<8> a) {
  const gpu_lane<8> root = exp2_estimate(a * .721347520f);
  return mantissa_exponent{root, gpu_lane<8>::exponent{1, root.v}};
}
/// 11 bits: half precision, even times two gradients, does not reach beyond the range of float.
NONLIN_INLINE gpu_lane<11> exp(gpu_lane<11> a) { return exp2_estimate(a * 1.44269504f); }
NONLIN_INLINE gpu_lane<11> exp(double_word<gpu_lane<11>> a) { return exp(a.hi); }

NONLIN_INLINE auto logistic_tail(gpu_lane<8> w, gpu_lane<8> a) {
  const auto z = exp(-a);
  return w * z / fma(z.m, z.m, 1);
}
NONLIN_INLINE auto logistic_tail_bounded(gpu_lane<8> w, gpu_lane<8> a) {
  return logistic_tail(w, a);
}

/// Next to zero by a polynomial; e^a is squared last, as w may be small.
template <int Bits>
NONLIN_INLINE gpu_lane<Bits> expm1(gpu_lane<Bits> w, gpu_lane<Bits> a) requires(Bits <= 11) {
  const gpu_lane<Bits> near = a * at(expm1_11(), a), root = exp2_estimate(a * .721347520f);
  return if_greater(.25f, abs(a), w * near, fma(w * root, root, -w));
}
template <int Bits> NONLIN_INLINE gpu_lane<Bits> expm1(gpu_lane<Bits> a) requires(Bits <= 11) {
  return expm1(gpu_lane<Bits>(1), a);
}
NONLIN_INLINE gpu_lane<11> expm1(double_word<gpu_lane<11>> a) { return expm1(a.hi); }

/// By the logarithm of the tail.
template <int Bits>
NONLIN_INLINE auto normal_tail(gpu_lane<Bits> w, gpu_lane<Bits> t) requires(Bits <= 11) {
  if constexpr (Bits > 8) {
    return w * exp2_estimate(at(log_tail_11(), t));
  } else {
    const gpu_lane<8> root = exp2_estimate(at(log_tail_8(), t));
    return mantissa_exponent{w * root, gpu_lane<8>::exponent{1, root.v}};
  }
}
/// w·gelu_tail_slope(t)/(root − t), by its logarithm.
template <int Bits>
NONLIN_INLINE auto gelu_tail_slope_estimate(gpu_lane<Bits> w, gpu_lane<Bits> t) {
  if constexpr (Bits > 8) {
    return w * exp2_estimate(at(log_gelu_tail_slope_11(), t));
  } else {
    const gpu_lane<8> root = exp2_estimate(at(log_gelu_tail_slope_8(), t));
    return mantissa_exponent{w * root, gpu_lane<8>::exponent{1, root.v}};
  }
}
