#pragma once
#include "log.h"

/// The logistic function, and what is made of its logarithm. Contracts are stated as in log.h.

/// σ(x) = 1/(1 + e⁻ˣ).
/// Domain: all x.
/// Error: 1.5, 1.1, 1.5 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁸; in the tail too, down to the
/// least subnormal; on CUDA with 11 bits as far as half precision reaches.
/// Ends: 0 at −∞, 1 at ∞, NaN passes.
/// Lanes: one text on logistic_tail.
template <class V> NONLIN_INLINE V logistic(V x) {
  const V t = magnitude(x, exp_end<V>);
  return reflect(x, 1, short_logistic_tail(V(1), t));
}

/// softplus(x) = log(1 + eˣ) = −log σ(−x).
/// Domain: all x.
/// Error: 1.5, 1.5, 1.5 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁷; in the tail as logistic.
/// Ends: 0 at −∞, ∞ at ∞, NaN passes.
/// Lanes: one text on log_of_sum.
template <class V> NONLIN_INLINE V softplus(V x) {
  const V t = magnitude(x, exp_end<V>);
  return positive_part(x) - log_of_sum(V(-1), short_exp(-t));
}

/// log σ(x) = −softplus(−x), in the same errors, but with zeros that are negative: −0 at ∞.
template <class V> NONLIN_INLINE V log_logistic(V x) { return -softplus(-x); }
