#pragma once
#include "../math.h"
#include "../simd/polynomial.h"
#include "../tables/log.h"

/// Logarithms. Each contract says: the domain, the worst error (float on CPUs; float on CUDA;
/// double; 8 and 11 bits), what happens at the ends, and which lanes have a text of their own.

/// The coefficients that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto log1p_of() {
  if constexpr (V::bits > 24) {
    return log1p_53();
  } else if constexpr (compensated<V>) {
    return log1p_24();
  } else {
    return log1p_8();
  }
}

/// log(1 + r) − r + s/2, s = r².
template <class V> NONLIN_INLINE V rest_of_log(V r, V s) {
  if constexpr (V::bits > 24) {
    const V q = r / (2 + r), w = q * q;
    return q * fma(w, at(log_53(), w), s * .5);
  } else {
    return r * s * at(log_24(), r);
  }
}
/// log(1 + r) as hi + lo, −¼ ≤ r ≤ ½.
template <class V> NONLIN_INLINE pair<V> log_near_one(V r) {
  const auto s = product(r, r);
  const auto sum = widened(shifted<V>{r, s.hi * -.5});
  return {sum.hi, sum.lo + fma(s.lo, -.5, rest_of_log(r, s.hi))};
}
/// n·ln 2 + a in two parts, for a whole n of 11 bits: n times the first part of ln 2 is exact.
template <class V> NONLIN_INLINE pair<V> add_octaves(V n, pair<V> a) {
  constexpr double first = V::bits > 24 ? 0x1.62e42fefap-1 : 0x1.62ep-1;
  constexpr double last = V::bits > 24 ? 0x1.cf79abc9e3b39p-40 : 0x1.0bfbe8e7bcd5ep-15;
  const auto sum = widened(shifted<V>{n * first, a.hi});
  return {sum.hi, fma(n, last, sum.lo + a.lo)};
}

/// log x before its rounding, as hi + lo.
/// Domain: 0 < x < ∞, subnormals too; else the result has no meaning.
/// Error: 2⁻²⁷ of the result, next to 1 too; double 2⁻⁵⁶.
/// Ends: none.
/// Lanes: those with compensated arithmetic, in one text.
template <class V> NONLIN_INLINE pair<V> log_unrounded(V x) requires compensated<V> {
  const auto [m, n, scale] = decompose(x);
  return add_octaves(n, log_near_one(m - 1));
}
/// y for 0 < x < ∞, else the limit of the logarithm at x, or NaN.
template <class V> NONLIN_INLINE V log_with_ends(V x, V y) {
  const V below = if_greater(0, x, NAN, x - INFINITY);
  return if_greater(x, 0, if_greater(INFINITY, x, y, x), below);
}

/// log x.
/// Domain: all x, subnormals too.
/// Error: .6, .6, .6 ULP; with 8 bits 2⁻¹⁸, with 11 on CUDA 2⁻¹⁸, next to 1 too.
/// Ends: −∞ at ±0, ∞ at ∞, NaN below 0.
/// Lanes: 8 bits on CPUs by one polynomial; 8 and 11 on CUDA by the special-function unit, but next
/// to 1; textbook lanes have their own.
template <concrete V> NONLIN_INLINE V log(V x) {
  if constexpr (compensated<V>) {
    return log_with_ends(x, rounded(log_unrounded(x)));
  } else if constexpr (estimated<V>) {
    const V r = x - 1;
    return if_greater(.25, abs(r), r * at(log_8(), r), log2_estimate(x) * ln_2);
  } else {
    const auto [m, n, scale] = decompose(x);
    const V r = m - 1;
    return log_with_ends(x, fma(n, ln_2, r * at(log_8(), r)));
  }
}

/// log(1 + z).
/// Domain: all z, subnormals too.
/// Error: .7, .7, .7 ULP; with 8 bits 2⁻¹⁷, with 11 on CUDA 2⁻¹⁷, next to 0 too.
/// Ends: −0 kept, −∞ at −1, ∞ at ∞, NaN below −1.
/// Lanes: as for log.
template <concrete V> NONLIN_INLINE V log1p(V z) {
  const V u = 1 + z;
  if constexpr (compensated<V>) {
    // What 1 + z has lost; above 2²⁴ (2⁵³) the one is lost.
    const V low = z - (u - 1);
    const auto [m, n, scale] = decompose(u);
    const auto r = widened(shifted<V>{m - 1, low * scale});
    auto y = log_near_one(r.hi);
    y.lo = y.lo + fma(-r.lo, r.hi, r.lo);
    const V finite = rounded(add_octaves(n, y));
    return log_with_ends(u, signed_zero(finite, z));
  } else {
    const V near = z * at(log_8(), z);
    return if_greater(.25, abs(z), near, log(u));
  }
}

/// log(1 + z), unrounded, for a z that comes from exp, scaled or not.
/// Domain: 0 ≤ z ≤ 1, however small: where z is scaled, so is the result.
/// Error: .6, .6, .6 ULP once rounded; with 8 bits 2⁻¹⁸, with 11 on CUDA 2⁻¹⁸.
/// Ends: z itself for a z that is next to nothing; NaN passes.
/// Lanes: one text; textbook lanes have log1p.
template <class Z> NONLIN_INLINE auto log_of_sum(Z z) {
  using V = decltype(value(z));
  if constexpr (plain<V>) {
    return log1p(z);
  } else {
    const V x = value(z) - .5;
    if constexpr (compensated<V>) {
      return product(normalized(z), normalized(horner(log1p_of<V>(), x)));
    } else {
      return z * at(log1p_of<V>(), x);
    }
  }
}
