#pragma once
#include "double_word.h"

/// Sums with an exact constant that stay unevaluated, as 1 + z, and quotients by them.

/// c + z, c exact. The conversion is by `1 + z` with a mantissa_exponent z.
template <class V> struct offset_sum { V c, z; };

template <class V> NONLIN_INLINE V rounded(offset_sum<V> a) { return a.c + a.z; }

/// The sum c + z as a double word (Dekker)
///   domain    c ≥ z ≥ 0; beyond it is no worse than rounded
///   error     0; on lanes without double words ½ ULP
///   ends      infinite z: the low part is NaN
///   own text  a lane is the sum as it is
template <class V> NONLIN_INLINE V fast_two_sum(V a) { return a; }
template <class V> NONLIN_INLINE auto fast_two_sum(offset_sum<V> a) {
  const V high = a.c + a.z;
  return make_double_word<V>(high, a.z - (high - a.c));
}

/// (c + z)², with the square of c exact and ½ ULP in its z.
template <class V> NONLIN_INLINE offset_sum<V> square(offset_sum<V> a) {
  return {a.c * a.c, fma(a.z, a.z, (a.c + a.c) * a.z)};
}

/// n/(c + z), or (n + low)/(c + z): the excess q·c + q·z − n sees the sum before any rounding
///   domain    c + z from 2⁻¹²⁶ to 2¹²⁶, of doubles from 2⁻¹⁰²² to 2¹⁰²²
///   error     0.6 ULP
///   ends      NaN passes; a zero n keeps its sign
///   own text  none
template <class V, class... Low> NONLIN_INLINE V quotient(V n, offset_sum<V> d, Low... low) {
  const V r = reciprocal_estimate(rounded(d)), q = n * r;
  V excess = fma(q, d.z, fma(q, d.c, -n));  // its sign makes a zero of n keep its own
  ((excess = excess - low), ...);
  return fma(-excess, r, q);
}
/// With 53 bits an estimate takes a division: without the rest, half an ULP worse, quotients take a
/// tenth off the time of a formula.
template <class V> NONLIN_INLINE V operator/(V n, offset_sum<V> d) {
  if constexpr (compensated<V> && float_range<V>) {
    return quotient(n, d);
  } else {
    return n / rounded(d);
  }
}
template <class V> NONLIN_INLINE V operator/(double_word<V> n, offset_sum<V> d) {
  return quotient(n.hi, d, n.lo);
}

/// a/b for all b, where operator/ of a GPU wants |b| from 2⁻¹²⁶ to 2¹²⁶
///   domain    all; on a GPU 1/b is finite, or the result is infinite too
///   error     ½ ULP; GPU 2.6 ULP
///   ends      0 for infinite b, infinity for b = 0
///   own text  GPU
template <class V> NONLIN_INLINE V full_range_quotient(V a, V b) {
  if constexpr (V::traits.gpu) {
    return a * full_reciprocal(b);
  } else {
    return a / b;
  }
}
