#pragma once
#include "parametric_swish.h"

/// swish(x) = x·σ(βx)                           Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// parametric_swish with β for all elements, as a hyper-parameter. β = 1 is SiLU
///                                              Elfwing, Uchibe, Doya 2017, arXiv 1702.03118
struct Swish {
  static constexpr bool bounded_slope = true;
  parameter beta = 1;

  static constexpr auto parameters() { return std::array{named{"beta", &Swish::beta}}; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const auto f = ParametricSwish{}(x, V(beta));
    return jet{f.value, f.x, f.xx};
  }

  /// With t = |x|, z = e⁻ᵗ, q = z/(1 + z), q′ = z/(1 + z)²:
  ///   f = max(x, 0) − t·q,   f′(−t) = (1 + z − t)·q′,   f″ = q′·(1 − q)·(2 − t + (2 + t)·z)
  struct at_defaults {
    static constexpr bool bounded_slope = true;

    template <class V> NONLIN_INLINE auto operator()(V x) const {
      const V t = magnitude(x, exp_decay_limit<V>);
      const auto [w, fall] = ParametricSwish::tail(t);
      const auto below = square(1 + w);
      const auto bell = w / below;
      const V p = fma(value(bell), value(w), value(bell));
      return jet{
          gated_by_logistic(x, t),
          reflect(x, 1, product_quotient(fall, w, below)),
          value((1 - p) * fma(value(w), 2 + t, 2 - t) * bell),
      };
    }

    template <class V> NONLIN_INLINE auto value_and_slope(V x) const {
      const V t = magnitude(x, exp_decay_limit<V>);
      const auto [w, fall] = ParametricSwish::tail(t);
      const auto whole = 1 + w;
      return both{
          positive_part(x) - corrected_quotient(t * w, whole),
          reflect(x, 1, product_quotient(fall, w, square(whole))),
      };
    }
  };
};
