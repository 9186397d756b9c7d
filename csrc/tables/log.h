#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// (log(1 + r) - r + r^2/2)/r^3, -1/4 <= r <= 1/2, in units of log(1 + r)/r^3: 2^-27.4
NONLIN_INLINE constexpr polynomial<float, 7> log_24() {
  return {0x0p+0f,
          {0x1.5555a8p-2f, -0x1.000026p-2f, 0x1.9967bap-3f, -0x1.54f68cp-3f, 0x1.28ad52p-3f,
           -0x1.0d684p-3f, 0x1.aa0f5p-4f, -0x1.6c1ba6p-5f}};
}
/// (2 artanh(s)/s - 2)/s^2 in s^2, s <= 1/5, in units of 1/s^2: 2^-61.7
NONLIN_INLINE constexpr polynomial<double, 7> log_53() {
  return {0x0p+0,
          {0x1.555555555554fp-1, 0x1.999999999c145p-2, 0x1.24924921e8f9dp-2, 0x1.c71c748ac8fcap-3,
           0x1.745c4c249f924p-3, 0x1.3b35941e02a4cp-3, 0x1.0dcea489cb702p-3, 0x1.1b6c45686a18ap-3}};
}
/// log(1 + r)/r, -1/4 <= r <= 1/2: 2^-19.2
NONLIN_INLINE constexpr polynomial<float, 6> log_8() {
  return {0x0p+0f,
          {0x1p+0f, -0x1.fffb62p-2f, 0x1.55320cp-2f, -0x1.00e3fp-2f, 0x1.a676dp-3f,
           -0x1.51ab82p-3f, 0x1.45554ap-4f}};
}
/// log(1 + z)/z in z - 1/2, 0 <= z <= 1: 2^-27.5
NONLIN_INLINE constexpr polynomial<float, 9> log1p_ratio_24() {
  return {0x1.d72a1cp-26f,
          {0x1.9f323ep-1f, -0x1.2773a6p-2f, 0x1.0f9552p-3f, -0x1.15403ep-4f, 0x1.2c1d46p-5f,
           -0x1.50e5c6p-6f, 0x1.7b6a3ep-7f, -0x1.bd18fap-8f, 0x1.57ef66p-8f, -0x1.9f5e96p-9f}};
}
/// log(1 + z)/z in z - 1/2, 0 <= z <= 1: 2^-56.4
NONLIN_INLINE constexpr polynomial<double, 20> log1p_ratio_53() {
  return {-0x1.b276a4f72b5b1p-58,
          {0x1.9f323ecbf984cp-1, -0x1.2773a5da90bd5p-2, 0x1.0f95b3dc0a12ep-3,
           -0x1.1540afd54c9cap-4, 0x1.2bec9fba507bcp-5, -0x1.50abf6ca80caap-6,
           0x1.83c50b103b36ap-7, -0x1.c72c644796ac7p-8, 0x1.0f11915332b64p-8,
           -0x1.469c50c0b2564p-9, 0x1.8d3fca95d4ac2p-10, -0x1.e6fd2696410cep-11,
           0x1.2c70698b1b4cap-11, -0x1.740e3673db215p-12, 0x1.cfe6dd4ecefd8p-13,
           -0x1.2a0299cd7ea07p-13, 0x1.767df66ae601bp-14, -0x1.7803572b3b8b9p-15,
           0x1.dbe9f6483ca2cp-16, -0x1.41d59484245e8p-15, 0x1.98d072d688f27p-16}};
}
/// log(1 + z)/z in z - 1/2, 0 <= z <= 1: 2^-19.4
NONLIN_INLINE constexpr polynomial<float, 6> log1p_ratio_8() {
  return {-0x1.fc6e86p-28f,
          {0x1.9f324p-1f, -0x1.27774cp-2f, 0x1.0f98fcp-3f, -0x1.137202p-4f, 0x1.29f1e2p-5f,
           -0x1.889fdcp-6f, 0x1.c4a87cp-7f}};
}
/// log(cosh(x/2))/x^2 in x^2, |x| <= 1: 2^-22.8
NONLIN_INLINE constexpr polynomial<float, 3> log_cosh_11() {
  return {0x0p+0f,
          {0x1p-3f, -0x1.554f98p-8f, 0x1.69e804p-12f, -0x1.7c21aap-16f}};
}
