#pragma once
#include "../csrc/formula.h"

/// softsign(x) = x/(1 + |x|)                    Bergstra et al. 2009, Univ. Montréal TR 1337
/// softsign′   = 1/(1 + |x|)²,   softsign″ = −2·sign(x)/(1 + |x|)³
struct Softsign {
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    // Beyond this limit the value is 1 and its derivatives 0; a divisor below 2¹²⁶ serves GPUs too.
    const V t = magnitude(x, float_range<V> ? 0x1p100 : 0x1p600);
    const V r = 1 / (1 + t);
    return jet{copysign(abs(t / (1 + t)), x), r * r, -copysign(2 * r * (r * r), x)};
  }
};
