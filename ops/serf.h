#pragma once
#include "../csrc/formula.h"

/// serf(x) = x·erf(log(1 + eˣ))                  Nag, Bhattacharyya 2021, arXiv 2108.09598
///
/// With p = log(1 + eˣ), q = 2/√π·e^(−p²), σ = σ(x):
///   serf′ = erf(p) + x·σ·q,   serf″ = σ·q·(2 + x·(1 − σ − 2p·σ))
struct Serf {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    constexpr double end = float_range<V> ? 13 : 28;  // beyond, q has left the range of the results
    const V c = clamp(x, -exp_decay_limit<V>, end), p = softplus(c), s = logistic(c);
    const auto q = 1.12837916709551257390 * exp(-two_prod(p, p));
    const V turn = fma(c, fma(-2 * p, s, logistic(-c)), 2);
    return jet{times_erf_softplus(x), slope(c, p, V(c * s * value(q))), value(s * turn * q)};
  }

 private:
  template <class V> NONLIN_INLINE static V slope(V x, V p, V rise) {
    if constexpr (textbook<V>) {
      return erf(p) + rise;
    } else {
      const V near = erf_softplus_slope(min(V(erf_softplus_seam), x));
      return if_greater(x, erf_softplus_seam, erf_beyond_one(p) + rise, near);
    }
  }
};
