#pragma once
#include <nonlin/formula.h>

/// soft_sign(x) = x/(1 + s·|x|), s > 0 its sharpness
/// with q = 1/(1 + s·|x|):  f = x·q,  f′ = q²,  f″ = −2s·q³ for x > 0 and 2s·q³ for x < 0
struct SoftSign {
  parameter sharpness = 1;

  static constexpr auto parameters() {
    return std::array{named{"sharpness", &SoftSign::sharpness}};
  }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    // ∞ has the limit and not ∞/∞; up to there 1 + s·t and its square are finite, or the slope 0.
    const V t = magnitude(x, V::bits > 24 ? 0x1p600 : 0x1p100);
    const V q = V(1) / (1 + sharpness * t);
    return jet{
        copysign(t * q, x),
        q * q,
        sharpness * copysign(2 * q * q * q, -x),
    };
  }
};
