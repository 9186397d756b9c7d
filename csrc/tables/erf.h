#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "ratio.h"

/// erf(x)/x in x^2, x <= 1: 2^-29.6
NONLIN_INLINE constexpr polynomial<float, 6> erf_24() {
  return {0x1.fc3f3p-25f,
          {0x1.20dd74p+0f, -0x1.81273ep-2f, 0x1.ce2cfcp-4f, -0x1.b7f95ap-6f, 0x1.5407d8p-8f,
           -0x1.a4052ap-11f, 0x1.498d64p-14f}};
}
/// erf(x)/x in x^2, x <= 1: 2^-63.5
NONLIN_INLINE constexpr polynomial<double, 13> erf_53() {
  return {0x1.1ad804cb66ce7p-56,
          {0x1.20dd750429b6dp+0, -0x1.812746b0379e7p-2, 0x1.ce2f21a042c12p-4,
           -0x1.b82ce31289986p-6, 0x1.565bcd0e8d46p-8, -0x1.c02db406ae971p-11,
           0x1.f9a327bba159ap-14, -0x1.f4d26b52c019bp-17, 0x1.b9e78fc090efcp-20,
           -0x1.5f7a8a11bc98fp-23, 0x1.fcfa8f9b8081p-27, -0x1.51a7af31eaa31p-30,
           0x1.9096dad827138p-34, -0x1.537eb41ac433bp-38}};
}
/// erf(x)/x in x^2, x <= 1: 2^-19.7
NONLIN_INLINE constexpr polynomial<float, 4> erf_8() {
  return {0x1.9dedd8p-25f,
          {0x1.20dd5ep+0f, -0x1.81169cp-2f, 0x1.cc2022p-4f, -0x1.a0c5e2p-6f, 0x1.c95496p-9f}};
}
