#pragma once
#include "offset_sum.h"

/// Numbers as m·2ⁿ, m a lane or a double word and n the lane's `exponent`: nothing overflows or
/// underflows before the last operation. exp gives its results so.
///
/// Operators: a·z and z·a scale m, z/d divides it; V − z is one operation if m is a lane; c + z
/// with a constant c of C++ is an offset_sum. A sum V + z is V − (−1·z).
template <class M, class N> struct mantissa_exponent {
  M m;
  N n;
};
template <class M, class N> mantissa_exponent(M, N) -> mantissa_exponent<M, N>;

/// The number itself
///   domain    all
///   error     ½ ULP, of subnormal results 1
///   ends      beyond the range infinity or zero
///   own text  none
template <class V> NONLIN_INLINE V value(V a) { return a; }
template <class V, class N> NONLIN_INLINE V value(mantissa_exponent<V, N> a) {
  return ldexp(a.m, a.n);
}
template <class V, class N> NONLIN_INLINE V value(mantissa_exponent<double_word<V>, N> a) {
  return ldexp(rounded(a.m), a.n);
}

template <class M, class N, class B> NONLIN_INLINE auto operator*(B a, mantissa_exponent<M, N> b) {
  return mantissa_exponent{a * b.m, b.n};
}
template <class M, class N, class B> NONLIN_INLINE auto operator*(mantissa_exponent<M, N> a, B b) {
  return mantissa_exponent{a.m * b, a.n};
}
template <class M, class N, class B> NONLIN_INLINE auto two_prod(B a, mantissa_exponent<M, N> b) {
  return mantissa_exponent{two_prod(a, b.m), b.n};
}
template <class V, class N>
NONLIN_INLINE auto two_prod(mantissa_exponent<double_word<V>, N> a, double_word<V> b) {
  return mantissa_exponent{two_prod(a.m, b), a.n};
}
template <class V, class N> NONLIN_INLINE auto renormalize(mantissa_exponent<double_word<V>, N> a) {
  return mantissa_exponent{renormalize(a.m), a.n};
}
template <class M, class N, class B> NONLIN_INLINE auto operator/(mantissa_exponent<M, N> a, B b) {
  return mantissa_exponent{a.m / b, a.n};
}
template <class V, class N> NONLIN_INLINE V operator-(V a, mantissa_exponent<V, N> b) {
  return minus(a, b.m, b.n);
}
template <real_constant C, class M, class N>
NONLIN_INLINE auto operator+(C c, mantissa_exponent<M, N> a) {
  using V = decltype(value(a));
  return offset_sum<V>{V(c), value(a)};
}

/// n/d, of doubles with the correction that their operator/ spares
///   domain    as quotient
///   error     as quotient
///   ends      as quotient
///   own text  doubles; the others: n / d
template <class N, class D> NONLIN_INLINE auto corrected_quotient(N n, D d) { return n / d; }
template <class V, class N>
NONLIN_INLINE auto corrected_quotient(mantissa_exponent<V, N> n,
                                      offset_sum<V> d) requires(compensated<V> && !float_range<V>) {
  return mantissa_exponent{quotient(n.m, d), n.n};
}

/// a·w/d, for 11 bits in the order that misrounds fewer inputs, else in the one that is done sooner
///   domain    as quotient
///   error     float 2 ULP · GPU float 0.6 ULP · double 2.6 ULP · 16 bits as operator/
///   ends      NaN passes
///   own text  GPU float with one rounding less, CPU 11 bits
template <class V, class W, class D> NONLIN_INLINE auto product_quotient(V a, W w, D d) {
  if constexpr (V::traits.gpu && compensated<V>) {
    return two_prod(a, w) / d;
  } else if constexpr (compensated<V> && V::bits < 24) {
    return a * w / d;
  } else {
    return a * (w / d);
  }
}

/// Two factors of a·b: neither leaves the range where the product does not
///   domain    all
///   error     0, a factor that is subnormal ½ ULP
///   ends      NaN passes
///   own text  lanes split their exponents
template <class V> NONLIN_INLINE std::array<V, 2> split_exponent(V a, V b) { return {a, b}; }
template <class V, class N>
NONLIN_INLINE std::array<V, 2> split_exponent(mantissa_exponent<V, N> a, V b) {
  return split_exponent(a.m, b, a.n);
}

/// a for negative x, else b.
template <class V, class N>
NONLIN_INLINE mantissa_exponent<double_word<V>, N> if_negative(
    V x, mantissa_exponent<double_word<V>, N> a, V b) {
  return {{if_negative(x, a.m.hi, b), if_negative(x, a.m.lo, V(0))}, if_negative(x, a.n, V::one())};
}
