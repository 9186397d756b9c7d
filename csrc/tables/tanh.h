#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// (tanh(t) - t)/t^3 in t^2, t <= 0.55, in units of tanh(t)/t^3: 2^-29.7
NONLIN_INLINE constexpr polynomial<float, 4> tanh_24() {
  return {0x0p+0f,
          {-0x1.55554ap-2f, 0x1.110cfcp-3f, -0x1.b92268p-5f, 0x1.590fcep-6f, -0x1.9a449ep-8f}};
}
/// (tanh(t) - t)/t^3 in t^2, t <= 0.55, in units of tanh(t)/t^3: 2^-60.6
NONLIN_INLINE constexpr polynomial<double, 10> tanh_53() {
  return {0x0p+0,
          {-0x1.555555555554fp-2, 0x1.1111111110788p-3, -0x1.ba1ba1b97c0f5p-5,
           0x1.664f485917364p-6, -0x1.226e2f08c1c31p-7, 0x1.d6d299b9a38dbp-9,
           -0x1.7d8fbbb2268cep-10, 0x1.3482ea69140dcp-11, -0x1.e9680b1501125p-13,
           0x1.5d5e6d00951bbp-14, -0x1.46db834e89555p-16}};
}
/// (tanh(t) - t)/t^3 in t^2, t <= 0.55, in units of tanh(t)/t^3: 2^-19.5
NONLIN_INLINE constexpr polynomial<float, 2> tanh_8() {
  return {0x0p+0f,
          {-0x1.553d6p-2f, 0x1.0d4ba6p-3f, -0x1.607c3p-5f}};
}
