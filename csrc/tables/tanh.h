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
/// (tanh(t) - t)/t^3 in t^2, t <= 0.55, in units of tanh(t)/t^3: 2^-24.6
NONLIN_INLINE constexpr polynomial<float, 3> tanh_8() {
  return {0x0p+0f,
          {-0x1.555446p-2f, 0x1.10cd4cp-3f, -0x1.af5928p-5f, 0x1.0cdab4p-6f}};
}
/// (t - tanh(t))/t^3 in t^2, t <= 1.05: 2^-29.6
NONLIN_INLINE constexpr polynomial<float, 8> tanh_shrink_24() {
  return {-0x1.610982p-27f,
          {0x1.555556p-2f, -0x1.11110ap-3f, 0x1.ba1904p-5f, -0x1.661ea2p-6f, 0x1.209e36p-7f,
           -0x1.c2ceep-9f, 0x1.399168p-10f, -0x1.44799ep-12f, 0x1.5b7804p-15f}};
}
/// (t - tanh(t))/t^3 in t^2, t <= 1.05: 2^-60.9
NONLIN_INLINE constexpr polynomial<double, 17> tanh_shrink_53() {
  return {0x1.5257c13775f85p-56,
          {0x1.5555555555555p-2, -0x1.111111111110ep-3, 0x1.ba1ba1ba1b55bp-5,
           -0x1.664f4882a9ac7p-6, 0x1.226e355aa2297p-7, -0x1.d6d3d0220522cp-9,
           0x1.7da357ce59dfdp-10, -0x1.3557917eb6f09p-11, 0x1.f573a544fb4a3p-13,
           -0x1.963f5cd84741cp-14, 0x1.484cc5e312756p-15, -0x1.069fb53ea075ep-16,
           0x1.972ad7c296549p-18, -0x1.24bed1e168392p-19, 0x1.6bc4508f9f33ep-21,
           -0x1.616ca4082d856p-23, 0x1.ce5a3aa515234p-26, -0x1.2a3a606a4486fp-29}};
}
/// (t - tanh(t))/t^3 in t^2, t <= 1.05: 2^-19.6
NONLIN_INLINE constexpr polynomial<float, 5> tanh_shrink_8() {
  return {0x1.c665fcp-31f,
          {0x1.555538p-2f, -0x1.11027ap-3f, 0x1.b7aadcp-5f, -0x1.526dfap-6f, 0x1.a8cffp-8f,
           -0x1.24fefep-10f}};
}
