#pragma once
/// Like lane_bounds.h, for activations with a weight. Included after parametric_reals.h and ulp.h.

struct point {
  numbers exact, slack;  // the absolute error that a member may have besides
};

/// Roots are roots of βx: f_x has one, f_xx and f_xw have two. Next to them only results of 8 bits
/// need an absolute error, and a βx within 2⁻²⁸ of the former.
template <class T> point at(const ParametricSwish& f, real x, real beta) {
  constexpr real epsilon = 0x1p-23L, slope_root = -1.27846454276107379511L;
  const real u = beta * x, bend = fabsl(u) / 2.39935728052L;
  const bool near_slope = fabsl(u / slope_root - 1) < 0x1p-10L, near_bend = fabsl(bend - 1) < .125L;
  const real slope = significant_bits<T> > 8 ? epsilon * epsilon / 128 : epsilon;
  return {exactly(f, x, beta),
          {0, near_slope * slope, 0, near_bend * epsilon / 4 * fabsl(beta),
           near_bend * epsilon / 4 * fabsl(x), 0}};
}
template <class T> point at(const Prelu& f, real x, real w) { return {exactly(f, x, w), {}}; }

template <class T> numbers bounds_of(const Prelu&) { return {.5L, .5L, .5L, .5L, .5L, .5L}; }
template <class T> numbers bounds_of(const ParametricSwish&) {
  if constexpr (std::is_same_v<T, float>) return {2, 4, 3, 5, 5, 5};
  return {.502L, .502L, .502L, .502L, .502L, .502L};
}
