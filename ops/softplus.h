#pragma once
#include "../csrc/formula.h"

/// softplus(x) = log(1 + e^(βx))/β, or x where βx > threshold        Dugas et al. 2000
///
/// With z = e^(−|βx|):  softplus′ = σ(βx),   softplus″ = β·z/(1 + z)²
/// β may be negative.
struct Softplus {
  parameter beta = 1, threshold = 20;

  static constexpr auto parameters() {
    return std::array{
        named{"beta", &Softplus::beta},
        named{"threshold", &Softplus::threshold},
    };
  }

  const char* refused() const { return beta.wide == 0 ? "`beta` must not be 0" : nullptr; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V b = beta, side = b * x, limit = threshold;
    const auto u = exact_product(abs(b), magnitude(x, scaled_argument_limit(b)));
    const auto z = exp(-u);
    // 1/β may be so large that z counts where exp has left its domain.
    const V inside = inside_exp(abs(side));
    const auto [near, far] = split_exponent(z / square(1 + z), b);
    return jet{
        if_greater(side, limit, x, scaled_softplus(x, side, inside, u, z, b)),
        if_greater(side, limit, 1, logistic_from_exp(side, u, z)),
        if_greater(side, limit, 0, inside * near * far),
    };
  }
};
