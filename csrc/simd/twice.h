#pragma once
#include "../jet.h"

/// Two vectors side by side. A formula is a long chain of operations that wait for each other; with
/// several vectors a processor finds others to do meanwhile, and needs not look far ahead for them.

template <class L> struct tables_of {};
template <class L>
requires requires { L::table; }
struct tables_of<L> {
  static constexpr int table = L::table, bias = L::bias;
};

template <class L> struct twice : tables_of<L> {
  static constexpr int bits = L::bits, size = 2 * L::size;
  using element = typename L::element;
  struct exponent {
    typename L::exponent a, b;
  };
  L a, b;

  NONLIN_INLINE twice(L low, L high) : a(low), b(high) {}
  template <arithmetic C> NONLIN_INLINE twice(C c) : a(c), b(c) {}
  NONLIN_INLINE twice(parameter p) : a(p), b(p) {}

  template <class T> NONLIN_INLINE static twice load(const T* p) {
    return {L::load(p), L::load(p + L::size)};
  }
  template <class T> NONLIN_INLINE void store(T* p) const {
    a.store(p);
    b.store(p + L::size);
  }

  friend NONLIN_INLINE twice operator+(twice x, twice y) { return {x.a + y.a, x.b + y.b}; }
  friend NONLIN_INLINE twice operator-(twice x, twice y) { return {x.a - y.a, x.b - y.b}; }
  friend NONLIN_INLINE twice operator*(twice x, twice y) { return {x.a * y.a, x.b * y.b}; }
  friend NONLIN_INLINE twice operator/(twice x, twice y) { return {x.a / y.a, x.b / y.b}; }
  friend NONLIN_INLINE twice operator-(twice x) { return {-x.a, -x.b}; }
  friend NONLIN_INLINE twice operator|(twice x, twice y) { return {x.a | y.a, x.b | y.b}; }
  friend NONLIN_INLINE twice operator^(twice x, twice y) { return {x.a ^ y.a, x.b ^ y.b}; }
  friend NONLIN_INLINE twice fma(twice x, twice y, twice z) {
    return {fma(x.a, y.a, z.a), fma(x.b, y.b, z.b)};
  }
  friend NONLIN_INLINE twice min(twice x, twice y) { return {min(x.a, y.a), min(x.b, y.b)}; }
  friend NONLIN_INLINE twice max(twice x, twice y) { return {max(x.a, y.a), max(x.b, y.b)}; }
  friend NONLIN_INLINE twice abs(twice x) { return {abs(x.a), abs(x.b)}; }
  friend NONLIN_INLINE twice sign_bit(twice x) { return {sign_bit(x.a), sign_bit(x.b)}; }
  friend NONLIN_INLINE twice if_negative(twice x, twice y, twice z) {
    return {if_negative(x.a, y.a, z.a), if_negative(x.b, y.b, z.b)};
  }
  friend NONLIN_INLINE twice if_greater(twice x, twice y, twice z, twice w) {
    return {if_greater(x.a, y.a, z.a, w.a), if_greater(x.b, y.b, z.b, w.b)};
  }
  friend NONLIN_INLINE twice reciprocal_estimate(twice x) {
    return {reciprocal_estimate(x.a), reciprocal_estimate(x.b)};
  }
  friend NONLIN_INLINE twice lookup(const float* entries, twice index) {
    return {lookup(entries, index.a), lookup(entries, index.b)};
  }
  friend NONLIN_INLINE twice segment(twice t) { return {segment(t.a), segment(t.b)}; }

  friend NONLIN_INLINE exponent power_of_two(twice index, twice k) {
    return {power_of_two(index.a, k.a), power_of_two(index.b, k.b)};
  }
  NONLIN_INLINE static exponent one() { return {L::one(), L::one()}; }
  friend NONLIN_INLINE exponent if_negative(twice x, exponent m, exponent n) {
    return {if_negative(x.a, m.a, n.a), if_negative(x.b, m.b, n.b)};
  }
  friend NONLIN_INLINE twice number(exponent n) { return {number(n.a), number(n.b)}; }
  friend NONLIN_INLINE twice ldexp(twice m, exponent n) {
    return {ldexp(m.a, n.a), ldexp(m.b, n.b)};
  }
  friend NONLIN_INLINE twice minus(twice x, twice m, exponent n) {
    return {minus(x.a, m.a, n.a), minus(x.b, m.b, n.b)};
  }
  friend NONLIN_INLINE std::array<twice, 2> spread(twice x, twice y, exponent n) {
    const auto p = spread(x.a, y.a, n.a), q = spread(x.b, y.b, n.b);
    return {twice{p[0], q[0]}, twice{p[1], q[1]}};
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
    NONLIN_INLINE void add(twice x, twice y) {
      a.add(x.a, y.a);
      b.add(x.b, y.b);
    }
    NONLIN_INLINE double total() const { return a.total() + b.total(); }
  };
};

/// As many vectors as pay. A lane of one element is no vector.
template <class V>
using several = typename std::conditional_t<V::size == 1, std::type_identity<V>,
                                            std::type_identity<twice<twice<V>>>>::type;
