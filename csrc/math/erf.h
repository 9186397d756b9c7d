#pragma once
#include "../tables/erf.h"
#include "normal.h"
#include "out_of_line.h"

/// The error function erf x = 2/√π·∫₀ e^(−u²) du and its complement, the tail of a normal
/// distribution: erfc x = 2Φ(−√2·x).

/// For this file: erf(x)/x in x², with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto erf_of() {
  if constexpr (V::bits > 24) {
    return erf_53();
  } else if constexpr (V::bits > 8) {
    return erf_24();
  } else {
    return erf_8();
  }
}

/// w·erfc(x)
///   domain    0 ≤ x ≤ normal_decay_limit/√2
///   error     w = 1: float 2.6 ULP · GPU float 2.9 ULP · double 3.6 ULP · 8 bits 2⁻¹⁶, on a GPU
///             2⁻¹⁴ · GPU 11 bits 2⁻¹⁷
///   ends      relatively accurate in the tail; subnormal results round once; NaN passes
///   own text  as normal_tail
template <any_lane V> NONLIN_INLINE auto erfc(V w, V x) {
  constexpr double root_2 = 1.41421356237309504880;
  if constexpr (compensated<V>) {
    // The exponent by x itself, as a rounded √2·x would err in the tail.
    const V square = x * x, low = fma(x, x, -square);
    return normal_tail_by(exp_bounded(double_word<V>{-square, -low}), 2 * w, V(x * root_2));
  } else {
    return normal_tail(2 * w, V(x * root_2));
  }
}

/// erf x next to zero, unrounded, for an x that may be as exp gives it, given s = x²
///   domain    |x| ≤ 1
///   error     once rounded float 1.2 ULP · GPU float 1.2 ULP · double 1.2 ULP · 8 bits 2⁻¹⁹ ·
///             GPU 11 bits 2⁻²²
///   ends      −0 stays; NaN passes
///   own text  none; not on textbook lanes
template <class X, machine_lane V> NONLIN_INLINE auto erf_near_zero(X x, V s) {
  if constexpr (compensated<V>) {
    return two_prod(x, renormalize(horner(erf_of<V>(), s)));
  } else {
    return x * at(erf_of<V>(), s);
  }
}

/// For this file: erf as a function object.
struct erf_text {
  template <class V> NONLIN_INLINE V operator()(V x) const {
    const V t = magnitude(x, float_range<V> ? 4 : 6), s = min(V(1), t * t);
    const V near = rounded(erf_near_zero(t, s)), far = V(1) - erfc(V(1), t);
    return copysign(abs(if_greater(1, t, near, far)), x);
  }
};

/// erf x
///   domain    all, subnormals too
///   error     float 1.2 ULP · GPU float 1.2 ULP · double 1.2 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits
///             2⁻²⁰
///   ends      relatively accurate next to zero; −0 stays, ±1 at ±∞; NaN passes
///   own text  textbook lanes: erf. On doubles out of line
template <machine_lane V> NONLIN_INLINE V erf(V x) {
  if constexpr (V::bits > 24) {
    return out_of_line(erf_text{}, x);
  } else {
    return erf_text{}(x);
  }
}
