#pragma once
#include "pair.h"

/// m·2ⁿ with m a lane or a pair: nothing underflows before the last operation.
template <class M, class N> struct scaled {
  M m;
  N n;
};
template <class M, class N> scaled(M, N) -> scaled<M, N>;

/// The number itself, rounded once, subnormals too.
template <class V> NONLIN_INLINE V value(V a) { return a; }
template <class V, class N> NONLIN_INLINE V value(scaled<V, N> a) { return ldexp(a.m, a.n); }
template <class V, class N> NONLIN_INLINE V value(scaled<pair<V>, N> a) {
  return ldexp(rounded(a.m), a.n);
}

template <class V, class N> NONLIN_INLINE auto normalized(scaled<pair<V>, N> a) {
  return scaled{normalized(a.m), a.n};
}

/// Arithmetic on what is multiplied by 2ⁿ.
template <class M, class N, class B> NONLIN_INLINE auto operator*(B a, scaled<M, N> b) {
  return scaled{a * b.m, b.n};
}
template <class M, class N, class B> NONLIN_INLINE auto operator*(scaled<M, N> a, B b) {
  return scaled{a.m * b, a.n};
}
template <class M, class N, class B> NONLIN_INLINE auto product(B a, scaled<M, N> b) {
  return scaled{product(a, b.m), b.n};
}
template <class V, class N> NONLIN_INLINE auto product(scaled<pair<V>, N> a, pair<V> b) {
  return scaled{product(a.m, b), a.n};
}
template <class M, class N, class B> NONLIN_INLINE auto operator/(scaled<M, N> a, B b) {
  return scaled{a.m / b, a.n};
}
/// n/d, of doubles with the correction that their operator/ spares.
template <class N, class D> NONLIN_INLINE auto careful_quotient(N n, D d) { return n / d; }
template <class V, class N>
NONLIN_INLINE auto careful_quotient(scaled<V, N> n,
                                    shifted<V> d) requires(compensated<V> && !narrow<V>) {
  return scaled{divide(n.m, d), n.n};
}
template <class V, class N> NONLIN_INLINE V operator-(V a, scaled<V, N> b) {
  return minus(a, b.m, b.n);
}
template <arithmetic C, class M, class N> NONLIN_INLINE auto operator+(C c, scaled<M, N> a) {
  using V = decltype(value(a));
  return shifted<V>{V(c), value(a)};
}

/// Two factors of a·b: neither leaves the range where the product does not.
template <class V> NONLIN_INLINE std::array<V, 2> spread(V a, V b) { return {a, b}; }
template <class V, class N> NONLIN_INLINE std::array<V, 2> spread(scaled<V, N> a, V b) {
  return spread(a.m, b, a.n);
}

/// a for negative x, else b.
template <class V, class N>
NONLIN_INLINE scaled<pair<V>, N> if_negative(V x, scaled<pair<V>, N> a, V b) {
  return {{if_negative(x, a.m.hi, b), if_negative(x, a.m.lo, V(0))}, if_negative(x, a.n, V::one())};
}
