#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// The normal tail times e^(t^2/2) in q = (t - 3)/(t + 3), t <= 14.5: 2^-26.4
NONLIN_INLINE constexpr polynomial<float, 9> survival_24() {
  return {-0x1.9fa12ap-32f,
          {0x1.f1b89cp-4f, -0x1.a6b66ap-3f, 0x1.f8badp-4f, -0x1.7a946ep-5f, 0x1.91decep-8f,
           0x1.7cbdfap-9f, -0x1.01de5ap-10f, -0x1.646802p-12f, 0x1.e4273cp-14f, 0x1.c36986p-15f}};
}
