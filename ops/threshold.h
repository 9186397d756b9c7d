#pragma once
#include "../csrc/formula.h"

/// threshold(x) = x for x > threshold, else value
///                                              Glorot, Bordes, Bengio 2011, AISTATS 14
struct Threshold {
  parameter threshold = 0, value = 0;

  static constexpr auto parameters() {
    return std::array{named{"threshold", &Threshold::threshold}, named{"value", &Threshold::value}};
  }
  static constexpr bool light = true;
  /// 0 is between the two, and they do not change places when they are rounded.
  bool saves_result(dtype) const { return value.wide <= 0 && threshold.wide >= 0; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V end = threshold;
    return jet{
        if_greater(x, end, x, V(value) + zero_like(x)),
        if_greater(x, end, V(1), zero_like(x)),
        V(0),
    };
  }
};
