#pragma once
#include "../tanh_softplus.h"
#include "estimates.h"

/// The slope and the curvature of x·tanh(log(1 + eˣ)) on a GPU. Its contract is in
/// ../tanh_softplus.h.

/// By z = e^(−t), t = |x|. With y = z/2 or, for x > 0, z, and D = 1 + 2y + 2y²,
///   slope(−t) = z·P/4/D²,   slope(t) = 1 − z·(z·(2 − 4t + (4 − 4t)·z + 4z²))/D²,
/// P = (2 + z)(2 + z(2 + z)) − 4t·(1 + z), which vanishes at t = r. With q = e⁻ʳ and G = z − q it
/// is
///   G·(G² + (3q + 4)·G + 3q² + 8q + 6 − 4r) + 4·(r − t)·(1 + z).
template <int Bits> NONLIN_INLINE gpu_lane<Bits> tanh_softplus_slope(gpu_lane<Bits> x) {
  using V = gpu_lane<Bits>;
  constexpr constant root = tanh_softplus_root;
  constexpr double r = root.hi, q = tanh_softplus_power.hi;
  constexpr double b = 3 * q + 4, c = 3 * q * q + 8 * q + 6 - 4 * r;
  const V t = magnitude(x, exp_decay_limit<V>);
  const auto d = difference(root, t);
  const auto [z, gain] = exp_and_expm1_bounded<tanh_softplus_power>(d);
  const V p = z.m * number(z.n), y = p * if_negative(x, .5, 1), y2 = y + y;
  const auto s = fast_two_sum(offset_sum<V>{1, p});
  const V low = fma(s.lo, d.hi, s.hi * d.lo);
  const V fall = fma(s.hi, d.hi, fma(gain, fma(gain, fma(gain, .25, b / 4), c / 4), low));
  const V drop = p * fma(p, fma(p, 4, fma(t, -4, 4)), fma(t, -4, 2));
  return if_negative(x, V(0), V(1)) -
         two_prod(if_negative(x, -fall, drop), z) / square(offset_sum<V>{1, fma(y2, y, y2)});
}

/// 16 bits: as they stand, or the slope by its series. With e = b/a, s = a + b, D = s² + a²,
///   slope = b·((2a + b)·D + 4x·a²·s)/D²,
///   curvature = 4a²·b·(2s + x·(a − 2b + 4a²·b/D))/D².
/// Beyond the end the curvature is zero: with 8 bits as a float, with 11 bits as half precision,
/// even times two gradients. Up to there b³ is finite, since with 8 bits a is small, and 2a/D is
/// normal, as is a·e^(x/2) down to where the derivatives are zero.
template <int Bits> struct tanh_softplus_terms {
  using V = gpu_lane<Bits>;
  static constexpr double a = Bits <= 8 ? 0x1p-38 : 1, end = Bits <= 8 ? 55.5 : 29;
  V x;
  decltype(exp(x)) power;
  V b, s, d, r;
  explicit NONLIN_INLINE tanh_softplus_terms(V all)
      : x(clamp(all, -exp_decay_limit<V>, end)),
        power(Bits <= 8 ? a * exp(x) : exp(x)),
        b(value(power)),
        s(a + b),
        d(fma(b, 2 * a + b, 2 * a * a)),  // in this order no input is misrounded
        r(reciprocal_estimate(d)) {}
};
template <int Bits>
NONLIN_INLINE gpu_lane<Bits> tanh_softplus_slope(gpu_lane<Bits> x) requires(Bits <= 11) {
  const tanh_softplus_terms<Bits> e(x);
  constexpr double a = tanh_softplus_terms<Bits>::a;
  constexpr constant root = tanh_softplus_root;
  const auto n = by_series_near(root, -e.x, fma(2 * a + e.b, e.d, 4 * a * a * e.x * e.s),
                                6.40796408009, 2.26320743352, 1.28618229198, .557818489023);
  return value(n * e.r * e.r * e.power);
}
template <int Bits>
NONLIN_INLINE gpu_lane<Bits> tanh_softplus_curvature(gpu_lane<Bits> x) requires(Bits <= 11) {
  using V = gpu_lane<Bits>;
  const tanh_softplus_terms<Bits> e(x);
  constexpr double a = tanh_softplus_terms<Bits>::a;
  const V turn = fma(4 * a * a, e.b * e.r, fma(-2, e.b, a));
  const V q = 2 * a * e.r;
  const auto [near, far] = split_exponent(fma(e.x, turn, 2 * e.s) * q * e.power, q);
  return near * far;
}
