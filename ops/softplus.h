#pragma once
#include "../csrc/formula.h"

struct Softplus {
  parameter beta = 1, threshold = 20;
  static constexpr auto parameters() {
    return std::array{named{"beta", &Softplus::beta}, named{"threshold", &Softplus::threshold}};
  }
  const char* refused() const { return beta.wide == 0 ? "`beta` must not be 0" : nullptr; }
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V y = V(beta) * x;
    const auto z = exp_bounded(-magnitude(y, exp_decay_limit<V>));
    return jet{softplus(y) / V(beta), logistic(y), value(z / square(1 + z)) * V(beta)};
  }
};
