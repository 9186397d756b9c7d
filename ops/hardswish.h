#pragma once
#include "hardsigmoid.h"

/// hardswish(x) = x·min(max(x + 3, 0), 6)/6      Howard et al. 2019, arXiv 1905.02244
/// hardswish′   = (2x + 3)/6,   hardswish″ = 1/3
/// for −3 < x < 3, else those of 0 or x.
struct Hardswish {
  static constexpr bool light = true;  // memory sets its pace

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V slope = Hardsigmoid::sixth(fma(x, 2, 3));
    return jet{
        value_at(x),
        inside(x, slope, min(V(1), x)),
        inside(x, V(1 / 3.), zero_like(x)),
    };
  }

 private:
  template <class V> NONLIN_INLINE static V value_at(V x) {
    if constexpr (requires { prefers_limits(x); }) {  // for compilers
      const V c = max(V(-3), x);
      return c * Hardsigmoid::sixth(min(V(3), c) + 3);
    } else {
      const V gate = Hardsigmoid::value(x);
      return if_greater(gate, 0, x * gate, gate);
    }
  }

  /// y between the kinks, 0 below, `above` at 3 and beyond, and for NaN, which it lets pass.
  template <class V> NONLIN_INLINE static V inside(V x, V y, V above) {
    return if_greater(3, x, if_greater(x, -3, y, 0), above);
  }
};
