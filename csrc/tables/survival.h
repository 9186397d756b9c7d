#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// The normal tail times e^(t^2/2) times the denominator, t <= 14.5: 2^-22.3
NONLIN_INLINE constexpr polynomial<float, 4> survival_24() {
  return {0x0p+0f,
          {0x1.b0ad9ap+3f, 0x1.2908a4p+3f, 0x1.7a9264p+1f, 0x1.9841c6p-2f, 0x1.551eeep-18f}};
}
/// Its denominator
NONLIN_INLINE constexpr polynomial<float, 4> survival_denominator_24() {
  return {0x0p+0f,
          {0x1.b0ad9cp+4f, 0x1.41210ap+5f, 0x1.86c772p+4f, 0x1.d99d84p+2f, 0x1p+0f}};
}
