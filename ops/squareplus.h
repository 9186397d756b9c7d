#pragma once
#include "../csrc/formula.h"

/// squareplus(x) = (x + √(x² + b))/2                       Barron 2021, arXiv 2112.11687
///
/// With r = √(x² + b) and p = squareplus(x):  squareplus′ = p/r,   squareplus″ = b/(2·r³)
struct Squareplus {
  parameter b = 4;

  static constexpr auto parameters() { return std::array{named{"b", &Squareplus::b}}; }
  const char* refused() const {
    return b.wide >= 1e-18 && b.wide <= 1e18 ? nullptr : "`b` must be between 1e-18 and 1e18";
  }
  static constexpr bool bounded_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    // GPUs make NaN of a quotient by infinity: `end` stands for it. Beyond `far` b counts for
    // nothing beside x², which may overflow.
    const V end = float_range<V> ? 0x1.fffffep127 : 0x1.fffffffffffffp1023;
    const V c = b, far = 0x1p30 * sqrt(c), t = magnitude(x, end), near = min(far, t);
    const auto square = two_sum(two_prod(near, near), make_double_word(c, V(0))),
               root = sqrt(square);
    const V s = rounded(square), r = if_greater(t, far, t, rounded(root)), w = 1 / r;
    const V half = if_greater(t, far, t, rounded(root + near) / 2);
    // squareplus(−|x|), with a divisor below 2¹²⁶, as GPUs want it
    const V small = if_greater(abs(x), end, 0, 0x1p-32 * c / (0x1p-30 * half));
    // The slope of it is b/(2·(r² + r·|x|))
    const V over = if_negative(x, if_greater(t, far, small, c / 2), half);
    const V under = if_negative(x, if_greater(t, far, t, fma(r, near, s)), r);
    return jet{
        if_negative(x, small, if_greater(x, far, x, half)), if_greater(x, far, 1, over / under),
        if_greater(t, far, c / 2 * w * w, c / 2 / s) * w,  // what may be subnormal comes last
    };
  }
};
