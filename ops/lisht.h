#pragma once
#include "../csrc/formula.h"

/// lisht(x) = x·tanh(x). With t = |x|, z = e^(−2t), s = 4z/(1 + z)²:
///   lisht′ = ±(tanh(t) + t·s),   lisht″ = 2s·P/(1 + z),  P = 1 + z − t·(1 − z)
struct Lisht {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V> / 2), u = 2 * t;
    const auto z = exp_bounded(-u);
    const V y = tanh_from_exp(u, z);
    const auto s = sech_squared(V(1), z);
    const auto [w, fall] = tail(t);
    return jet{abs(x) * y, copysign(abs(fma(t, value(s), y)), x),
               value(8 * fall * (w / square(1 + w))) / (1 + value(w))};
  }

 private:
  static constexpr constant root{1.1996786402577337, 9.232436427676682e-17};
  static constexpr constant power_at_root{0.0907762782268676, -4.307281675237286e-18};

  /// z and P. P vanishes at t = r: with E = e^(2(r − t)), z = q·E, q = (r − 1)/(r + 1), it is
  /// q·(E − 1)·(1 + t) + (1 − q)·(r − t), two terms of one sign.
  template <class V> NONLIN_INLINE static auto tail(V t) {
    const auto d = difference(root, t);
    const auto [z, gain] = exp_and_expm1_bounded<power_at_root>(d + d);
    return both{z, fma(gain, 1 + t, (1 - power_at_root.hi) * rounded(d))};
  }
  template <compensated V> NONLIN_INLINE static auto tail(V t) {
    const auto d = difference(root, t);
    const auto [z, gain] = exp_and_expm1_bounded<power_at_root>(double_word<V>{2 * d.hi, 2 * d.lo});
    return both{z, fma(gain, 1 + t, (1 - power_at_root.hi) * rounded(d))};
  }
  template <approximate V> NONLIN_INLINE static auto tail(V t) {
    const auto z = exp_bounded(-2 * t);
    const V fall = value(z) * (1 + t) + (1 - t);
    return both{z, by_series_near(root, t, fall, 1.30858100229, 0.217804724062, 0.0846856305566,
                                  0.0120840558693)};
  }
};
