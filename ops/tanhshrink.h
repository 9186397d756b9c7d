#pragma once
#include "../csrc/formula.h"

/// tanhshrink(x) = x − tanh(x)
///
/// tanhshrink′ = tanh²(x),   tanhshrink″ = 2·tanh(x)/cosh²(x)
struct Tanhshrink {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V> / 2), u = 2 * t;
    const auto z = exp_bounded(-u);
    const V y = tanh_from_exp(u, z);
    return jet{
        copysign(abs(minus_tanh(abs(x), t, z)), x),
        y * y,
        copysign(abs(value(2 * y * sech_squared(V(1), z))), x),
    };
  }
};
