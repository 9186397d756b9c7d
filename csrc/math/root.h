#pragma once
#include "../pair.h"

/// Roots. sqrt(x), an operation of every lane.
/// Domain: all x, subnormals too.
/// Error: rounded correctly; with 8 and 11 bits on CUDA 2⁻²³.
/// Ends: ±0 kept, ∞ at ∞, NaN below 0.
/// Lanes: an instruction each; textbook lanes have their own.

/// 1/√x.
/// Domain: 0 < x < ∞, subnormals too.
/// Error: 1.5, 1.5, 1.5 ULP; with 8 and 11 bits on CUDA 2⁻²¹.
/// Ends: NaN below 0, NaN passes.
/// Lanes: one text.
template <class V> NONLIN_INLINE V rsqrt(V x) { return 1 / sqrt(x); }
