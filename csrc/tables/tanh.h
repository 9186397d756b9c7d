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
/// (t - tanh(t))/t^3 in t^2 - 1/2, t <= 1.05: 2^-29.5
NONLIN_INLINE constexpr polynomial<float, 8> tanh_shrink_24() {
  return {0x1.7a1626p-27f,
          {0x1.1c8e0ep-2f, -0x1.79ce0cp-4f, 0x1.fc6234p-6f, -0x1.56929ap-7f, 0x1.cdb134p-9f,
           -0x1.36d842p-10f, 0x1.a6f246p-12f, -0x1.2c6c0ap-13f, 0x1.5623f6p-15f}};
}
/// (t - tanh(t))/t^3 in t^2 - 1/2, t <= 1.05: 2^-60.0
NONLIN_INLINE constexpr polynomial<double, 17> tanh_shrink_53() {
  return {0x1.23b8b54e2b65fp-57,
          {0x1.1c8e0ec09a303p-2, -0x1.79ce0c25b5db4p-4, 0x1.fc6215f7c728ap-6,
           -0x1.5691ebb112719p-7, 0x1.cdc3c46a30e61p-9, -0x1.37394ed7de146p-10,
           0x1.a3860ba7bab61p-12, -0x1.1ac140afd71ccp-13, 0x1.7d25efbd18119p-15,
           -0x1.00e3dd3385836p-16, 0x1.5a486c34b6aa2p-18, -0x1.d2cd2b453295cp-20,
           0x1.3aa2bd8075e4bp-21, -0x1.a77488dce0be9p-23, 0x1.1c7d1da3f42e6p-24,
           -0x1.8bf2f890fa486p-26, 0x1.20ec8242c1a7cp-27, -0x1.266a406f5d5b4p-29}};
}
/// (t - tanh(t))/t^3 in t^2 - 1/2, t <= 1.05: 2^-19.6
NONLIN_INLINE constexpr polynomial<float, 5> tanh_shrink_8() {
  return {0x1.fc6866p-28f,
          {0x1.1c8e2p-2f, -0x1.79cbe4p-4f, 0x1.fc1acep-6f, -0x1.579bb8p-7f, 0x1.e36142p-9f,
           -0x1.24fed8p-10f}};
}
