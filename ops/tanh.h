#pragma once
#include "../csrc/formula.h"

/// tanh(x)                                       Lambert 1770
///
/// With u = 2|x|, z = e⁻ᵘ:  tanh′ = 4z/(1 + z)²,  tanh″ = −2·tanh(x)·tanh′
struct Tanh {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V u = 2 * magnitude(x, exp_decay_limit<V> / 2);
    const auto z = exp_bounded(-u);
    const auto slope = sech_squared(V(1), z);
    return jet{tanh(x), value(slope), value(-2 * tanh(x) * slope)};
  }
};
