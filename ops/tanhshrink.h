#pragma once
#include "../csrc/formula.h"

struct Tanhshrink {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V u = 2 * magnitude(x, exp_decay_limit<V> / 2);
    const auto z = exp_bounded(-u);
    const V t = tanh(x);
    const auto slope = sech_squared(V(1), z);
    return jet{x - t, t * t, value(2 * t * slope)};
  }
};
