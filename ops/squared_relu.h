#pragma once
#include "../csrc/formula.h"

/// squared_relu(x) = max(x, 0)²                  So et al. 2021, arXiv 2109.08668
/// squared_relu′   = 2·max(x, 0),   squared_relu″ = 2 for x > 0, else 0
struct SquaredRelu {
  static constexpr bool light = true;  // memory sets its pace

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V p = if_positive(x, x, detached(max(V(0), x)));  // NaN passes
    return jet{p * p, 2 * p, if_positive(x, 2, zero_like(x))};
  }
};
