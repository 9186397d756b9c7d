#pragma once
#include "../csrc/formula.h"

/// tanhshrink(x) = x − tanh(x)
///
/// tanhshrink′ = tanh²(x),   tanhshrink″ = 2·tanh(x)/cosh²(x)
struct Tanhshrink {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V> / 2), u = 2 * t;
    const auto z = exp_bounded(-u);
    const V y = tanh(x);
    return jet{
        copysign(abs(minus_tanh(abs(x), t, z)), x),
        y * y,
        value(2 * y * sech_squared(V(1), z)),
    };
  }
};
