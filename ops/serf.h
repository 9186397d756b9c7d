#pragma once
#include "../csrc/formula.h"

/// serf(x) = x·erf(log(1 + eˣ))                  Nag, Bhattacharyya 2021, arXiv 2108.09598
///
/// With p = log(1 + eˣ), q = 2/√π·e^(−p²), σ = σ(x):
///   serf′ = erf(p) + x·σ·q,   serf″ = σ·q·(2 + x·(1 − σ − 2p·σ))
///
/// The derivatives are long, and called: inlined, they would take three times the code.
struct Serf {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{times_erf_softplus(x), out_of_line(slope{}, x), out_of_line(curvature{}, x)};
  }

 private:
  template <class V> NONLIN_INLINE static V limited(V x) {
    return clamp(x, -exp_decay_limit<V>, float_range<V> ? 13 : 28);  // there q has vanished
  }
  /// x·σ(x). Textbook lanes keep its tail where they lose that of σ.
  template <class V> NONLIN_INLINE static V gated(V c) {
    if constexpr (textbook<V>) {
      return gated_by_logistic(c, abs(c));
    } else {
      return c * logistic(c);
    }
  }
  template <class D> NONLIN_INLINE static auto density(D p) {
    return 1.12837916709551257390 * exp(-two_prod(p, p));
  }
  /// At and below 0 by its root.
  struct slope {
    template <class V> NONLIN_INLINE V operator()(V x) const {
      const V c = limited(x);
      const auto p = softplus_double_word(c);
      const V rise = gated(c) * value(density(p)), right = erf(rounded(p)) + rise;
      if constexpr (textbook<V>) {
        return right;
      } else {
        return if_greater(c, 0, right, erf_softplus_slope(min(V(0), c)));
      }
    }
  };
  struct curvature {
    template <class V> NONLIN_INLINE V operator()(V x) const {
      const V c = limited(x);
      const auto decay = exp_bounded(-abs(c));
      const V z = value(decay), both = 1 + z;
      const auto p = softplus_double_word(c);
      const auto q = density(p);
      // σ = 1/(1 + z) and 1 − σ = z/(1 + z) above 0, and the other way round below.
      const V linear = 2 + c, bent = 2 * fma(-c, rounded(p), 1);
      const V sum = if_negative(c, fma(z, bent, linear), fma(z, linear, bent));
      const V bend = sum / (both * both);
      // What may be subnormal comes last.
      return if_negative(c, value(bend * value(q) * decay), value(bend * q));
    }
  };
};
