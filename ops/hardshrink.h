#pragma once
#include "../csrc/formula.h"

/// hardshrink(x) = x for |x| > λ, else 0        Donoho, Johnstone 1994, Biometrika 81
struct Hardshrink {
  parameter lambd = .5;

  static constexpr auto parameters() { return std::array{named{"lambd", &Hardshrink::lambd}}; }
  static constexpr bool light = true;
  bool saves_result(dtype) const { return true; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{
        if_greater(abs(x), V(lambd), x, zero_like(x)),
        if_greater(abs(x), V(lambd), V(1), zero_like(x)),
        V(0),
    };
  }
};
