#pragma once
#include "../csrc/formula.h"

/// mish(x) = x·tanh(log(1 + eˣ)) = x·n/(2 + n),  n = e·(2 + e),  e = eˣ
///                                              Misra 2019, arXiv 1908.08681
/// mish′   = e·P/(2 + n)²,  P = (2 + e)(2 + n) + 4x·(1 + e)
/// mish″   = 4e·(2(1 + e)(2 + n) + x·(2 + 2e − 3e² − 2e³))/(2 + n)³
///
/// Which lane runs which text, where it has none of its own in csrc/math/tanh_softplus.h:
///
///                             value    slope             curvature
///   compensated, textbook     ratio    from_its_root     by_decay
///   approximate               ratio    as_it_stands      by_decay
struct Mish {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{ratio(x), slope(x), curvature(x)};
  }

 private:
  template <class V> NONLIN_INLINE static V slope(V x) {
    if constexpr (has_tanh_softplus_slope<V>) {
      return tanh_softplus_slope(x);
    } else if constexpr (approximate<V>) {
      return as_it_stands(x);
    } else {
      return from_its_root(x);
    }
  }
  template <class V> NONLIN_INLINE static V curvature(V x) {
    if constexpr (has_tanh_softplus_curvature<V>) {
      return tanh_softplus_curvature(x);
    } else {
      return by_decay(x);
    }
  }

  /// Above the limit mish is x and its slope 1 to the last bit, and e⁴ is finite.
  template <class V> NONLIN_INLINE static V limited(V x) {
    return clamp(x, -exp_decay_limit<V>, V::bits > 24 ? 40 : 20);
  }
  template <class V> NONLIN_INLINE static V ratio(V x) {
    const V c = limited(x);
    return saturating_ratio(x, c, 2, times_offset(2, exp_bounded(c)));
  }
  template <class V> NONLIN_INLINE static V as_it_stands(V x) {
    const V c = limited(x);
    const auto e = exp(c);
    const V p = value(e), s = 1 + p, b = fma(s, s, 1);  // (1 + e)² + 1: no input is misrounded
    return value(fma(p + 2, b, 4 * c * s) / (b * b) * e);
  }
  /// P vanishes at x = −r. With q = e⁻ʳ and G = e − q it is
  ///   G·(G² + (3q + 4)·G + 3q² + 8q + 6 − 4r) + 4·(x + r)·(1 + e),
  /// two terms of one sign. For x > 0 the distance to 1 is taken:
  ///   mish′ = 1 + (e·((4x − 2)·e + 4x − 4) − 4)/(2 + n)².
  template <class V> NONLIN_INLINE static V from_its_root(V x) {
    constexpr constant root = tanh_softplus_root;
    constexpr double r = root.hi, q = tanh_softplus_power.hi;
    constexpr double b = 3 * q + 4, c = 3 * q * q + 8 * q + 6 - 4 * r;
    const V y = limited(x);
    const auto d = difference(root, -y);
    const auto [e, gain] = exp_and_expm1_bounded<tanh_softplus_power>(d);
    const V p = value(e), u = 4 * rounded(d), v = 4 * y;
    const V fall = fma(fma(gain, gain + b, c), gain, fma(u, p, u));
    const V rise = fma(p, fma(p, v - 2, v - 4), -4);
    return if_negative(y, 0, 1) +
           value(if_negative(y, two_prod(fall, e), rise) / square(2 + e * fast_two_sum(2 + e)));
  }
  /// With z = e^(−|x|) both sides have the shape c·z·N(z)/b³; for x > 0 it decays as z².
  template <class V> NONLIN_INLINE static V by_decay(V x) {
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto z = exp_decay<tanh_softplus_power>(tanh_softplus_root, t);
    const V p = value(z), c = if_negative(x, 4, 4 * p);
    const V b = if_negative(x, fma(p, p + 2, 2), fma(p, 2 * p + 2, 1));
    const V n0 = fma(t, -2, if_negative(x, 4, 2));
    const V n1 = fma(t, if_negative(x, -2, -3), if_negative(x, 8, 6));
    const V n2 = fma(t, if_negative(x, 3, 2), if_negative(x, 6, 8));
    const V n3 = fma(t, 2, if_negative(x, 2, 4));
    return value(c * fma(p, fma(p, fma(p, n3, n2), n1), n0) / (b * b * b) * z);
  }
};
