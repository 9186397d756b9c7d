#pragma once
/// The activations with a weight, like those in reals.h, after which it is included.
constexpr int members = 6;
constexpr const char* names[members] = {"f", "f_x", "f_w", "f_xx", "f_xw", "f_ww"};
using numbers = std::array<real, members>;

inline numbers exactly(const ParametricSwish&, real x, real beta) {
  const real u = beta * x;
  const auto [s, c] = both_tails(u);
  const real k = s * c * (2 + u * (c - s));
  return {x * s, s + u * s * c, x * x * s * c, beta * k, x * k, -x * x * x * s * c * tanhl(u / 2)};
}
inline numbers exactly(const Prelu&, real x, real w) {
  if (x > 0) return {x, 1, 0, 0, 0, 0};
  return {w * x, w, x, 0, 1, 0};
}
/// Any other activation: its own text, in its plain meaning.
template <class F> numbers exactly(const F& f, real x, real w) {
  using plain_lane = reference_lane<24>;
  const auto jet = f(plain_lane(static_cast<double>(x)), plain_lane(static_cast<double>(w)));
  const auto of = [](plain_lane y) { return real{y.v}; };
  return {of(jet.value), of(jet.x), of(jet.w), of(jet.xx), of(jet.xw), of(jet.ww)};
}
