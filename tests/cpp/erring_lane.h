#pragma once
/// The CUDA lanes with a special-function unit that errs; included in place of csrc/simd/gpu.h.
#include "csrc/simd/special_function_unit.h"

/// By so many units in the last place.
struct {
  int exp2, reciprocal;
} unit_error;

struct erring_unit {
  static float exp2(float nearest) { return off(nearest, unit_error.exp2); }
  static float reciprocal(float nearest) { return off(nearest, unit_error.reciprocal); }
  /// In absolute terms by a half of this number of 2⁻²², or relatively if that is more.
  static float log2(float nearest) {
    if (!std::isfinite(nearest)) return nearest;
    return nearest + std::max(1.f, std::fabs(nearest)) * float(unit_error.exp2) * 0x1p-23f;
  }
  static float sqrt(float nearest) { return off(nearest, unit_error.reciprocal); }

 private:
  static float off(float a, int error) {
    if (a == 0 || !std::isfinite(a)) return a;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) + std::uint32_t(error));
  }
};
template <> struct special_function_unit<24> : erring_unit {};
template <> struct special_function_unit<11> : erring_unit {};
template <> struct special_function_unit<8> : erring_unit {};

#include "csrc/simd/gpu.h"
