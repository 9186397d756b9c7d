#pragma once
#include "exp.h"

/// Products and quotients of what gpu/exp.h gives, (1 + m)·2ⁿ.

/// w·(1 + m) in two parts, for a power (1 + m)·2ⁿ.
template <class V, class N>
NONLIN_INLINE auto times_power(V w, mantissa_exponent<double_word<V>, N> power) {
  const V m = power.m.lo, high = fma(w, m, w);
  return mantissa_exponent{double_word<V>{high, fma(w, m, w - high)}, power.n};
}
/// n/(c + z) for a double word z: 0.6 ULP.
template <class V> NONLIN_INLINE V quotient(double_word<V> n, V c, double_word<V> z) {
  const V r = reciprocal_estimate(c + z.hi), q = n.hi * r;
  const V excess = fma(q, z.lo, fma(q, z.hi, fma(q, c, -n.hi))) - n.lo;
  return fma(-excess, r, q);
}
template <class V, class N>
NONLIN_INLINE auto quotient(mantissa_exponent<double_word<V>, N> n, std::type_identity_t<V> c,
                            mantissa_exponent<double_word<V>, N> z) {
  const V power = number(z.n);
  return mantissa_exponent{quotient(n.m, c, double_word<V>{z.m.hi * power, z.m.lo * power}), n.n};
}
