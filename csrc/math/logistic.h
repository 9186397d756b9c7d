#pragma once
#include "exp.h"

/// The logistic function σ(a) = 1/(1 + e⁻ᵃ) and its tail q = z/(1 + z), z = e⁻ᵃ.

/// w·σ(−a) = w·z/(1 + z), z = e⁻ᵃ, as exp gives it
///   domain    0 ≤ a ≤ exp_argument_limit
///   error     float 1.5 ULP · GPU float 1.2 ULP · double 1.4 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      subnormal results round once; NaN passes
///   own text  GPU float, GPU 8 bits
template <class V, class A> NONLIN_INLINE auto logistic_tail(V w, A a) {
  const auto z = exp(-a);
  return corrected_quotient(w * z, 1 + z);
}

/// The same where the argument is bounded
///   domain    floats 0 ≤ a ≤ 130; doubles as logistic_tail
///   error     as logistic_tail
///   ends      as logistic_tail
///   own text  GPU float, where it costs less; the others: logistic_tail
template <class V, class A> NONLIN_INLINE auto logistic_tail_bounded(V w, A a) {
  const auto z = exp_bounded(-a);
  return corrected_quotient(w * z, 1 + z);
}

/// tanh(a/2) = (1 − z)/(1 + z) for a z = e⁻ᵃ that is there anyway, as exp gives it
///   domain    0 ≤ a ≤ exp_argument_limit
///   error     float 2 ULP · GPU float 1.6 ULP · double 2.4 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      relatively accurate next to zero; NaN passes
///   own text  GPU 16 bits, by its series next to zero
template <class A, class Z> NONLIN_INLINE auto half_tanh(A a, Z z) { return -expm1(-a) / (1 + z); }
template <has_estimates V, class Z> NONLIN_INLINE V half_tanh(V a, Z z) {
  const V s = a * a, near = a * fma(s, fma(s, 1 / 240., -1 / 24.), .5);
  return if_greater(.25f, a, near, (1 - value(z)) / (1 + z));
}
template <has_estimates V, class Z> NONLIN_INLINE V half_tanh(double_word<V> a, Z z) {
  return half_tanh(a.hi, z);
}
