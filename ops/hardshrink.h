#pragma once
#include "../csrc/formula.h"

/// hardshrink(x) = x for |x| > λ, else 0         Donoho, Johnstone 1994
///
/// λ ≥ 0. At ±λ value and slope are 0, as between them.
struct Hardshrink {
  static constexpr bool light = true;  // memory sets its pace
  parameter lambd = .5;

  static constexpr auto parameters() { return std::array{named{"lambd", &Hardshrink::lambd}}; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V beyond = x - clamp(x, -V(lambd), V(lambd));  // 0 for |x| ≤ λ, NaN for NaN
    const V distance = abs(beyond);
    return jet{if_greater(distance, 0, x, beyond), if_greater(distance, 0, 1, beyond), V(0)};
  }
};
