#pragma once
#include "log.h"
#include "tanh.h"

/// The logistic function, and what is made of its logarithm. Contracts are stated as in log.h.

/// σ(x) = 1/(1 + e⁻ˣ).
/// Domain: all x.
/// Error: 1.5, 1.1, 1.5 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁸; in the tail too, down to the
/// least subnormal; on CUDA with 11 bits as far as half precision reaches.
/// Ends: 0 at −∞, 1 at ∞, NaN passes.
/// Lanes: one text on logistic_tail. Without compensated arithmetic next to 0 as ½ + tanh(x/2)/2,
/// where an error of e⁻ˣ would count most.
template <class V> NONLIN_INLINE V logistic(V x) {
  const V t = magnitude(x, exp_end<V>);
  const V far = reflect(x, 1, short_logistic_tail(V(1), t));
  if constexpr (concrete<V> && !compensated<V>) {
    return if_greater(1.1, t, fma(tanh_near_zero(V(x * .5)), .5, .5), far);
  } else {
    return far;
  }
}

/// softplus(x) = log(1 + eˣ) = −log σ(−x).
/// Domain: all x.
/// Error: 1.5, 1.5, 1.5 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁷; in the tail as logistic.
/// Ends: 0 at −∞, ∞ at ∞, NaN passes.
/// Lanes: one text on log_of_sum. Without compensated arithmetic next to 0 as x/2 +
/// log(2·cosh(x/2)), where an error of e⁻ˣ would count most.
template <class V> NONLIN_INLINE V softplus(V x) {
  const V t = magnitude(x, exp_end<V>);
  const V far = positive_part(x) - V(-1) * log_of_sum(short_exp(-t));
  if constexpr (concrete<V> && !compensated<V>) {
    const V s = t * t;
    return if_greater(1, t, fma(x, .5, fma(s, at(log_cosh_11(), s), ln_2)), far);
  } else {
    return far;
  }
}

/// log σ(x) = −softplus(−x), in the same errors, but with zeros that are negative: −0 at ∞.
template <class V> NONLIN_INLINE V log_logistic(V x) { return -softplus(-x); }
