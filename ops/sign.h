#pragma once
#include "../csrc/formula.h"

/// sign(x) = 1 for x > 0, −1 for x < 0, and ±0 stays
///                                              Rosenblatt 1958, Psychological Review 65
struct Sign {
  static constexpr bool light = true;
  bool saves_result(dtype) const { return true; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{
        if_positive(x, 1, if_greater(V(0), x, V(-1), detached(x))),
        zero_like(x),
        V(0),
    };
  }
};
