#pragma once
#include "../csrc/formula.h"

/// sigmoid(x) = σ(x) = 1/(1 + e⁻ˣ)               Verhulst 1845
///
/// With t = |x|, z = e⁻ᵗ:  σ′ = z/(1 + z)²,  σ″ = ∓σ′·tanh(t/2)
struct Sigmoid {
  static constexpr bool bounded_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, exp_decay_limit<V>);
    const auto z = exp_bounded(-t);
    const auto slope = slope_at(x, z);
    return jet{logistic(x), value(slope), copysign(abs(value(tanh_from_exp(t, z) * slope)), -x)};
  }

  /// σ′ = q·(1 − q), q = σ(−t) ≤ ½: where q counts most, an error of it counts least.
  template <class V> NONLIN_INLINE auto value_and_slope(V x) const {
    if constexpr (approximate<V>) {
      const auto f = (*this)(x);
      return both{f.value, f.slope};
    } else {
      const V t = magnitude(x, exp_decay_limit<V>);
      const V q = value(logistic_tail_bounded(V(1), t));
      return both{reflect(x, 1, q), q * (1 - q)};
    }
  }

 private:
  template <class V, class Z> NONLIN_INLINE static auto slope_at(V x, Z z) {
    if constexpr (requires { logistic_slope_at(x); }) {  // for compilers
      return logistic_slope_at(x);
    } else {
      return logistic_slope(z);
    }
  }
};
