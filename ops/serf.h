#pragma once
#include "../csrc/formula.h"

/// serf(x) = x·erf(log(1 + eˣ))                  Nag, Bhattacharyya 2021, arXiv 2108.09598
///
/// With p = log(1 + eˣ), q = 2/√π·e^(−p²), σ = σ(x):
///   serf′ = erf(p) + x·σ·q,   serf″ = σ·q·(2 + x·(1 − σ − 2p·σ))
struct Serf {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    constexpr double end = float_range<V> ? 13 : 28;  // beyond, q has left the range of the results
    const V c = clamp(x, -exp_decay_limit<V>, end), s = logistic(c);
    const auto sum = softplus_double_word(c);
    const V p = rounded(sum);
    const auto q = 1.12837916709551257390 * exp(-two_prod(sum, sum));
    const V turn = fma(c, fma(-2 * p, s, logistic(-c)), 2);
    const auto z = exp_bounded(-abs(c));
    const V bend = turn / (1 + z);
    return jet{times_erf_softplus(x), slope(c, p, V(c * s * value(q))),
               // The last factor may be subnormal.
               if_negative(c, value(bend * value(q) * z), value(bend * q))};
  }

 private:
  /// At and below 0 by its root.
  template <class V> NONLIN_INLINE static V slope(V x, V p, V rise) {
    if constexpr (textbook<V>) {
      return erf(p) + rise;
    } else {
      return if_greater(x, 0, erf(p) + rise, erf_softplus_slope(min(V(0), x)));
    }
  }
};
