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
    // ∞ has the limit and not ∞/∞. Whole tensors are lanes too, of float32 as well: s·t is finite
    // in it, and above the limit the one is lost, for s from 1e-10 to 1e8.
    const V t = magnitude(x, 0x1p100);
    const V q = V(1) / (1 + sharpness * t);
    return jet{
        copysign(t * q, x),
        q * q,
        sharpness * copysign(2 * q * q * q, -x),
    };
  }
};
