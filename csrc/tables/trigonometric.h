#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// (sin(r) - r)/r^3 in r^2, |r| <= 0.79, in units of sin(r): 2^-32.3
NONLIN_INLINE constexpr polynomial<float, 3> sin_24() {
  return {0x0p+0f,
          {-0x1.555556p-3f, 0x1.111164p-7f, -0x1.a04826p-13f, 0x1.77c25cp-19f}};
}
/// (cos(r) - 1 + r^2/2)/r^4 in r^2, |r| <= 0.79, in units of cos(r): 2^-36.7
NONLIN_INLINE constexpr polynomial<float, 3> cos_24() {
  return {0x0p+0f,
          {0x1.555556p-5f, -0x1.6c175p-10f, 0x1.a063ccp-16f, -0x1.32b31cp-22f}};
}
/// (sin(r) - r)/r^3 in r^2, |r| <= 0.79, in units of sin(r): 2^-62.9
NONLIN_INLINE constexpr polynomial<double, 6> sin_53() {
  return {0x0p+0,
          {-0x1.5555555555555p-3, 0x1.111111111108cp-7, -0x1.a01a01a00723dp-13,
           0x1.71de3a40967f5p-19, -0x1.ae643e020563fp-26, 0x1.61152ce6468fbp-33,
           -0x1.a5a53bb915444p-41}};
}
/// (cos(r) - 1 + r^2/2)/r^4 in r^2, |r| <= 0.79, in units of cos(r): 2^-68.6
NONLIN_INLINE constexpr polynomial<double, 6> cos_53() {
  return {0x0p+0,
          {0x1.5555555555555p-5, -0x1.6c16c16c16b4bp-10, 0x1.a01a01a002718p-16,
           -0x1.27e4fb617d0f6p-22, 0x1.1eed789176ed3p-29, -0x1.937f19061e9fep-37,
           0x1.a2a68b650a914p-45}};
}
