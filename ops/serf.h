#pragma once
#include "../csrc/formula.h"

/// serf(x) = x·erf(p), p = softplus(x). With q = 2/√π·e^(−p²), σ = σ(x):
///   erf(p) + x·σ·q,   σ·q·(2 + x·(1 − σ − 2p·σ))
///
/// For x < 0 all of p is log(1 + eˣ), scaled, and p < 0.7. Next to its root the slope is as it
/// comes.
struct Serf {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    constexpr double end = float_range<V> ? 10 : 27;
    const V p = softplus(x), s = logistic(x), c = logistic(-x);
    const V t = clamp(x, -exp_decay_limit<V>, end), small = min(p, V(end));
    const auto q = 1.12837916709551257390 * exp(-two_prod(small, small));
    const V e = erf(p);
    const V turn = fma(t, fma(-2 * p, s, c), 2);
    if constexpr (compensated<V>) {
      const auto tail = log1p_of_exp(exp_bounded(-magnitude(x, exp_decay_limit<V>)));
      const auto small_erf = erf_near_zero(tail, p * p);
      return jet{if_negative(x, value(max(x, V(-exp_decay_limit<V>)) * small_erf), x * e),
                 fma(t * s, value(q), e), value(s * turn * q)};
    } else {
      return jet{x * e, fma(t * s, value(q), e), value(s * turn * q)};
    }
  }
};
