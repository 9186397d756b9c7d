#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// erf(x)/x in x^2, x <= 1: 2^-29.6
NONLIN_INLINE constexpr polynomial<float, 6> erf_24() {
  return {0x1.fc3f3p-25f,
          {0x1.20dd74p+0f, -0x1.81273ep-2f, 0x1.ce2cfcp-4f, -0x1.b7f95ap-6f, 0x1.5407d8p-8f,
           -0x1.a4052ap-11f, 0x1.498d64p-14f}};
}
/// erf(x)/x in x^2, x <= 1: 2^-62.7
NONLIN_INLINE constexpr polynomial<double, 12> erf_53() {
  return {0x1.18250b814d05p-56,
          {0x1.20dd750429b6dp+0, -0x1.812746b0379e6p-2, 0x1.ce2f21a042b34p-4,
           -0x1.b82ce31284e8p-6, 0x1.565bcd0dba771p-8, -0x1.c02db3da8e133p-11,
           0x1.f9a321cbb123dp-14, -0x1.f4d1e2200f952p-17, 0x1.b9df13c21a9d9p-20,
           -0x1.5f1e42805c676p-23, 0x1.f7ae8d097267fp-27, -0x1.38891a2623ae6p-30,
           0x1.05c6f8abd7ea2p-34}};
}
/// erf(x)/x in x^2, x <= 1: 2^-19.7
NONLIN_INLINE constexpr polynomial<float, 4> erf_8() {
  return {0x1.9dedd8p-25f,
          {0x1.20dd5ep+0f, -0x1.81169cp-2f, 0x1.cc2022p-4f, -0x1.a0c5e2p-6f, 0x1.c95496p-9f}};
}
