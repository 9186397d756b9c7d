#pragma once
#include "log.h"
#include "logistic.h"
#include "tanh.h"

/// The logistic function for all x, its logarithm and its integral. On approximate lanes an error
/// of e⁻ˣ counts most next to 0: there each is a polynomial.

/// σ(x) = 1/(1 + e⁻ˣ)
///   domain    all
///   error     float 1.6 ULP · GPU float 1.2 ULP · double 1.6 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits
///             2⁻¹⁸
///   ends      0 at −∞, 1 at ∞, relatively accurate in the tail; subnormal results round once;
///             NaN passes
///   own text  8 bits, GPU 16 bits: ½ + tanh(x/2)/2 for |x| < 1.1
template <any_lane V> NONLIN_INLINE V logistic(V x) {
  const V t = magnitude(x, exp_decay_limit<V>);
  const V far = reflect(x, 1, logistic_tail_bounded(V(1), t));
  if constexpr (machine_lane<V> && approximate<V>) {
    return if_greater(1.1, t, fma(tanh_near_zero(V(x * .5)), .5, .5), far);
  } else {
    return far;
  }
}

/// log(1 + eˣ) = −log σ(−x)
///   domain    all
///   error     float 1.3 ULP · GPU float 1.3 ULP · double 1.3 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits
///             2⁻¹⁸
///   ends      0 at −∞, ∞ at ∞, relatively accurate in the tail; subnormal results round once;
///             NaN passes
///   own text  8 bits, GPU 16 bits: x/2 + log(2·cosh(x/2)) for |x| < 1
template <any_lane V> NONLIN_INLINE V softplus(V x) {
  const V t = magnitude(x, exp_decay_limit<V>);
  const V far = positive_part(x) - V(-1) * log1p_of_exp(exp_bounded(-t));
  if constexpr (machine_lane<V> && approximate<V>) {
    const V s = t * t;
    return if_greater(1, t, fma(x, .5, fma(s, at(log_cosh_11(), s), ln_2)), far);
  } else {
    return far;
  }
}

/// log σ(x) = −log(1 + e⁻ˣ)
///   domain    all
///   error     as softplus
///   ends      −∞ at −∞, −0 at ∞, relatively accurate in the tail; NaN passes
///   own text  as softplus
template <any_lane V> NONLIN_INLINE V log_logistic(V x) { return -softplus(-x); }
