#pragma once
#include "../normal.h"
#include "../simd/polynomial.h"
#include "../tables/erf.h"

/// Error functions. Contracts are stated as in log.h.

template <class V> NONLIN_INLINE constexpr auto erf_of() {
  if constexpr (V::bits > 24) {
    return erf_53();
  } else if constexpr (V::bits > 8) {
    return erf_24();
  } else {
    return erf_8();
  }
}

/// w·erfc(x), the product of w with 2Φ(−√2·x).
/// Domain: 0 ≤ x ≤ normal_end/√2.
/// Error: 2, 3, 3.5 ULP with w = 1; with 8 bits 2⁻¹⁵, with 11 on CUDA 2⁻¹⁷; in the tail too.
/// Ends: subnormals where w·erfc(x) has no normal number; NaN passes.
/// Lanes: those of normal_tail.
template <class V> NONLIN_INLINE auto erfc(V w, V x) {
  constexpr double root_2 = 1.41421356237309504880;
  if constexpr (plain<V> || !compensated<V>) {
    return normal_tail(2 * w, V(x * root_2));
  } else {
    // Not by the bell of √2·x: a rounded argument would err in the tail.
    const V square = x * x;
    return normal_tail_by(2 * w, short_exp(pair<V>{-square, -fma(x, x, -square)}), V(x * root_2));
  }
}

/// erf t, given s = t² ≤ 1.
template <class V> NONLIN_INLINE V erf_near_zero(V t, V s) {
  if constexpr (V::bits > 8) {
    return t * horner(erf_of<V>(), s);
  } else {
    return t * at(erf_of<V>(), s);
  }
}

/// erf x.
/// Domain: all x, subnormals too.
/// Error: 1, 1, 1 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁷, next to 0 too.
/// Ends: −0 kept, ±1 at ±∞, NaN passes.
/// Lanes: one text, a polynomial up to 1, then 1 − erfc; textbook lanes have their own.
template <concrete V> NONLIN_INLINE V erf(V x) {
  const V t = magnitude(x, narrow<V> ? 4 : 6), s = min(V(1), t * t);
  const V far = V(1) - erfc(V(1), t);
  return copysign(abs(if_greater(1, t, erf_near_zero(t, s), far)), x);
}
