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
