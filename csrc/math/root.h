#pragma once
#include "offset_sum.h"

/// Roots. sqrt(x) is an operation of every lane:
///   domain    all, subnormals too
///   error     ½ ULP; GPU 8 and 11 bits 2⁻²²
///   ends      ±0 stays, ∞ at ∞, NaN below 0; NaN passes
///   own text  an instruction of each

/// 1/√x
///   domain    0 < x < ∞, subnormals too
///   error     1.5 ULP; GPU 8 and 11 bits 2⁻²¹
///   ends      NaN below 0; NaN passes
///   own text  none
template <class V> NONLIN_INLINE V rsqrt(V x) requires any_lane<V> { return 1 / sqrt(x); }

/// √a of a double word, as a root and a rest
///   domain    0 < a < ∞, a.lo at most a unit in the last place of a.hi
///   error     float 2⁻⁴⁶, double 2⁻¹⁰⁴ relative, where what is left of a does not underflow
///   ends      NaN passes
///   own text  none
template <class V> NONLIN_INLINE double_word<V> sqrt(double_word<V> a) {
  const V r = sqrt(a.hi);
  return {r, (fma(-r, r, a.hi) + a.lo) / (2 * r)};
}
