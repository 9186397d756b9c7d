#pragma once
#include "../csrc/formula.h"

/// lisht(x) = x·tanh(x)                          Roy et al. 2019, arXiv 1901.05894
///
/// With t = |x|, u = 2t, z = e⁻ᵘ, s = 4z/(1 + z)²:
///   lisht′ = ±(tanh(t) + t·s),   lisht″ = 2s·P/(1 + z),   P = 1 + z − t·(1 − z)
struct Lisht {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V> / 2), u = 2 * t;
    const auto z = exp_bounded(-u);
    const V y = abs(tanh(x)), s = value(sech_squared(V(1), z));
    const auto [w, fall] = tail(t, u);
    return jet{
        abs(x) * y,
        copysign(abs(fma(t, s, y)), x),
        value(8 * fall * (w / square(1 + w))) / (1 + value(w)),
    };
  }

 private:
  static constexpr constant root{1.1996786402577337, 9.232436427676682e-17};
  static constexpr constant u_at_root{2 * root.hi, 2 * root.lo};
  static constexpr constant power_at_root{.0907762782268676, -4.307281675237286e-18};

  /// z and P. P vanishes at t = r. With E = e^(2(r − t)) and z = q·E, q = (r − 1)/(r + 1), it is
  /// q·(E − 1)·(1 + t) + (1 − q)·(r − t): two terms of one sign.
  template <class V> NONLIN_INLINE static auto tail(V t, V u) {
    const auto d = difference(u_at_root, u);
    const auto [z, gain] = exp_and_expm1_bounded<power_at_root>(d);
    return both{z, fma(gain, 1 + t, (1 - power_at_root.hi) / 2 * rounded(d))};
  }
  /// On approximate lanes as it stands, or by its series.
  template <approximate V> NONLIN_INLINE static auto tail(V t, V u) {
    const auto z = exp_bounded(-u);
    const V fall = value(z) * (1 + t) + (1 - t);
    return both{z, by_series_near(root, t, fall, 1.30858100229, .217804724062, .0846856305566,
                                  .0120840558693)};
  }
};
