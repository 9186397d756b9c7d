#pragma once
#include "../csrc/formula.h"

/// leaky_relu(x) = x for x > 0, else negative_slope·x
///                                              Maas, Hannun, Ng 2013, ICML 30
struct LeakyRelu {
  parameter negative_slope = .01;

  static constexpr auto parameters() {
    return std::array{named{"negative_slope", &LeakyRelu::negative_slope}};
  }
  static constexpr bool light = true;
  bool saves_result(dtype) const { return negative_slope.wide >= 0; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V s = negative_slope;
    const V end = if_greater(abs(s), V(0), V(INFINITY), V(largest_finite<V>));  // 0·∞ is 0
    return jet{
        if_positive(x, x, s * max(-end, x)),
        if_positive(x, 1, s + zero_like(x)),
        V(0),
    };
  }
};
