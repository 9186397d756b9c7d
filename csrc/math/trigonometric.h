#pragma once
#include "../tables/trigonometric.h"
#include "out_of_line.h"
#include "polynomial.h"
#include "select.h"

/// Sine and cosine: x = n·π/2 + r with |r| ≤ π/4, a polynomial of r, and n mod 4 for the quadrant.

/// Up to here n·π/2 is taken off without loss (Cody, Waite).
constexpr double trigonometric_limit = 0x1p20;

/// For this file: the whole number next to a, to even from the middle, for |a| < 2²¹.
template <class V> NONLIN_INLINE V nearest_whole(V a) {
  constexpr double magic = V::bits > 24 ? 0x1.8p52 : 0x1.8p23;
  return (a + magic) - magic;
}

/// For this file: r = x − n·π/2, with what its rounding loses on compensated lanes.
template <machine_lane V> NONLIN_INLINE auto quadrant_argument(V x, V n) {
  constexpr bool wide = V::bits > 24;
  constexpr double first = wide ? 0x1.921fb54442d18p0 : 0x1.921fb6p0;
  constexpr double second = wide ? 0x1.1a62633145c07p-54 : -0x1.777a5cp-25;
  constexpr double third = wide ? -0x1.f1976b7ed8fbcp-110 : -0x1.ee59dap-50;
  const V high = fma(n, -first, x);  // exact: both are multiples of its last place
  if constexpr (compensated<V>) {
    const auto p = two_prod(n, V(second)), d = two_sum(high, -p.hi);
    return renormalize(double_word<V>{d.hi, fma(n, -third, d.lo - p.lo)});
  } else {
    return fma(n, -third, fma(n, -second, high));
  }
}

/// For this file: (sin(r) − r)/r³ in r², with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto sin_of() {
  if constexpr (V::bits > 24) {
    return sin_53();
  } else {
    return sin_24();
  }
}
/// For this file: (cos(r) − 1 + r²/2)/r⁴ in r², the same.
template <class V> NONLIN_INLINE constexpr auto cos_of() {
  if constexpr (V::bits > 24) {
    return cos_53();
  } else {
    return cos_24();
  }
}

/// For this file: sin r for |r| ≤ π/4.
template <class V> NONLIN_INLINE V sin_near_zero(V r) {
  const V s = r * r;
  return fma(r * s, at(sin_of<V>(), s), r);
}
/// For this file: cos r for |r| ≤ π/4.
template <class V> NONLIN_INLINE V cos_near_zero(V r) {
  const V s = r * r;
  return fma(s * s, at(cos_of<V>(), s), fma(s, -.5, 1));
}
/// For this file: the same for a double word.
template <class V> NONLIN_INLINE V sin_near_zero(double_word<V> r) {
  const V s = r.hi * r.hi, rest = r.hi * s * at(sin_of<V>(), s);
  return r.hi + (rest + fma(s * r.lo, -.5, r.lo));
}
/// For this file: the same for a double word.
template <class V> NONLIN_INLINE V cos_near_zero(double_word<V> r) {
  const auto s = two_prod(r.hi, r.hi);
  const auto top = fast_two_sum(offset_sum<V>{1, s.hi * -.5});
  const V rest = fma(s.hi * s.hi, at(cos_of<V>(), s.hi), fma(s.lo, -.5, -(r.hi * r.lo)));
  return top.hi + (top.lo + rest);
}

/// For this file: sin(x + Shift·π/2), for a shift of 0 or 1.
template <int Shift> struct sine_text {
  template <class V> NONLIN_INLINE V operator()(V x) const {
    const V a = clamp(x, -trigonometric_limit, trigonometric_limit);
    const V n = nearest_whole(a * 0.63661977236758134308), m = n + Shift;
    const V quadrant = fma(nearest_whole(m * .25), -4, m);  // from −2 to 2
    const auto r = quadrant_argument(a, n);
    const V turn = abs(quadrant) - 1;  // 0 where the cosine of r stands, else −1 or 1
    const V y = if_greater(.5, abs(turn), quadrant * cos_near_zero(r), -turn * sin_near_zero(r));
    return Shift ? y : if_greater(abs(x), V::bits > 24 ? 0x1p-28 : 0x1p-14, y, x);
  }
};

/// sin x
///   domain    |x| ≤ 2²⁰, subnormals too
///   error     float 0.8 ULP · GPU float 0.8 ULP · double 0.8 ULP · 8 and 11 bits 2⁻²², next
///             to its roots too
///   ends      −0 stays; beyond ±2²⁰ the value there, at ±∞ too; NaN passes
///   own text  8 bits, GPU 16 bits; textbook lanes: sin. On doubles out of line
template <machine_lane V> NONLIN_INLINE V sin(V x) {
  if constexpr (V::bits > 24) {
    return out_of_line(sine_text<0>{}, x);
  } else {
    return sine_text<0>{}(x);
  }
}

/// cos x
///   domain    |x| ≤ 2²⁰
///   error     as sin
///   ends      beyond ±2²⁰ the value there, at ±∞ too; NaN passes
///   own text  as sin; textbook lanes: cos
template <machine_lane V> NONLIN_INLINE V cos(V x) {
  if constexpr (V::bits > 24) {
    return out_of_line(sine_text<1>{}, x);
  } else {
    return sine_text<1>{}(x);
  }
}
