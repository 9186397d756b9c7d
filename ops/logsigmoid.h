#pragma once
#include "../csrc/formula.h"

/// logsigmoid(x) = log σ(x) = −log(1 + e⁻ˣ)
///
/// With z = e^(−|x|):  logsigmoid′ = σ(−x),  logsigmoid″ = −z/(1 + z)²
struct Logsigmoid {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const auto z = exp_bounded(-magnitude(x, exp_decay_limit<V>));
    return jet{log_logistic(x), logistic_as_slope(-x), -value(logistic_slope(z))};
  }
};
