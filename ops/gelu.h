#pragma once
#include "../csrc/formula.h"

/// gelu(x) = x·Φ(x)                             Hendrycks, Gimpel 2016, arXiv 1606.08415
/// gelu′   = Φ(x) + x·φ(x),   gelu″ = φ(x)·(2 − x²)
///
/// As f(x) − f(−x) = x, everything is said of the tail: f = max(x, 0) − t·Φ(−t), t = |x|.
struct Gelu {
  static constexpr bool bounded_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, normal_decay_limit<V>);
    return jet{
        positive_part(x) - normal_tail(t, t),
        reflect(x, 1, gelu_tail_slope(t)),
        value(normal_density(fma(-t, t, 2), t)),
    };
  }
};
