#pragma once
#include "../tables/polynomial.h"
#include "mantissa_exponent.h"

/// Polynomials and series.

/// p(x) as constant + rest, by Horner's rule
///   domain    that of the polynomial
///   error     that of the fit, and ½ ULP of the rest
///   ends      NaN passes
///   own text  none
template <class V, class C, int Degree>
NONLIN_INLINE double_word<V> horner(const polynomial<C, Degree>& p, V x) {
  V r = p.c[Degree];
  NONLIN_UNROLL
  for (int i = Degree - 1; i > 0; --i) r = fma(r, x, p.c[i]);
  return {p.c[0], fma(r, x, p.low)};
}

/// p(x), rounded
///   domain    that of the polynomial
///   error     that of the fit, and 1 ULP
///   ends      NaN passes
///   own text  none
template <class V, class C, int Degree> NONLIN_INLINE V at(const polynomial<C, Degree>& p, V x) {
  V r = p.c[Degree];
  NONLIN_UNROLL
  for (int i = Degree - 1; i >= 0; --i) r = fma(r, x, p.c[i]);
  return r;
}

/// y, a function of t that next to its root is d·(c₀ + c₁·d + …), d = root − t: by its series where
/// |d| < 1/16
///   domain    all
///   error     that of y, or of the series
///   ends      NaN passes
///   own text  8 bits: y, as such inputs stay away from the root
template <class V, class T, class... C>
NONLIN_INLINE V by_series_near(constant root, T t, V y, C... coefficients) {
  if constexpr (V::bits <= 8) {
    return y;
  } else {
    const V d = rounded(difference(root, t));
    const V c[] = {V(coefficients)...};
    constexpr int last = sizeof...(coefficients) - 1;
    V series = c[last];
    NONLIN_UNROLL
    for (int i = last - 1; i >= 0; --i) series = fma(series, d, c[i]);
    return if_greater(.0625, abs(d), series * d, y);
  }
}
