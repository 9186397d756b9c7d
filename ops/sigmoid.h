#pragma once
#include "../csrc/formula.h"

/// sigmoid(x) = σ(x) = 1/(1 + e⁻ˣ)
/// With t = |x|, z = e⁻ᵗ: σ′ = z/(1 + z)², σ″ = −σ′·tanh(x/2)
struct Sigmoid {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto z = exp_bounded(-t);
    const auto bell = z / square(1 + z);
    return jet{logistic(x), value(bell), copysign(abs(value(tanh_from_exp(t, z) * bell)), -x)};
  }
};
