#pragma once
#include "jet.h"

/// Three unevaluated forms. They keep what a rounding would lose, cost nothing to make, and are
/// consumed by one operation. With 8 bits, and on plain lanes, a pair is the number itself: a
/// formula is one text for all.

/// A lane without pairs, whose functions have their mathematical meaning: see plain.h.
template <class V>
concept plain = requires {
  requires V::plain;
};
template <class V>
concept concrete = (V::bits > 0) && !plain<V>;
/// A lane with an estimate of exp and of quotients, accurate enough for its bits: pairs would add
/// nothing to that.
template <class V>
concept estimated = requires {
  requires V::estimates;
};
template <class V>
concept compensated = concrete<V> && !estimated<V> && (V::bits > 8);
/// Results have eight bits: an input stays away from the roots.
template <class V>
concept brief = V::bits <= 8;
/// Results have the range of float.
template <class V>
concept narrow = concrete<V> && V::bits <= 24;

/// hi + lo, |lo| < |hi|/2
template <class V> struct pair {
  V hi, lo;

  /// Products with one rounding.
  friend NONLIN_INLINE V operator*(V a, pair b) { return fma(a, b.hi, a * b.lo); }
  friend NONLIN_INLINE V operator*(pair a, pair b) {
    return fma(a.hi, b.hi, fma(a.lo, b.hi, a.hi * b.lo));
  }
  friend NONLIN_INLINE pair operator-(pair a) { return {-a.hi, -a.lo}; }
  /// The same for a sum with a smaller number, and for a·b + c.
  friend NONLIN_INLINE V operator+(pair a, V b) { return a.hi + (a.lo + b); }
  friend NONLIN_INLINE V fma(V a, pair b, V c) { return fma(a, b.hi, fma(a, b.lo, c)); }
};

/// c + z, c exact
template <class V> struct shifted { V c, z; };

/// The number itself, rounded once.
template <class V> NONLIN_INLINE V rounded(V a) { return a; }
template <class V> NONLIN_INLINE V rounded(pair<V> a) { return a.hi + a.lo; }
template <class V> NONLIN_INLINE V rounded(shifted<V> a) { return a.c + a.z; }

/// The sign of a product, zero included.
template <class V> NONLIN_INLINE V sign_bit(pair<V> a) { return sign_bit(a.hi); }

template <class V> NONLIN_INLINE auto make_pair(V hi, V lo) {
  if constexpr (compensated<V>) {
    return pair<V>{hi, lo};
  } else {
    return hi;
  }
}

/// Products without rounding: write product(a, b) for a * b where an ULP matters.
template <class V> NONLIN_INLINE auto product(V a, V b) {
  const V high = a * b;
  if constexpr (compensated<V>) {
    return pair<V>{high, fma(a, b, -high)};
  } else {
    return high;
  }
}
template <class V> NONLIN_INLINE pair<V> product(V a, pair<V> b) {
  const V low = a * b.lo, high = fma(a, b.hi, low);
  return {high, fma(a, b.hi, -high) + low};
}
template <class V> NONLIN_INLINE pair<V> product(pair<V> a, pair<V> b) {
  const V high = a.hi * b.hi;
  return {high, fma(a.hi, b.hi, -high) + fma(a.hi, b.lo, a.lo * b.hi)};
}

/// The same number with |lo| at most half a unit in the last place of hi, for |lo| < |hi|. A
/// product of two pairs wants it of both: it drops the product of their low parts.
template <class V> NONLIN_INLINE pair<V> normalized(pair<V> a) {
  const V high = a.hi + a.lo;
  return {high, a.lo - (high - a.hi)};
}

/// a + b without rounding, whichever is larger.
template <class V> NONLIN_INLINE auto sum(V a, V b) {
  const V high = a + b;
  if constexpr (compensated<V>) {
    const V back = high - a;
    return pair<V>{high, (a - (high - back)) + (b - back)};
  } else {
    return high;
  }
}
template <class V> NONLIN_INLINE pair<V> sum(pair<V> a, pair<V> b) {
  const pair<V> s = sum(a.hi, b.hi);
  return {s.hi, s.lo + (a.lo + b.lo)};
}

/// The sum c + z in two parts, exact for c ≥ z, else no worse than rounded.
template <class V> NONLIN_INLINE V widened(V a) { return a; }
template <class V> NONLIN_INLINE auto widened(shifted<V> a) {
  const V high = a.c + a.z;
  return make_pair<V>(high, a.z - (high - a.c));
}

template <class V> NONLIN_INLINE V square(V a) { return a * a; }
template <class V> NONLIN_INLINE shifted<V> square(shifted<V> a) {
  return {a.c * a.c, fma(a.z, a.z, (a.c + a.c) * a.z)};
}

/// A real constant: hi + lo where a double does not suffice.
struct constant {
  double hi, lo;
  constexpr constant(double c, double low = 0) : hi(c), lo(low) {}
  /// The constant as the lane holds it.
  template <class V> NONLIN_INLINE auto on(V) const {
    if constexpr (!compensated<V>) {
      return V(hi);
    } else if constexpr (V::bits > 24) {
      return pair<V>{V(hi), V(lo)};
    } else {
      return pair<V>{V(hi), V(hi - double(float(hi)) + lo)};
    }
  }
};

/// c − t, relatively accurate next to c.
template <class V> NONLIN_INLINE auto difference(constant c, V t) {
  if constexpr (compensated<V>) {
    const pair<V> k = c.on(t), d = sum(k.hi, -t);
    return pair<V>{d.hi, d.lo + k.lo};
  } else if constexpr (estimated<V> && !brief<V>) {
    return (V(c.hi) - t) + V(c.hi - double(float(c.hi)) + c.lo);
  } else {
    return c.on(t) - t;
  }
}
template <class V> NONLIN_INLINE auto difference(constant c, pair<V> t) {
  const auto d = difference(c, t.hi);
  if constexpr (estimated<V>) {
    return d - t.lo;
  } else {
    return pair<V>{d.hi, d.lo - t.lo};
  }
}

/// The same in fewer operations, rounded where |t| < c/2; but not if the result will be rounded
/// again, to half precision.
template <class V> NONLIN_INLINE auto distance(constant c, V t) {
  if constexpr (compensated<V> && V::bits >= 24) {
    const pair<V> k = c.on(t);
    const V d = k.hi - t;
    return pair<V>{d, (k.hi - (d + t)) + k.lo};
  } else {
    return difference(c, t);
  }
}
template <class V> NONLIN_INLINE pair<V> distance(constant c, pair<V> t) {
  const pair<V> d = distance(c, t.hi);
  return {d.hi, d.lo - t.lo};
}

/// n / d, error 0.6 ULP: the excess q·c + q·z − n sees the sum c + z before any rounding.
template <class V, class... Low> NONLIN_INLINE V divide(V n, shifted<V> d, Low... low) {
  const V r = reciprocal_estimate(rounded(d)), q = n * r;
  V excess = fma(q, d.z, fma(q, d.c, -n));  // its sign makes a zero of n keep its own
  ((excess = excess - low), ...);
  return fma(-excess, r, q);
}
/// With 53 bits an estimate takes a division: without the rest, half an ULP worse, quotients take a
/// tenth off the time of a formula.
template <class V> NONLIN_INLINE V operator/(V n, shifted<V> d) {
  if constexpr (compensated<V> && narrow<V>) {
    return divide(n, d);
  } else {
    return n / rounded(d);
  }
}
template <class V> NONLIN_INLINE V operator/(pair<V> n, shifted<V> d) {
  return divide(n.hi, d, n.lo);
}
