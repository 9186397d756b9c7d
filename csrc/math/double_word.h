#pragma once
#include "lane.h"

/// Double-word arithmetic (Dekker 1971, Knuth 1969, Joldes, Muller, Popescu 2017): a number as hi +
/// lo, so that what a rounding would lose is kept for the next operation. Operations of a formula
/// give it on compensated lanes alone, on the others the number itself, and a formula is one text
/// for all; polynomials and exponentials of this folder give it wherever they have a low part.

/// hi + lo, |lo| ≤ |hi|/2. It is *normalized* if lo is at most half a unit in the last place of hi:
/// so are the results of two_prod and two_sum of two lanes, of fast_two_sum and of renormalize.
/// Others, such as those of exp, are a large part and a rest, and cost less.
template <class V> struct double_word {
  V hi, lo;

  /// Products, rounded once. The product of the two low parts is dropped: of two double words one
  /// must be normalized, or the error is lo·lo.
  friend NONLIN_INLINE V operator*(V a, double_word b) { return fma(a, b.hi, a * b.lo); }
  friend NONLIN_INLINE V operator*(double_word a, double_word b) {
    return fma(a.hi, b.hi, fma(a.lo, b.hi, a.hi * b.lo));
  }
  friend NONLIN_INLINE double_word operator-(double_word a) { return {-a.hi, -a.lo}; }
  /// a + b for |b| ≤ |a|, and a·b + c, both rounded once.
  friend NONLIN_INLINE V operator+(double_word a, V b) { return a.hi + (a.lo + b); }
  friend NONLIN_INLINE V fma(V a, double_word b, V c) { return fma(a, b.hi, fma(a, b.lo, c)); }
};

/// The number itself
///   domain    all
///   error     ½ ULP
///   ends      NaN and infinity pass
///   own text  none
template <class V> NONLIN_INLINE V rounded(V a) { return a; }
template <class V> NONLIN_INLINE V rounded(double_word<V> a) { return a.hi + a.lo; }

/// The sign of a product, zero included.
template <class V> NONLIN_INLINE V sign_bit(double_word<V> a) { return sign_bit(a.hi); }

/// hi + lo as a double word, or hi on lanes without them
///   domain    |lo| ≤ |hi|/2
///   error     0; without double words lo is lost
///   ends      NaN and infinity pass
///   own text  lanes without double words
template <class V> NONLIN_INLINE auto make_double_word(V hi, V lo) {
  if constexpr (compensated<V>) {
    return double_word<V>{hi, lo};
  } else {
    return hi;
  }
}

/// a·b, of two lanes normalized: write two_prod(a, b) for a * b where a unit in the last place
/// matters
///   domain    neither the product nor its low part underflows; of two double words one is
///             normalized
///   error     0 for two lanes; else float 2⁻⁴⁵, double 2⁻¹⁰³ relative; ½ ULP where approximate
///   ends      where the product overflows the low part is NaN
///   own text  approximate and textbook lanes: a * b
template <class V> NONLIN_INLINE auto two_prod(V a, V b) {
  const V high = a * b;
  if constexpr (compensated<V>) {
    return double_word<V>{high, fma(a, b, -high)};
  } else {
    return high;
  }
}
template <class V> NONLIN_INLINE double_word<V> two_prod(V a, double_word<V> b) {
  const V low = a * b.lo, high = fma(a, b.hi, low);
  return {high, fma(a, b.hi, -high) + low};
}
template <class V> NONLIN_INLINE double_word<V> two_prod(double_word<V> a, double_word<V> b) {
  const V high = a.hi * b.hi;
  return {high, fma(a.hi, b.hi, -high) + fma(a.hi, b.lo, a.lo * b.hi)};
}

/// The same for exponents, which also approximate lanes of 11 bits take in two parts
///   domain    as two_prod
///   error     as two_prod; with 11 bits 0
///   ends      as two_prod
///   own text  textbook lanes and 8 bits: a * b
template <class V> NONLIN_INLINE auto exact_product(V a, V b) {
  if constexpr (has_estimates<V> && V::bits > 8) {
    const V high = a * b;
    return double_word<V>{high, fma(a, b, -high)};
  } else {
    return two_prod(a, b);
  }
}

/// a + b, of two lanes normalized, whichever is larger (Knuth)
///   domain    the sum does not overflow
///   error     0 for two lanes; else that of the sum of the low parts; ½ ULP where approximate
///   ends      where the sum overflows the low part is NaN
///   own text  approximate and textbook lanes: a + b
template <class V> NONLIN_INLINE auto two_sum(V a, V b) {
  const V high = a + b;
  if constexpr (compensated<V>) {
    const V back = high - a;
    return double_word<V>{high, (a - (high - back)) + (b - back)};
  } else {
    return high;
  }
}
template <class V> NONLIN_INLINE double_word<V> two_sum(double_word<V> a, double_word<V> b) {
  const double_word<V> s = two_sum(a.hi, b.hi);
  return {s.hi, s.lo + (a.lo + b.lo)};
}

/// The same number, normalized (Dekker)
///   domain    |lo| ≤ |hi|
///   error     0
///   ends      infinity becomes NaN
///   own text  a lane is normalized as it is
template <class V> NONLIN_INLINE V renormalize(V a) { return a; }
template <class V> NONLIN_INLINE double_word<V> renormalize(double_word<V> a) {
  const V high = a.hi + a.lo;
  return {high, a.lo - (high - a.hi)};
}

/// a²
///   domain    all
///   error     ½ ULP
///   ends      NaN passes
///   own text  none
template <class V> NONLIN_INLINE V square(V a) { return a * a; }

/// A real constant: hi + lo where a double does not suffice.
struct constant {
  double hi, lo;
  constexpr constant(double c, double low = 0) : hi(c), lo(low) {}
  /// The constant as the lane holds it.
  template <class V> NONLIN_INLINE auto on(V) const {
    if constexpr (!compensated<V>) {
      return V(hi);
    } else if constexpr (V::bits > 24) {
      return double_word<V>{V(hi), V(lo)};
    } else {
      return double_word<V>{V(hi), V(hi - double(float(hi)) + lo)};
    }
  }
};

/// c − t, relatively accurate next to c
///   domain    all; a double word t is normalized
///   error     float 2⁻⁴⁶, double 2⁻¹⁰³ of c; GPU 11 bits 1 ULP, 8 bits 2⁻²⁴ of c
///   ends      infinite t: the low part is NaN
///   own text  GPU of 11 bits; 8 bits and textbook lanes: c − t
template <class V> NONLIN_INLINE auto difference(constant c, V t) {
  if constexpr (compensated<V>) {
    const double_word<V> k = c.on(t), d = two_sum(k.hi, -t);
    return double_word<V>{d.hi, d.lo + k.lo};
  } else if constexpr (has_estimates<V> && V::bits > 8) {
    return (V(c.hi) - t) + V(c.hi - double(float(c.hi)) + c.lo);
  } else {
    return c.on(t) - t;
  }
}
template <class V> NONLIN_INLINE auto difference(constant c, double_word<V> t) {
  const auto d = difference(c, t.hi);
  if constexpr (has_estimates<V>) {
    return d - t.lo;
  } else {
    return double_word<V>{d.hi, d.lo - t.lo};
  }
}

/// The same in fewer operations, except for 11 bits, where results are rounded again
///   domain    as difference
///   error     as difference for c/2 ≤ t ≤ 2c; else ½ ULP of the result
///   ends      as difference
///   own text  as difference
template <class V> NONLIN_INLINE auto fast_difference(constant c, V t) {
  if constexpr (compensated<V> && V::bits >= 24) {
    const double_word<V> k = c.on(t);
    const V d = k.hi - t;
    return double_word<V>{d, (k.hi - (d + t)) + k.lo};
  } else {
    return difference(c, t);
  }
}
template <class V> NONLIN_INLINE double_word<V> fast_difference(constant c, double_word<V> t) {
  const double_word<V> d = fast_difference(c, t.hi);
  return {d.hi, d.lo - t.lo};
}
