#pragma once
#include <nonlin/formula.h>

/// gaussian_gate(x, w) = x·e^(−w²x²), where w is learned
/// with p = w²x², e = e⁻ᵖ:  f_x = (1 − 2p)·e,  f_w = −2w·x³·e,
///   f_xx = 2w²x·(2p − 3)·e,  f_xw = −2w·x²·(3 − 2p)·e,  f_ww = −2x³·(1 − 2p)·e
struct GaussianGate {
  static constexpr const char* weight = "width";

  template <class V> NONLIN_INLINE auto operator()(V x, V width) const {
    constexpr double most = 87;  // beyond, e⁻ᵖ has left the range of floats
    const V c = clamp(x, -1e9, 1e9), w = clamp(width, -1e9, 1e9);
    const V p = w * w * c * c, s = c * c;
    const V e = if_positive(p - most, 0, value(exp(-min(p, most))));
    return parametric_jet{
        c * e,
        (1 - 2 * p) * e,
        -2 * w * (s * c) * e,
        2 * w * w * c * (2 * p - 3) * e,
        -2 * w * s * (3 - 2 * p) * e,
        -2 * (s * c) * (1 - 2 * p) * e,
    };
  }
};
