#pragma once
#include "parametric_swish.h"

/// swish(x) = x·σ(βx)                           Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// parametric_swish with β for all elements, as a hyper-parameter. β = 1 is SiLU
///                                              Elfwing, Uchibe, Doya 2017, arXiv 1702.03118
struct swish {
  parameter beta = 1;

  static constexpr auto parameters() { return std::array{named{"beta", &swish::beta}}; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const auto f = parametric_swish{}(x, V(beta));
    return jet{f.value, f.x, f.xx};
  }

  /// With t = |x|, z = e⁻ᵗ, q = z/(1 + z):
  ///   f = max(x, 0) − t·q,   f′(−t) = z·(1 + z − t)/(1 + z)²,   f″ = q·(1 − q)·(2 − t + 2t·q)
  struct at_defaults {
    template <class V> NONLIN_INLINE auto operator()(V x) const {
      const V t = magnitude(x, exp_end<V>);
      const auto z = exp(-t);
      const auto q = z / (1 + z);
      const auto w = parametric_swish::decay(t);
      const V p = value(q);
      return jet{
          positive_part(x) - t * z / (1 + z),
          reflect(x, 1, parametric_swish::fall(t) * w / square(1 + w)),
          value((1 - p) * fma(2 * t, p, 2 - t) * q),
      };
    }
  };
};
