#pragma once
#include "../csrc/formula.h"

/// elu(x) = scale·x for x > 0, else scale·α·(e^(ix) − 1), i = input_scale
///                                              Clevert et al. 2015, arXiv 1511.07289
///
/// α = 1.673…, scale = 1.050… is SELU           Klambauer et al. 2017, arXiv 1706.02515
/// i = 1/α is CELU                              Barron 2017, arXiv 1704.07483
struct Elu {
  parameter alpha = 1, scale = 1, input_scale = 1;

  static constexpr auto parameters() {
    return std::array{
        named{"alpha", &Elu::alpha},
        named{"scale", &Elu::scale},
        named{"input_scale", &Elu::input_scale},
    };
  }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V i = input_scale, end = scaled_argument_limit(i);
    const auto height = two_prod(V(alpha), V(scale)), steep = two_prod(i, height);
    const auto a = two_prod(i, clamp(x, -end, 0));
    const auto e = exp(a);
    return jet{
        if_positive(x, scale * x, expm1(height, a)),
        if_positive(x, scale, value(steep * e)),
        if_positive(x, 0, value(two_prod(i, steep) * e)),
    };
  }

  struct at_defaults {
    template <class V> NONLIN_INLINE auto operator()(V x) const {
      const V a = nonpositive_argument(x);
      const V e = value(exp(a));
      return jet{
          if_positive(x, x, signed_zero(expm1(a), x)),
          if_positive(x, 1, e),
          if_positive(x, 0, e),
      };
    }
  };
};
