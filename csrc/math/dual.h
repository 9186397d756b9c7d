#pragma once
#include "textbook.h"

/// A value and its derivative, over any textbook lane: dual<dual<reference_lane<24>>> carries
/// the second derivative too.
template <class Base> struct dual {
  static constexpr lane_traits traits = Base::traits;
  static constexpr int bits = Base::bits, size = 1;
  Base v, d;

  dual(Base value, Base derivative) : v(value), d(derivative) {}
  template <real_constant C> dual(C c) : v(c), d(0) {}
  dual(parameter p) : v(p), d(0) {}

  friend dual operator+(dual a, dual b) { return {a.v + b.v, a.d + b.d}; }
  friend dual operator-(dual a, dual b) { return {a.v - b.v, a.d - b.d}; }
  friend dual operator*(dual a, dual b) { return {a.v * b.v, a.v * b.d + a.d * b.v}; }
  /// Constants apart, so that the derivative of c·∞ is c and not 0·∞.
  template <real_constant C> friend dual operator*(C a, dual b) { return {a * b.v, a * b.d}; }
  friend dual operator*(parameter a, dual b) { return {a * b.v, a * b.d}; }
  friend dual operator/(dual a, dual b) {
    const Base q = a.v / b.v;
    return {q, (a.d - q * b.d) / b.v};
  }
  friend dual operator-(dual a) { return {-a.v, -a.d}; }
  friend dual detached(dual a) { return {detached(a.v), Base(0)}; }
  friend dual if_negative(dual x, dual a, dual b) {
    return {if_negative(x.v, a.v, b.v), if_negative(x.v, a.d, b.d)};
  }
  friend dual if_greater(dual a, dual b, dual x, dual y) {
    return {if_greater(a.v, b.v, x.v, y.v), if_greater(a.v, b.v, x.d, y.d)};
  }
  friend dual exp(dual a) {
    const Base e = exp(a.v);
    return {e, e * a.d};
  }
  friend dual expm1(dual a) { return {expm1(a.v), exp(a.v) * a.d}; }
  friend dual log(dual a) { return {log(a.v), a.d / a.v}; }
  friend dual log1p(dual a) { return {log1p(a.v), a.d / (1 + a.v)}; }
  friend dual sqrt(dual a) {
    const Base root = sqrt(a.v);
    return {root, a.d / (2 * root)};
  }
  friend dual sin(dual a) { return {sin(a.v), cos(a.v) * a.d}; }
  friend dual cos(dual a) { return {cos(a.v), -(sin(a.v) * a.d)}; }
  friend dual erf(dual a) { return {erf(a.v), 1.1283791670955125739 * exp(-(a.v * a.v)) * a.d}; }
  friend dual normal_survival(dual t) { return {normal_survival(t.v), -normal_density(t.d, t.v)}; }
};
