#pragma once
/// The activations as real functions, in long double, from their definitions: what lanes are
/// compared with. Included after ops.inc, in the namespace of the lanes.
#include "csrc/math/textbook.h"

using real = long double;

struct reals {
  real of[3];  // f, f′, f″
};

/// σ(u) and σ(−u), both relatively accurate
struct both_tails {
  real s, c;
  explicit both_tails(real u) : s(1 / (1 + expl(-u))), c(1 / (1 + expl(u))) {}
};
/// x·σ(v), given v, v′ and v″
inline reals gated(real x, real v, real v1, real v2) {
  const auto [s, c] = both_tails(v);
  // x = ±∞ aside, s·c = 0 wins: v grows only as a power of x.
  return {x * s, s + x * (s * c) * v1, (s * c) * (2 * v1 + x * v2 + x * v1 * v1 * (c - s))};
}

inline reals exactly(const Gelu&, real x) {
  const real tail = erfcl(-x * sqrtl(.5L)) / 2, density = expl(-x * x / 2) * sqrtl(.5L / acosl(-1));
  return {x * tail, tail + x * density, density * (2 - x * x)};
}
inline reals exactly(const GeluTanh&, real x) {
  const real k0 = sqrtl(8 / acosl(-1)), k1 = .044715L * k0;
  return gated(x, x * (k0 + k1 * x * x), k0 + 3 * k1 * x * x, 6 * k1 * x);
}
inline reals exactly(const Swish& f, real x) {
  const real beta = f.beta.wide;
  return gated(x, beta * x, beta, 0);
}
inline reals exactly(const Mish&, real x) {
  const real e = expl(std::min(x, 2000.L)), d = e * e + 2 * e + 2;
  const real fall = e * (e * (e + 4) + 6 + 4 * x) + 4 + 4 * x;
  const real bend = 2 * (1 + e) * d + x * (2 + e * (2 - e * (3 + 2 * e)));
  return {x * (e * (e + 2) / d), e / d * (fall / d), 4 * e / d * (bend / d / d)};
}
inline reals exactly(const Elu& f, real x) {
  const real i = f.input_scale.wide, scale = f.scale.wide, height = f.alpha.wide * scale;
  if (x > 0) return {scale * x, scale, 0};
  return {height * expm1l(i * x), height * i * expl(i * x), height * i * i * expl(i * x)};
}
/// a·b where 0 wins over ∞
inline real fading(real a, real b) { return b == 0 ? copysignl(0, a) : a * b; }
/// log(1 + eˣ)
inline real log_of_sum(real x) { return std::max(x, 0.L) + log1pl(expl(-fabsl(x))); }
/// 1/cosh²(x)
inline real sech_square(real x) {
  const auto [s, c] = both_tails(2 * x);
  return 4 * (s * c);
}
inline reals exactly(const Tanh&, real x) {
  return {tanhl(x), sech_square(x), -2 * tanhl(x) * sech_square(x)};
}
inline reals exactly(const Lisht&, real x) {
  const real t = tanhl(x), slope = sech_square(x);
  return {x * t, t + fading(x, slope), 2 * (slope - fading(x * t, slope))};
}
inline reals exactly(const Tanhshrink&, real x) {
  real sum = 0;  // of x·cosh x − sinh x, whose terms have one sign
  for (int k = 16; k > 0; --k) sum = (sum + 2 * k) * x * x / ((2 * k + 1) * (2 * k));
  const real t = tanhl(x);
  return {fabsl(x) < 1 ? x * sum / coshl(x) : x - t, t * t, 2 * t * sech_square(x)};
}
inline reals exactly(const Softplus& f, real x) {
  const real u = f.beta.wide * x;
  const auto [s, c] = both_tails(u);
  if (u > f.threshold.wide) return {x, 1, 0};
  return {log_of_sum(u) / f.beta.wide, s, f.beta.wide * (s * c)};
}
inline reals exactly(const Softsign&, real x) {
  const real t = fabsl(x), r = 1 / (1 + t);
  return {copysignl(t > 1 ? 1 - r : t * r, x), r * r, copysignl(2 * r * r * r, -x)};
}
inline reals exactly(const Squareplus& f, real x) {
  const real b = f.b.wide, r = sqrtl(x * x + b), large = (r + fabsl(x)) / 2;
  const real y = x < 0 ? b / 4 / large : large;
  return {y, std::isinf(large) && x > 0 ? 1 : y / r, b / (2 * r * r * r)};
}
inline reals exactly(const SquaredRelu&, real x) {
  if (x > 0) return {x * x, 2 * x, 2};
  return {0, 0, 0};
}
inline reals exactly(const Serf&, real x) {
  const real p = log_of_sum(x), q = 2 / sqrtl(acosl(-1)) * expl(-p * p);
  const auto [s, c] = both_tails(x);
  return {fading(x, erfl(p)), erfl(p) + fading(x, s * q),
          s * q * 2 + fading(x, s * q) * (c - 2 * p * s)};
}
/// Any other activation: its own text, in its plain meaning. That its derivatives are those of its
/// value is proved by dual numbers, and its value by Python's references. It is evaluated in
/// double: where doubles are then off by more than is allowed, as by its roundings and theirs
/// together or next to a root of f′ that the text does not resolve, write its definition above.
template <class F> reals exactly(const F& f, real x) {
  const auto jet = f(reference_lane<24>(static_cast<double>(x)));
  return {reference_lane<24>(jet.value).v, reference_lane<24>(jet.slope).v,
          reference_lane<24>(jet.curvature).v};
}

/// The settings at which an activation is tested; parameters are numbers that a float has.
template <class F> std::vector<F> settings(const F&) {
  static_assert(
      !requires { F::parameters(); },
      "tests/cpp/reals.h: an activation with parameters needs settings() at which it is "
      "tested, the defaults first");
  return {F{}};
}
inline std::vector<Swish> settings(const Swish&) { return {{}, {1.702f}, {-.6f}, {30}}; }
inline std::vector<ClampedSwish> settings(const ClampedSwish&) {
  return {{7, 1.702f}, {1.5f, .7f}};
}
inline std::vector<LeakyRelu> settings(const LeakyRelu&) { return {{}, {.3f}, {-.5f}, {0}}; }
inline std::vector<Hardtanh> settings(const Hardtanh&) { return {{}, {0, 6}, {-.3f, .7f}}; }
inline std::vector<Threshold> settings(const Threshold&) { return {{}, {.3f, 20}, {-1, -.7f}}; }
inline std::vector<Softplus> settings(const Softplus&) {
  return {{}, {.5f, 3}, {-1.75f, 20}, {30, 20}};
}
inline std::vector<Squareplus> settings(const Squareplus&) { return {{}, {.3f}, {100}}; }
inline std::vector<Softshrink> settings(const Softshrink&) { return {{}, {.3f}, {0}}; }
inline std::vector<Hardshrink> settings(const Hardshrink&) { return {{}, {.3f}, {-1}}; }
inline std::vector<Elu> settings(const Elu&) {
  return {{}, {.3f, 1, 1}, {1.4f, 1, 1 / 1.4f}, {1.6732632f, 1.0507010f, 1}};
}

/// What f, f′ or f″ is at ±∞: what is less than any float far away is zero, what still grows there
/// is infinite.
template <class F> real limit(const F& f, int member, real side) {
  const real near = exactly(f, side * 1e60L).of[member], far = exactly(f, side * 1e120L).of[member];
  if (fabsl(far) < 1e-60L) return copysignl(0, far);
  return fabsl(far) > 1.01L * fabsl(near) ? copysignl(INFINITY, far) : far;
}
template <class F> reals exactly_or_limits(const F& f, real x) {
  if (!std::isinf(x)) return exactly(f, x);
  const real side = copysignl(1, x);
  return {limit(f, 0, side), limit(f, 1, side), limit(f, 2, side)};
}
/// Whether a derivative is constant between kinks, and one of the constants, as results are stored,
/// is y.
template <class F, class Stored>
bool is_constant(const F& f, int member, real y, const Stored& stored) {
  int changes = 0;
  bool found = false;
  for (int i = -1000; i < 1000; ++i) {
    const real a = exactly(f, i / 100.L).of[member], b = exactly(f, (i + 1) / 100.L).of[member];
    changes += a != b;
    found = found || stored(a) == y;
  }
  return member > 0 && changes <= 4 && found;
}
