#pragma once
#include "../scaled.h"
#include "../tables/ratio.h"

/// Functions for lanes without lookups, by one polynomial for all arguments. Those of doubles are
/// one text for all processors and give the same bits on all.

template <class V>
concept doubles = concrete<V> && V::bits == 53;

/// p(x) as constant + rest, by Horner's rule.
template <class V, class C, int Degree>
NONLIN_INLINE pair<V> horner(const polynomial<C, Degree>& p, V x) {
  V r = p.c[Degree];
  NONLIN_UNROLL
  for (int i = Degree - 1; i > 0; --i) r = fma(r, x, p.c[i]);
  return {p.c[0], fma(r, x, p.low)};
}

/// p(x), rounded.
template <class V, class C, int Degree> NONLIN_INLINE V at(const polynomial<C, Degree>& p, V x) {
  V r = p.c[Degree];
  NONLIN_UNROLL
  for (int i = Degree - 1; i >= 0; --i) r = fma(r, x, p.c[i]);
  return r;
}

/// e^(a + low), the power of csrc/math.h.
template <doubles V> NONLIN_INLINE auto power(V a, std::type_identity_t<V> low = 0) {
  // 2046 is twice the bias of exponents, which leaves bits of n/2 that need no sign.
  constexpr double magic = 0x1.8p52 + 2046, log2_e = 0x1.71547652b82fep0;
  const V index = fma(a, log2_e, magic), n = index - magic;
  // ln 2 in two parts, the first with 40 bits: n times it is exact.
  const V r = fma(n, -0x1.62e42fefap-1, a), rest = fma(n, -0x1.cf79abc9e3b39p-40, low);
  const V bow = r * r * rounded(horner(expm1_53(), r)), high = 1 + r;
  const V low_part = (r - (high - 1)) + fma(rest, high + bow, bow);
  return scaled{pair<V>{high, low_part}, power_of_two(index, n)};
}

/// The functions of csrc/normal.h by polynomials in q = (t − 4)/(t + 4): the reciprocal of the
/// Mills ratio is 2 + t·p(q).
template <class V> NONLIN_INLINE V normal_ratio(V t) { return (t - 4) / (t + 4); }
template <doubles V> NONLIN_INLINE V mills(V w, V t) {
  return w / shifted<V>{2, t * horner(slack_53(), normal_ratio(t))};
}
template <doubles V> NONLIN_INLINE V bend(V w, V t) {
  return w * horner(bend_53(), normal_ratio(t));
}
