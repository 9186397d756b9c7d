#pragma once
#include "../math/lane.h"
//
#include "alone.h"

/// Two vectors side by side. A formula is a long chain of operations that wait for each other; with
/// several vectors a processor finds others to do meanwhile, and needs not look far ahead for them.

template <class L> struct side_by_side {
  static constexpr lane_traits traits = L::traits;
  static constexpr int bits = L::bits, size = 2 * L::size;
  using element = typename L::element;
  struct exponent {
    typename L::exponent a, b;
  };
  L a, b;

  NONLIN_INLINE side_by_side(L low, L high) : a(low), b(high) {}
  template <real_constant C> NONLIN_INLINE side_by_side(C c) : a(c), b(c) {}
  NONLIN_INLINE side_by_side(parameter p) : a(p), b(p) {}

  template <class T> NONLIN_INLINE static side_by_side load(const T* p) {
    return {L::load(p), L::load(p + L::size)};
  }
  template <class T> NONLIN_INLINE void store(T* p) const {
    a.store(p);
    b.store(p + L::size);
  }

  friend NONLIN_INLINE side_by_side operator+(side_by_side x, side_by_side y) {
    return {x.a + y.a, x.b + y.b};
  }
  friend NONLIN_INLINE side_by_side operator-(side_by_side x, side_by_side y) {
    return {x.a - y.a, x.b - y.b};
  }
  friend NONLIN_INLINE side_by_side operator*(side_by_side x, side_by_side y) {
    return {x.a * y.a, x.b * y.b};
  }
  friend NONLIN_INLINE side_by_side operator/(side_by_side x, side_by_side y) {
    return {x.a / y.a, x.b / y.b};
  }
  friend NONLIN_INLINE side_by_side operator-(side_by_side x) { return {-x.a, -x.b}; }
  friend NONLIN_INLINE side_by_side operator|(side_by_side x, side_by_side y) {
    return {x.a | y.a, x.b | y.b};
  }
  friend NONLIN_INLINE side_by_side operator^(side_by_side x, side_by_side y) {
    return {x.a ^ y.a, x.b ^ y.b};
  }
  friend NONLIN_INLINE side_by_side fma(side_by_side x, side_by_side y, side_by_side z) {
    return {fma(x.a, y.a, z.a), fma(x.b, y.b, z.b)};
  }
  friend NONLIN_INLINE side_by_side min(side_by_side x, side_by_side y) {
    return {min(x.a, y.a), min(x.b, y.b)};
  }
  friend NONLIN_INLINE side_by_side max(side_by_side x, side_by_side y) {
    return {max(x.a, y.a), max(x.b, y.b)};
  }
  friend NONLIN_INLINE side_by_side abs(side_by_side x) { return {abs(x.a), abs(x.b)}; }
  friend NONLIN_INLINE side_by_side sign_bit(side_by_side x) {
    return {sign_bit(x.a), sign_bit(x.b)};
  }
  friend NONLIN_INLINE side_by_side if_negative(side_by_side x, side_by_side y, side_by_side z) {
    return {if_negative(x.a, y.a, z.a), if_negative(x.b, y.b, z.b)};
  }
  friend NONLIN_INLINE side_by_side if_greater(side_by_side x, side_by_side y, side_by_side z,
                                               side_by_side w) {
    return {if_greater(x.a, y.a, z.a, w.a), if_greater(x.b, y.b, z.b, w.b)};
  }
  friend NONLIN_INLINE side_by_side if_nonzero(side_by_side x, side_by_side y) {
    return {if_nonzero(x.a, y.a), if_nonzero(x.b, y.b)};
  }
  friend NONLIN_INLINE side_by_side reciprocal_estimate(side_by_side x) {
    return {reciprocal_estimate(x.a), reciprocal_estimate(x.b)};
  }
  friend NONLIN_INLINE side_by_side sqrt(side_by_side x) { return {sqrt(x.a), sqrt(x.b)}; }
  friend NONLIN_INLINE decomposed<side_by_side> decompose(side_by_side x) {
    const auto p = decompose(x.a), q = decompose(x.b);
    return {{p.mantissa, q.mantissa}, {p.exponent, q.exponent}, {p.scale, q.scale}};
  }
  friend NONLIN_INLINE side_by_side lookup(const float* entries, side_by_side index) {
    return {lookup(entries, index.a), lookup(entries, index.b)};
  }
  friend NONLIN_INLINE side_by_side segment(side_by_side t) { return {segment(t.a), segment(t.b)}; }

  friend NONLIN_INLINE exponent power_of_two(side_by_side index, side_by_side k) {
    return {power_of_two(index.a, k.a), power_of_two(index.b, k.b)};
  }
  NONLIN_INLINE static exponent one() { return {L::one(), L::one()}; }
  friend NONLIN_INLINE exponent if_negative(side_by_side x, exponent m, exponent n) {
    return {if_negative(x.a, m.a, n.a), if_negative(x.b, m.b, n.b)};
  }
  friend NONLIN_INLINE side_by_side number(exponent n) { return {number(n.a), number(n.b)}; }
  friend NONLIN_INLINE side_by_side ldexp(side_by_side m, exponent n) {
    return {ldexp(m.a, n.a), ldexp(m.b, n.b)};
  }
  friend NONLIN_INLINE side_by_side minus(side_by_side x, side_by_side m, exponent n) {
    return {minus(x.a, m.a, n.a), minus(x.b, m.b, n.b)};
  }
  friend NONLIN_INLINE std::array<side_by_side, 2> split_exponent(side_by_side x, side_by_side y,
                                                                  exponent n) {
    const auto p = split_exponent(x.a, y.a, n.a), q = split_exponent(x.b, y.b, n.b);
    return {side_by_side{p[0], q[0]}, side_by_side{p[1], q[1]}};
  }

  struct accumulator {
    typename L::accumulator a = {}, b = {};
    NONLIN_INLINE static accumulator load(const double* p) {
      return {L::accumulator::load(p), L::accumulator::load(p + L::size)};
    }
    NONLIN_INLINE void store(double* p) const {
      a.store(p);
      b.store(p + L::size);
    }
    NONLIN_INLINE void add(side_by_side x, side_by_side y) {
      a.add(x.a, y.a);
      b.add(x.b, y.b);
    }
    NONLIN_INLINE double total() const { return a.total() + b.total(); }
  };
};

/// As many vectors as pay. A lane of one element is no vector.
template <class V>
using unrolled =
    typename std::conditional_t<V::size == 1, std::type_identity<V>,
                                std::type_identity<side_by_side<side_by_side<V>>>>::type;
