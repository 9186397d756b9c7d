#pragma once
#include "../csrc/formula.h"

/// mish(x) = x·tanh(log(1 + eˣ)) = x·n/(2 + n),  n = e·(2 + e),  e = eˣ
///                                              Misra 2019, arXiv 1908.08681
/// mish′   = e·P/(2 + n)²,  P = (2 + e)(2 + n) + 4x·(1 + e)
/// mish″   = 4e·(2(1 + e)(2 + n) + x·(2 + 2e − 3e² − 2e³))/(2 + n)³
struct mish {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    // Above the limit mish is x and its slope 1 to the last bit, and e⁴ is finite.
    const V c = clamp(x, -exp_end<V>, V::bits > 24 ? 40 : 20);
    const auto e = short_exp(c);
    const auto n = chain(c, e);
    return jet{
        whole(x, c, n),
        slope(c),
        curvature(x),
    };
  }

 private:
  static constexpr constant root{1.192431214515495212138, 4.8484829848031044e-17};  // −r
  static constexpr constant power_at_root{.3034825352815289288214, 1.981117434764409e-17};

  /// e·(2 + e), on CUDA with one rounding less, for the sake of 2 ULP.
  template <class V, class E> NONLIN_INLINE static auto chain(V, E e) {
    if constexpr (lean<V> && compensated<V>) {
      return normalized(product(widened(2 + e), e));
    } else {
      return e * widened(2 + e);
    }
  }
  /// x·n/(2 + n), which above the limit is x.
  template <class V, class N> NONLIN_INLINE static V whole(V x, V c, N n) {
    if constexpr (estimated<V>) {
      return value(max(x, -exp_end<V>) * (n / (2 + n)));
    } else if constexpr (lean<V> && compensated<V>) {
      return if_negative(c - x, x, value(quotient(product(c, n), 2, n)));
    } else {
      return if_negative(c - x, x, value(product(c, n) / (2 + n)));
    }
  }
  /// As it stands, or by its series.
  template <rough V> NONLIN_INLINE static V slope(V x) {
    const auto e = exp(x);
    const V p = value(e), s = 1 + p, b = fma(s, s, 1);  // (1 + e)² + 1: no input is misrounded
    const V n = near_root(root, -x, fma(p + 2, b, 4 * x * s), 6.40796408009, 2.26320743352,
                          1.28618229198, .557818489023);
    return value(n / (b * b) * e);
  }
  /// P vanishes at x = r. With q = eʳ and G = e − q it is
  ///   G·(G² + (3q + 4)·G + 3q² + 8q + 6 + 4r) + 4·(x − r)·(1 + e),
  /// two terms of one sign. For x > 0 the distance to 1 is taken:
  ///   mish′ = 1 + (e·((4x − 2)·e + 4x − 4) − 4)/(2 + n)².
  template <class V> NONLIN_INLINE static V slope(V x) {
    constexpr double r = root.hi, q = power_at_root.hi;
    constexpr double b = 3 * q + 4, c = 3 * q * q + 8 * q + 6 - 4 * r;
    const auto d = difference(root, -x);
    const auto [e, gain] = short_grow<power_at_root>(d);
    const V p = value(e), u = 4 * rounded(d), v = 4 * x;
    const V fall = fma(fma(gain, gain + b, c), gain, fma(u, p, u));
    const V rise = fma(p, fma(p, v - 2, v - 4), -4);
    return if_negative(x, 0, 1) +
           value(if_negative(x, product(fall, e), rise) / square(2 + e * widened(2 + e)));
  }
  /// With e = b/a, (a, b) = (1, z) or, for x > 0, (z, 1), where z = e^(−|x|):
  ///   4a²b·(2(a + b)·D + x·(2a²·(a + b) − b²·(3a + 2b)))/D³,  D = 2a² + 2ab + b²
  template <estimated V> NONLIN_INLINE static V curvature(V x) {
    const V t = magnitude(x, exp_end<V>);
    const auto z = short_exp(-t);
    const V p = value(z), s = 1 + p;  // a + b
    const V a = if_negative(x, 1, p), b = if_negative(x, p, 1), a2 = a + a, s2 = s + s, b2 = b * b;
    const V d = fma(a2, s, b2), u = fma(a2 * a, s, -b2 * (s2 + a));
    const V n = fma(copysign(t, x), u, s2 * d);
    return value(4 * a * n / (d * d * d) * z);
  }
  /// With z = e^(−|x|) both sides have the shape c·z·N(z)/b³; for x > 0 it decays as z².
  template <class V> NONLIN_INLINE static V curvature(V x) {
    const V t = magnitude(x, exp_end<V>);
    const auto z = short_exp(-t);
    const V p = value(z), c = if_negative(x, 4, 4 * p);
    const V b = if_negative(x, fma(p, p + 2, 2), fma(p, 2 * p + 2, 1));
    const V n0 = fma(t, -2, if_negative(x, 4, 2));
    const V n1 = fma(t, if_negative(x, -2, -3), if_negative(x, 8, 6));
    const V n2 = fma(t, if_negative(x, 3, 2), if_negative(x, 6, 8));
    const V n3 = fma(t, 2, if_negative(x, 2, 4));
    return value(c * fma(p, fma(p, fma(p, n3, n2), n1), n0) / (b * b * b) * z);
  }
};
