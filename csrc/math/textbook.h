#pragma once
#include "../formula.h"

/// Textbook lanes evaluate a formula in its mathematical meaning: no double words, no exponents
/// apart. A textbook lane V provides, where argument-dependent lookup finds the functions,
///
///   V::traits                  with arithmetic::textbook and exponentials::library; with 8 bits it
///                              runs the texts for approximate lanes, else those for compensated
///                              ones
///   V::bits, V::size = 1
///   V(c), V(p)                 for a constant c of C++ and a `parameter` p
///   a + b  a - b  a * b  a / b  -a
///   if_negative(x, a, b)       a where the sign bit of x is set, else b
///   if_greater(a, b, x, y)     x where a > b, else y, for NaN too
///   exp(a)  expm1(a)
///   detached(a)                a without its derivative, where the lane carries one
///   log(a)  log1p(a)  sqrt(a)  erf(a)  sin(a)  cos(a)
///   normal_survival(t)         Φ(−t)
///
/// The rest follows here and, where a function says `textbook`, in the other headers of this
/// folder. Derivatives are those of the branch taken; at ±0 that is the side of the sign bit.

/// The traits of a textbook lane for results of so many bits.
template <int Bits>
constexpr lane_traits textbook_traits{
    .bits = Bits, .arithmetic = arithmetic::textbook, .exponentials = exponentials::library};

template <textbook V> NONLIN_INLINE V abs(V x) { return if_negative(x, -x, x); }
template <textbook V> NONLIN_INLINE V min(V a, std::type_identity_t<V> b) {
  return if_greater(b, a, a, b);
}
template <textbook V> NONLIN_INLINE V max(V a, std::type_identity_t<V> b) {
  return if_greater(a, b, a, b);
}
/// Any of the three may be a constant.
template <class A, class B, class C>
NONLIN_INLINE auto fma(A a, B b, C c) requires(textbook<A> || textbook<B> || textbook<C>) {
  return a * b + c;
}

/// The reals, as doubles. `Bits` says whose text is evaluated.
template <int Bits> struct reference_lane {
  static constexpr lane_traits traits = textbook_traits<Bits>;
  static constexpr int bits = Bits, size = 1;
  double v;

  template <real_constant C> reference_lane(C c) : v(static_cast<double>(c)) {}
  reference_lane(parameter p) : v(p.wide) {}

  friend reference_lane operator+(reference_lane a, reference_lane b) { return a.v + b.v; }
  friend reference_lane operator-(reference_lane a, reference_lane b) { return a.v - b.v; }
  friend reference_lane operator*(reference_lane a, reference_lane b) { return a.v * b.v; }
  friend reference_lane operator/(reference_lane a, reference_lane b) { return a.v / b.v; }
  friend reference_lane operator-(reference_lane a) { return -a.v; }
  friend reference_lane if_negative(reference_lane x, reference_lane a, reference_lane b) {
    return std::signbit(x.v) ? a : b;
  }
  friend reference_lane if_greater(reference_lane a, reference_lane b, reference_lane x,
                                   reference_lane y) {
    return a.v > b.v ? x : y;
  }
  friend bool operator<=(reference_lane a, reference_lane b) { return a.v <= b.v; }
  friend bool operator==(reference_lane a, reference_lane b) { return a.v == b.v; }
  friend reference_lane exp(reference_lane a) { return std::exp(a.v); }
  friend reference_lane expm1(reference_lane a) { return std::expm1(a.v); }
  friend reference_lane log(reference_lane a) { return std::log(a.v); }
  friend reference_lane log1p(reference_lane a) { return std::log1p(a.v); }
  friend reference_lane sqrt(reference_lane a) { return std::sqrt(a.v); }
  friend reference_lane erf(reference_lane a) { return std::erf(a.v); }
  friend reference_lane sin(reference_lane a) { return std::sin(a.v); }
  friend reference_lane cos(reference_lane a) { return std::cos(a.v); }
  friend reference_lane normal_survival(reference_lane t) {
    return std::erfc(t.v * 0.70710678118654752440) / 2;
  }
};
