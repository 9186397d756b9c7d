#pragma once
#include "parametric_swish.h"

/// swish(x) = x·σ(βx)                           Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// parametric_swish with β for all elements, as a hyper-parameter.
struct swish {
  parameter beta = 1;

  static constexpr auto parameters() { return std::array{named{"beta", &swish::beta}}; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const auto f = parametric_swish{}(x, V(beta));
    return jet{f.value, f.x, f.xx};
  }
};
