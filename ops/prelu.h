#pragma once
#include "../csrc/formula.h"

/// prelu(x, w) = x for x > 0, else w·x          He et al. 2015, arXiv 1502.01852
///
/// At 0 the derivatives are those from the left. At x = −∞, w = 0 the product is NaN, as PyTorch's.
struct Prelu {
  static constexpr const char* weight = "weight";
  static constexpr autocast casts = autocast::lower_precision;
  static constexpr bool light = true;  // memory sets its pace

  template <class V> NONLIN_INLINE auto operator()(V x, V w) const {
    return parametric_jet{
        pick_positive(x, x, w * x),
        pick_positive(x, 1, w),
        pick_positive(x, 0, x),
        V(0),  // straight in x, and in w
        pick_positive(x, 0, 1),
        V(0),
    };
  }
};
