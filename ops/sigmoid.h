#pragma once
#include "../csrc/formula.h"

/// sigmoid(x) = σ(x) = 1/(1 + e⁻ˣ)               Verhulst 1845
///
/// With t = |x|, z = e⁻ᵗ:  σ′ = z/(1 + z)²,  σ″ = ∓σ′·tanh(t/2)
struct Sigmoid {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto z = exp_bounded(-t);
    const auto slope = z / square(1 + z);
    return jet{logistic(x), value(slope), copysign(abs(value(tanh_from_exp(t, z) * slope)), -x)};
  }
};
