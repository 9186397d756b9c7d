#pragma once
#include "pair.h"
#include "tables/exp.h"

/// Functions. One name, one contract; lanes without lookups have their own in simd/, plain lanes in plain.h. Errors are
/// relative, for more than 8 bits; with 8 every function errs by less than 2⁻¹⁷.

/// Where x·e⁻ˣ and x·Φ(−x) have left the range of the results, subnormals included.
template <class V>
constexpr double exp_end = narrow<V> ? 125 : 800;
template <class V>
constexpr double normal_end = narrow<V> ? 14.8 : 39;
/// The domain of exp. In float w·e⁻ˣ has left the range there if w < 2¹⁰⁰, in double for all w.
template <class V>
constexpr double power_end = narrow<V> ? 174 : 1500;
template <class V>
constexpr double largest = V::bits > 24 ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;

/// max(x, −0): −0 and NaN pass.
template <class V>
NONLIN_INLINE V relu(V x) {
  return max(V(-0.), x);
}
/// min(|x|, limit): the limit stands for infinity. NaN passes.
template <class V>
NONLIN_INLINE V magnitude(V x, std::type_identity_t<V> limit) {
  return min(limit, abs(x));
}
template <class V>
NONLIN_INLINE V clamp(V x, std::type_identity_t<V> low, std::type_identity_t<V> high) {
  return max(low, min(high, x));
}
/// a for x > 0, else b, for NaN too.
template <class V>
NONLIN_INLINE V if_positive(V x, std::type_identity_t<V> a, std::type_identity_t<V> b) {
  return if_greater(x, V(0), a, b);
}
/// The end of the x for which e^(scale·x) is computed: beyond, w·e^(scale·x) has its limit. Finite, so that 0·x is 0.
template <class V>
NONLIN_INLINE V reach(V scale) {
  return min(V(largest<V>), V(power_end<V>) / abs(scale));
}
/// a with the sign of x, for a ≥ 0.
template <class V>
NONLIN_INLINE V copysign(V a, V x) {
  if constexpr (plain<V>) {
    return if_negative(x, -a, a);
  } else {
    return a | sign_bit(x);
  }
}
/// h for negative x, whole − h for positive x: any f with f(x) + f(−x) = whole.
template <class V, class N>
NONLIN_INLINE V reflect(V x, std::type_identity_t<V> whole, scaled<V, N> h) {
  return if_negative(x, V(0), whole) - scaled{h.m ^ sign_bit(x), h.n};
}
template <plain V>
NONLIN_INLINE V reflect(V x, std::type_identity_t<V> whole, std::type_identity_t<V> h) {
  return if_negative(x, h, whole - h);
}

template <class V>
concept tabled = requires { V::table; };
template <int Size>
NONLIN_INLINE constexpr const auto& powers_of() {
  if constexpr (Size == 16) {
    return powers_16;
  } else {
    return powers_8;
  }
}
/// a = k·step + r: e^a is the entry `index` of the table times 2ⁿ times e^r.
template <tabled V>
struct reduced {
  static constexpr auto& table = powers_of<V::table>();
  static constexpr double step = table.octaves * 0.693147180559945309417 / V::table;
  static constexpr float high = float(step), rest = float(step - double(high));
  V index, k, r;

  NONLIN_INLINE reduced(V a)
      : index(fma(a, V(1 / step), V(0x1.8p23f + V::table * V::bias))),
        k(index - V(0x1.8p23f + V::table * V::bias)),
        r(fma(k, V(-high), a)) {}
};
/// e^(a + low), |a| ≤ power_end, as m·2ⁿ with m a pair: 1e-8.
template <tabled V, class... Low>
NONLIN_INLINE auto power(V a, Low... low) {
  const reduced<V> x(a);
  V r = fma(x.k, V(-x.rest), x.r);
  ((r = r + low), ...);
  V q = fma(r, V(x.table.c[1]), V(x.table.c[0]));
  if constexpr (V::table == 8) q = fma(r, fma(r, V(x.table.c[2]), V(x.table.c[1])), V(x.table.c[0]));
  const V j = lookup(x.table.high, x.index), m = fma(r * r, q, r);
  return scaled{pair<V>{j, fma(j, m, lookup(x.table.low, x.index))}, power_of_two(x.index, x.k)};
}
template <class V>
NONLIN_INLINE auto power(pair<V> a) {
  return power(a.hi, a.lo);
}
template <class V>
NONLIN_INLINE auto exp(pair<V> a) {
  return power(a);
}
template <compensated V>
NONLIN_INLINE auto exp(V a) {
  return power(a);
}
template <tabled V>
  requires(!compensated<V>)
NONLIN_INLINE auto exp(V a) {
  const reduced<V> x(a);
  V q = .5;
  if constexpr (V::table == 8) q = fma(x.r, V(1 / 6.), q);
  const V j = lookup(x.table.high, x.index);
  return scaled{fma(j, x.r * fma(x.r, q, V(1)), j), power_of_two(x.index, x.k)};
}

template <class V, class N>
NONLIN_INLINE V minus_one(scaled<pair<V>, N> e) {
  return (ldexp(e.m.hi, e.n) - V(1)) + ldexp(e.m.lo, e.n);
}
/// e^a − 1, a ≤ 88: about 1 ULP, next to zero too; −0 kept.
template <class V>
  requires(!plain<V>)
NONLIN_INLINE V expm1(V a) {
  return minus_one(power(a)) | sign_bit(a);
}
template <class V>
NONLIN_INLINE V expm1(pair<V> a) {
  return minus_one(power(a)) | sign_bit(a.hi);
}
/// w·(e^a − 1), |a| ≤ power_end. Above 40 the one is lost, and e^a may be larger than the result can be.
template <class V, class A>
NONLIN_INLINE V expm1(V w, A a) {
  if constexpr (plain<V>) {
    return w * expm1(a);
  } else {
    return if_greater(rounded(a), V(40), value(w * exp(a)), w * expm1(a));
  }
}
