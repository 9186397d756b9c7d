#pragma once
#include "../tables/log.h"
#include "exp.h"
#include "out_of_line.h"

/// Logarithms: x = m·2ⁿ with m next to 1, and a polynomial of m − 1; on a GPU for 16 bits by the
/// special-function unit, but next to 1, where it errs absolutely.

/// For this file: log(1 + r) − r + s/2, s = r².
template <class V> NONLIN_INLINE V rest_of_log(V r, V s) {
  if constexpr (V::bits > 24) {
    const V q = r / (2 + r), w = q * q;
    return q * fma(w, at(log_53(), w), s * .5);
  } else {
    return r * s * at(log_24(), r);
  }
}
/// For this file: log(1 + r) as hi + lo, −¼ ≤ r ≤ ½.
template <class V> NONLIN_INLINE double_word<V> log_near_one(V r) {
  const auto s = two_prod(r, r);
  const auto sum = fast_two_sum(offset_sum<V>{r, s.hi * -.5});
  return {sum.hi, sum.lo + fma(s.lo, -.5, rest_of_log(r, s.hi))};
}
/// For this file: n·ln 2 + a for a whole n of 11 bits: n times the first part of ln 2 is exact.
template <class V> NONLIN_INLINE double_word<V> add_octaves(V n, double_word<V> a) {
  constexpr double first = V::bits > 24 ? 0x1.62e42fefap-1 : 0x1.62ep-1;
  constexpr double last = V::bits > 24 ? 0x1.cf79abc9e3b39p-40 : 0x1.0bfbe8e7bcd5ep-15;
  const auto sum = fast_two_sum(offset_sum<V>{n * first, a.hi});
  return {sum.hi, fma(n, last, sum.lo + a.lo)};
}
/// For this file: y for 0 < x < ∞, else the limit of the logarithm at x, or NaN.
template <class V> NONLIN_INLINE V log_with_ends(V x, V y) {
  const V below = if_greater(0, x, NAN, x - INFINITY);
  return if_greater(x, 0, if_greater(INFINITY, x, y, x), below);
}

/// log x, unrounded: a double word that is not normalized
///   domain    0 < x < ∞, subnormals too
///   error     float 2e-8 · GPU float 2e-8 · double 4e-17, relative, next to 1 too
///   ends      beyond the domain anything but an exception
///   own text  doubles; not on approximate nor textbook lanes
template <compensated V> NONLIN_INLINE double_word<V> log_double_word(V x) {
  const auto [m, n, scale] = decompose(x);
  return add_octaves(n, log_near_one(m - 1));
}

/// For this file: log and log1p as function objects.
struct log_text {
  template <class V> NONLIN_INLINE V operator()(V x) const {
    if constexpr (compensated<V>) {
      return log_with_ends(x, rounded(log_double_word(x)));
    } else if constexpr (has_estimates<V>) {
      const V r = x - 1;
      return if_greater(.25, abs(r), r * at(log_8(), r), log2_estimate(x) * ln_2);
    } else {
      const auto [m, n, scale] = decompose(x);
      const V r = m - 1;
      return log_with_ends(x, fma(n, ln_2, r * at(log_8(), r)));
    }
  }
};
struct log1p_text {
  template <class V> NONLIN_INLINE V operator()(V z) const {
    const V u = 1 + z;
    if constexpr (compensated<V>) {
      const V lost = z - (u - 1);
      const auto [m, n, scale] = decompose(u);
      const auto r = fast_two_sum(offset_sum<V>{m - 1, lost * scale});
      auto y = log_near_one(r.hi);
      y.lo = y.lo + fma(-r.lo, r.hi, r.lo);
      return log_with_ends(u, signed_zero(rounded(add_octaves(n, y)), z));
    } else {
      return if_greater(.25, abs(z), z * at(log_8(), z), log_text{}(u));
    }
  }
};

/// log x
///   domain    all, subnormals too
///   error     float 0.75 ULP · GPU float 0.75 ULP · double 0.75 ULP · 8 bits 2⁻¹⁸ · GPU 11 bits
///             2⁻¹⁸
///   ends      relatively accurate next to 1; −∞ at ±0, ∞ at ∞, NaN below 0; NaN passes
///   own text  8 bits, doubles, GPU 16 bits; textbook lanes: log. On doubles out of line
template <machine_lane V> NONLIN_INLINE V log(V x) {
  if constexpr (V::bits > 24) {
    return out_of_line(log_text{}, x);
  } else {
    return log_text{}(x);
  }
}

/// log(1 + z)
///   domain    all, subnormals too
///   error     float 0.75 ULP · GPU float 0.75 ULP · double 0.75 ULP · 8 bits 2⁻¹⁸ · GPU 11 bits
///             2⁻¹⁸
///   ends      relatively accurate next to 0; −0 stays, −∞ at −1, ∞ at ∞, NaN below −1; NaN passes
///   own text  as log; textbook lanes: log1p. On doubles out of line
template <machine_lane V> NONLIN_INLINE V log1p(V z) {
  if constexpr (V::bits > 24) {
    return out_of_line(log1p_text{}, z);
  } else {
    return log1p_text{}(z);
  }
}

/// For this file: log(1 + z)/z in z − ½, with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto log1p_ratio_of() {
  if constexpr (V::bits > 24) {
    return log1p_ratio_53();
  } else if constexpr (compensated<V>) {
    return log1p_ratio_24();
  } else {
    return log1p_ratio_8();
  }
}

/// log(1 + z) for a z that exp has made, unrounded: as exp gives z, however small that is
///   domain    0 ≤ z ≤ 1
///   error     once rounded float 1 ULP · GPU float 1.3 ULP · double 1 ULP · 8 bits 2⁻¹⁷ · GPU
///             11 bits 2⁻¹⁸
///   ends      z itself where z is next to nothing; NaN passes
///   own text  textbook lanes: log1p
template <class Z> NONLIN_INLINE auto log1p_of_exp(Z z) {
  using V = decltype(value(z));
  if constexpr (textbook<V>) {
    return log1p(z);
  } else {
    const V x = value(z) - .5;
    if constexpr (compensated<V>) {
      return two_prod(renormalize(z), renormalize(horner(log1p_ratio_of<V>(), x)));
    } else {
      return z * at(log1p_ratio_of<V>(), x);
    }
  }
}
