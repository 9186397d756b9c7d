#pragma once
#include "../tables/tanh.h"
#include "../tables/tanh_segments.h"
#include "normal.h"

/// The hyperbolic tangent and its slope.

/// For this file: (tanh(t) − t)/t³ in t², with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto tanh_of() {
  if constexpr (V::bits > 24) {
    return tanh_53();
  } else if constexpr (V::bits > 8) {
    return tanh_24();
  } else {
    return tanh_8();
  }
}

/// tanh t next to zero
///   domain    |t| ≤ 0.55
///   error     float 0.7 ULP · GPU float 0.7 ULP · double 0.7 ULP · 8 bits 2⁻¹⁹ · GPU 11 bits
///             2⁻²²
///   ends      −0 stays; NaN passes
///   own text  none; not on textbook lanes
template <machine_lane V> NONLIN_INLINE V tanh_near_zero(V t) {
  const V s = t * t;
  return fma(t * s, at(tanh_of<V>(), s), t);
}

/// tanh(u/2), given z = e⁻ᵘ as exp gives it; half_tanh is the same by expm1, with twice the error
///   domain    0 ≤ u ≤ exp_argument_limit, a lane or a double word
///   error     float 1.2 ULP · GPU float 1.2 ULP · double 1.5 ULP · 8 bits 2⁻¹⁸ · GPU 11 bits
///             2⁻¹⁸
///   ends      relatively accurate next to zero; NaN passes
///   own text  textbook lanes: (1 − z)/(1 + z), with expm1 for the numerator
template <class U, class Z> NONLIN_INLINE auto tanh_from_exp(U u, Z z) {
  using V = decltype(rounded(u));
  if constexpr (textbook<V>) {
    return -expm1(-u) / (1 + z);
  } else {
    const V t = rounded(u) * .5;
    return if_greater(.55, t, tanh_near_zero(t), V(1) - 2 * z / (1 + z));
  }
}

/// Where tanh is 1 to the last bit; textbook lanes carry derivatives, which go on.
template <class V>
constexpr double tanh_limit = textbook<V>      ? exp_decay_limit<V> / 2
                              : float_range<V> ? 16
                                               : 32;

/// For this file.
template <has_table V> NONLIN_INLINE constexpr const auto& tanh_table_of() {
  if constexpr (V::traits.table == 16 && V::bits > 8) {
    return tanh_16_24;
  } else if constexpr (V::traits.table == 16) {
    return tanh_16_8;
  } else if constexpr (V::bits > 8) {
    return tanh_8_24;
  } else {
    return tanh_8_8;
  }
}

/// tanh x
///   domain    all, subnormals too
///   error     float 1.2 ULP · GPU float 1.2 ULP · double 1.5 ULP · 8 bits 2⁻¹⁸ · GPU 11 bits
///             2⁻¹⁸
///   ends      −0 stays, ±1 at ±∞; NaN passes
///   own text  tables, which need neither an exponential nor a quotient
template <any_lane V> NONLIN_INLINE V tanh(V x) {
  if constexpr (has_table<V>) {
    const V t = magnitude(x, 14.5);
    return copysign(abs(rounded(piecewise(tanh_table_of<V>(), t))), x);
  } else {
    const V u = 2 * magnitude(x, tanh_limit<V>);
    return copysign(abs(tanh_from_exp(u, exp_bounded(-u))), x);
  }
}

/// For this file: (t − tanh t)/t³ in t², with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto tanh_shrink_of() {
  if constexpr (V::bits > 24) {
    return tanh_shrink_53();
  } else if constexpr (V::bits > 8) {
    return tanh_shrink_24();
  } else {
    return tanh_shrink_8();
  }
}

/// For this file: a − tanh t for t ≥ 1.
template <class V, class Z> NONLIN_INLINE V minus_large_tanh(V a, V, Z z) {
  return (a - 1) + value(2 * z / (1 + z));
}
/// For this file: the same, where a table gives the digits that the difference leaves.
template <has_table V, class Z> NONLIN_INLINE V minus_large_tanh(V a, V t, Z) {
  const auto y = piecewise(tanh_table_of<V>(), min(V(14.5), t));
  if constexpr (compensated<V>) {
    return (a - y.hi) - y.lo;
  } else {
    return a - y;
  }
}

/// a − tanh a, given t, which is a or a limit where tanh is 1, and z = e^(−2t) as exp gives it
///   domain    a ≥ 0, t ≤ exp_argument_limit/2
///   error     float 1.8 ULP · GPU float 1.8 ULP · double 2 ULP · 8 bits 2⁻¹⁵ · GPU 11 bits 2⁻¹⁷
///   ends      relatively accurate next to zero; ∞ at ∞; NaN passes
///   own text  textbook lanes: the series of doubles next to zero, else as it stands
template <class V, class Z> NONLIN_INLINE V minus_tanh(V a, V t, Z z) {
  if constexpr (textbook<V>) {
    const V near = t * t * t * at(tanh_shrink_53(), V(t * t));
    return if_greater(1.05, t, near, a - tanh_from_exp(V(2 * t), z));
  } else {
    const auto s = two_prod(t, t);
    const auto series = horner(tanh_shrink_of<V>(), rounded(s));
    const V far = minus_large_tanh(a, t, z);
    constexpr double seam = V::bits > 24 ? 1.05 : 1;  // from where the other one errs less
    if constexpr (compensated<V>) {
      return if_greater(seam, t, t * two_prod(s, series), far);
    } else {
      return if_greater(seam, t, V(t * (s * series)), far);
    }
  }
}

/// w/cosh²(u/2) = w·4z/(1 + z)², given z = e⁻ᵘ as exp gives it: w times the slope of tanh at u/2
///   domain    0 ≤ u ≤ exp_argument_limit
///   error     w = 1: float 2.6 ULP · GPU float 3.6 ULP · double 2.4 ULP · 8 bits 2⁻¹⁷ · GPU 11
///             bits 2⁻¹⁸
///   ends      4wz where z is next to nothing; NaN passes
///   own text  tables, where (1 + z)² of a rounded z is 1 + z·(z + 2)
template <class V, class Z> NONLIN_INLINE auto sech_squared(V w, Z z) {
  return 4 * w * (z / square(1 + z));
}
template <has_table V, class N>
NONLIN_INLINE auto sech_squared(V w, mantissa_exponent<double_word<V>, N> z) {
  const mantissa_exponent m{rounded(z.m), z.n};
  const V y = value(m);
  return mantissa_exponent{4 * w * m.m / fma(y, y + 2, 1), z.n};
}
