#pragma once
#include "../csrc/formula.h"

/// mish(x) = x·tanh(log(1 + eˣ)) = x·n/(2 + n),  n = e·(2 + e),  e = eˣ
///                                              Misra 2019, arXiv 1908.08681
/// mish′   = e·P/(2 + n)²,  P = (2 + e)(2 + n) + 4x·(1 + e)
/// mish″   = 4e·(2(1 + e)(2 + n) + x·(2 + 2e − 3e² − 2e³))/(2 + n)³
struct Mish {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{whole(x), slope(x), curvature(x)};
  }

 private:
  static constexpr constant root{1.192431214515495212138, 4.8484829848031044e-17};  // −r
  static constexpr constant power_at_root{.3034825352815289288214, 1.981117434764409e-17};

  /// Above the limit mish is x and its slope 1 to the last bit, and e⁴ is finite.
  template <class V> NONLIN_INLINE static V limited(V x) {
    return clamp(x, -exp_decay_limit<V>, V::bits > 24 ? 40 : 20);
  }
  /// e·(2 + e), on CUDA with one rounding less, for the sake of 2 ULP.
  template <class V, class E> NONLIN_INLINE static auto chain(V, E e) {
    if constexpr (V::traits.gpu && compensated<V>) {
      return renormalize(two_prod(fast_two_sum(2 + e), e));
    } else {
      return e * fast_two_sum(2 + e);
    }
  }
  /// x·n/(2 + n), which above the limit is x.
  template <class V> NONLIN_INLINE static V whole(V x) {
    const V c = limited(x);
    const auto e = exp_bounded(c);
    const auto n = chain(c, e);
    if constexpr (has_estimates<V>) {
      return value(max(x, -exp_decay_limit<V>) * (n / (2 + n)));
    } else if constexpr (V::traits.gpu && compensated<V>) {
      return if_negative(c - x, x, value(quotient(two_prod(c, n), 2, n)));
    } else {
      return if_negative(c - x, x, value(two_prod(c, n) / (2 + n)));
    }
  }
  /// As it stands.
  template <approximate V> NONLIN_INLINE static V slope(V x) {
    const V c = limited(x);
    const auto e = exp(c);
    const V p = value(e), s = 1 + p, b = fma(s, s, 1);  // (1 + e)² + 1: no input is misrounded
    return value(fma(p + 2, b, 4 * c * s) / (b * b) * e);
  }
  /// P vanishes at x = r. With q = eʳ and G = e − q it is
  ///   G·(G² + (3q + 4)·G + 3q² + 8q + 6 + 4r) + 4·(x − r)·(1 + e),
  /// two terms of one sign. For x > 0 the distance to 1 is taken:
  ///   mish′ = 1 + (e·((4x − 2)·e + 4x − 4) − 4)/(2 + n)².
  template <class V> NONLIN_INLINE static V slope(V x) {
    constexpr double r = root.hi, q = power_at_root.hi;
    constexpr double b = 3 * q + 4, c = 3 * q * q + 8 * q + 6 - 4 * r;
    const V y = limited(x);
    const auto d = difference(root, -y);
    const auto [e, gain] = exp_and_expm1_bounded<power_at_root>(d);
    const V p = value(e), u = 4 * rounded(d), v = 4 * y;
    const V fall = fma(fma(gain, gain + b, c), gain, fma(u, p, u));
    const V rise = fma(p, fma(p, v - 2, v - 4), -4);
    return if_negative(y, 0, 1) +
           value(if_negative(y, two_prod(fall, e), rise) / square(2 + e * fast_two_sum(2 + e)));
  }
  /// With z = e^(−|x|) both sides have the shape c·z·N(z)/b³; for x > 0 it decays as z².
  template <class V> NONLIN_INLINE static V curvature(V x) {
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto z = fading(t);
    const V p = value(z), c = if_negative(x, 4, 4 * p);
    const V b = if_negative(x, fma(p, p + 2, 2), fma(p, 2 * p + 2, 1));
    const V n0 = fma(t, -2, if_negative(x, 4, 2));
    const V n1 = fma(t, if_negative(x, -2, -3), if_negative(x, 8, 6));
    const V n2 = fma(t, if_negative(x, 3, 2), if_negative(x, 6, 8));
    const V n3 = fma(t, 2, if_negative(x, 2, 4));
    return value(c * fma(p, fma(p, fma(p, n3, n2), n1), n0) / (b * b * b) * z);
  }
  /// e^(−t), on CUDA as the slope has it.
  template <class V> NONLIN_INLINE static auto fading(V t) { return exp_bounded(-t); }

  /// As they stand, or the slope by its series: with e = b/a, s = a + b, D = s² + a²,
  ///   mish′ = b·((2a + b)·D + 4x·a²·s)/D²,   mish″ = 4a²·b·(2s + x·(a − 2b + 4a²·b/D))/D².
  /// Beyond the end mish″ is zero: with 8 bits as a float, with 11 bits as half precision, even
  /// times two gradients. Up to there b³ is finite, since with 8 bits a is small, and 2a/D is
  /// normal, as is a·e^(x/2) down to where the derivatives are zero.
  template <has_estimates V> struct terms {
    static constexpr double a = (V::bits <= 8) ? 0x1p-38 : 1, end = (V::bits <= 8) ? 55.5 : 29;
    V x;
    decltype(exp(x)) power;
    V b, s, d, r;
    explicit NONLIN_INLINE terms(V all)
        : x(clamp(all, -exp_decay_limit<V>, end)),
          power((V::bits <= 8) ? a * exp(x) : exp(x)),
          b(value(power)),
          s(a + b),
          d(fma(b, 2 * a + b, 2 * a * a)),  // in this order no input is misrounded
          r(reciprocal_estimate(d)) {}
  };
  template <approximate V> NONLIN_INLINE static V slope(V x) requires has_estimates<V> {
    const terms<V> e(x);
    constexpr double a = terms<V>::a;
    const V n = by_series_near(root, -e.x, fma(2 * a + e.b, e.d, 4 * a * a * e.x * e.s),
                               6.40796408009, 2.26320743352, 1.28618229198, .557818489023);
    return value(n * e.r * e.r * e.power);
  }
  template <has_estimates V> NONLIN_INLINE static V curvature(V x) {
    const terms<V> e(x);
    constexpr double a = terms<V>::a;
    const V bend = fma(4 * a * a, e.b * e.r, fma(-2, e.b, a));
    const V q = 2 * a * e.r;
    const auto [near, far] = split_exponent(fma(e.x, bend, 2 * e.s) * q * e.power, q);
    return near * far;
  }

  /// By z = e^(−t), t = |x|. With y = z/2 or, for x > 0, z, and D = 1 + 2y + 2y²,
  ///   mish′(−t) = z·P/4/D²,   mish′(t) = 1 − z·(z·(2 − 4t + (4 − 4t)·z + 4z²))/D².
  template <compensated V> NONLIN_INLINE static V slope(V x) requires(V::traits.gpu) {
    constexpr double r = root.hi, q = power_at_root.hi;
    constexpr double b = 3 * q + 4, c = 3 * q * q + 8 * q + 6 - 4 * r;
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto d = difference(root, t);
    const auto [z, gain] = exp_and_expm1_bounded<power_at_root>(d);
    const V p = z.m * number(z.n), y = p * if_negative(x, .5, 1), y2 = y + y;
    const auto s = fast_two_sum(offset_sum<V>{1, p});
    const V low = fma(s.lo, d.hi, s.hi * d.lo);
    const V fall = fma(s.hi, d.hi, fma(gain, fma(gain, fma(gain, .25, b / 4), c / 4), low));
    const V drop = p * fma(p, fma(p, 4, fma(t, -4, 4)), fma(t, -4, 2));
    return if_negative(x, V(0), V(1)) -
           two_prod(if_negative(x, -fall, drop), z) / square(offset_sum<V>{1, fma(y2, y, y2)});
  }
  template <compensated V> NONLIN_INLINE static auto fading(V t) requires(V::traits.gpu) {
    return exp_and_expm1_bounded<power_at_root>(difference(root, t)).first;
  }
};
