#pragma once
#include "formula.h"

/// Plain lanes evaluate a formula in its mathematical meaning: no pairs, no scaling. A plain lane V
/// provides, where argument-dependent lookup finds the functions,
///
///   V::plain = true
///   V::bits                    chooses the text of a slope with a root: 8 as it stands, 24 shifted
///   V(c), V(p)                 for an arithmetic c and a `parameter` p
///   a + b  a - b  a * b  a / b  -a
///   if_negative(x, a, b)       a where the sign bit of x is set, else b
///   if_greater(a, b, x, y)     x where a > b, else y, for NaN too
///   exp(a)  expm1(a)
///   fixed(a)                   a without its derivative, where the lane carries one
///   log(a)  log1p(a)  sqrt(a)  erf(a)
///   normal_survival(t)         Φ(−t)
///
/// The rest follows here and, where a function says `plain`, in math.h and normal.h. Derivatives
/// are those of the branch taken; at ±0 that is the side of the sign bit.
template <plain V> NONLIN_INLINE V abs(V x) { return if_negative(x, -x, x); }
template <plain V> NONLIN_INLINE V min(V a, std::type_identity_t<V> b) {
  return if_greater(b, a, a, b);
}
template <plain V> NONLIN_INLINE V max(V a, std::type_identity_t<V> b) {
  return if_greater(a, b, a, b);
}
/// Any of the three may be a constant.
template <class A, class B, class C>
NONLIN_INLINE auto fma(A a, B b, C c) requires(plain<A> || plain<B> || plain<C>) {
  return a * b + c;
}

/// The reals, as doubles. `Bits` says whose text is evaluated.
template <int Bits> struct exact {
  static constexpr bool plain = true;
  static constexpr int bits = Bits, size = 1;
  double v;

  template <arithmetic C> exact(C c) : v(static_cast<double>(c)) {}
  exact(parameter p) : v(p.wide) {}

  friend exact operator+(exact a, exact b) { return a.v + b.v; }
  friend exact operator-(exact a, exact b) { return a.v - b.v; }
  friend exact operator*(exact a, exact b) { return a.v * b.v; }
  friend exact operator/(exact a, exact b) { return a.v / b.v; }
  friend exact operator-(exact a) { return -a.v; }
  friend exact if_negative(exact x, exact a, exact b) { return std::signbit(x.v) ? a : b; }
  friend exact if_greater(exact a, exact b, exact x, exact y) { return a.v > b.v ? x : y; }
  friend bool operator<=(exact a, exact b) { return a.v <= b.v; }
  friend bool operator==(exact a, exact b) { return a.v == b.v; }
  friend exact exp(exact a) { return std::exp(a.v); }
  friend exact expm1(exact a) { return std::expm1(a.v); }
  friend exact log(exact a) { return std::log(a.v); }
  friend exact log1p(exact a) { return std::log1p(a.v); }
  friend exact sqrt(exact a) { return std::sqrt(a.v); }
  friend exact erf(exact a) { return std::erf(a.v); }
  friend exact normal_survival(exact t) { return std::erfc(t.v * 0.70710678118654752440) / 2; }
};
