#pragma once
#include "sign.h"

/// sign_ste(x) = sign(x), and for its slope that of x between −1 and 1
///                                              Courbariaux et al. 2016, arXiv 1602.02830
///
/// The straight-through estimator               Bengio, Léonard, Courville 2013, arXiv 1308.3432
struct SignSte {
  static constexpr bool light = true;
  static constexpr bool surrogate_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{
        Sign{}(x).value,
        if_greater(abs(x), V(1), V(0), 1 + zero_like(x)),
        V(0),
    };
  }
};
