#pragma once
#include "../math/lane.h"
#include "half.h"

/// One float; the same operations as one lane of avx512, hence the same results.
template <int Bits> struct scalar {
  static constexpr lane_traits traits{.bits = Bits,
                                      .arithmetic = arithmetic_of_floats<Bits>,
                                      .exponentials = exponentials::table,
                                      .table = 16};
  static constexpr int bits = Bits, size = 1;
  using element = float;
  using exponent = scalar;
  float v;

  template <real_constant C> NONLIN_INLINE scalar(C c) : v(static_cast<float>(c)) {}
  NONLIN_INLINE scalar(parameter p) : v(p.narrow) {}

  NONLIN_INLINE static scalar load(const float* p) { return *p; }
  NONLIN_INLINE static scalar load(const half* p) { return to_float(*p); }
  NONLIN_INLINE static scalar load(const bfloat16* p) { return to_float(*p); }
  NONLIN_INLINE static scalar load(const std::uint8_t* p) { return *p; }
  NONLIN_INLINE void store(float* p) const { *p = v; }
  NONLIN_INLINE void store(half* p) const { *p = to_half(v); }
  NONLIN_INLINE void store(bfloat16* p) const { *p = to_bfloat16(v); }
  NONLIN_INLINE void store(std::uint8_t* p) const { *p = std::uint8_t(v); }
  /// Without rounding: what was loaded from such elements.
  NONLIN_INLINE void store_exact(bfloat16* p) const { *p = {std::uint16_t(raw(v) >> 16)}; }
  template <class T> NONLIN_INLINE void store_exact(T* p) const { store(p); }

  friend NONLIN_INLINE scalar operator+(scalar a, scalar b) { return a.v + b.v; }
  friend NONLIN_INLINE scalar operator-(scalar a, scalar b) { return a.v - b.v; }
  friend NONLIN_INLINE scalar operator*(scalar a, scalar b) { return a.v * b.v; }
  friend NONLIN_INLINE scalar operator/(scalar a, scalar b) { return a.v / b.v; }
  friend NONLIN_INLINE scalar operator-(scalar a) { return -a.v; }
  friend NONLIN_INLINE scalar operator|(scalar a, scalar b) { return of(raw(a) | raw(b)); }
  friend NONLIN_INLINE scalar operator^(scalar a, scalar b) { return of(raw(a) ^ raw(b)); }
  friend NONLIN_INLINE scalar fma(scalar a, scalar b, scalar c) { return std::fma(a.v, b.v, c.v); }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE scalar min(scalar a, scalar b) { return a.v < b.v ? a : b; }
  friend NONLIN_INLINE scalar max(scalar a, scalar b) { return a.v > b.v ? a : b; }
  friend NONLIN_INLINE scalar abs(scalar a) { return std::fabs(a.v); }
  friend NONLIN_INLINE scalar sign_bit(scalar a) { return of(raw(a) & 0x80000000u); }
  friend NONLIN_INLINE scalar if_negative(scalar x, scalar a, scalar b) {
    return std::signbit(x.v) ? a : b;
  }
  friend NONLIN_INLINE scalar if_greater(scalar a, scalar b, scalar x, scalar y) {
    return a.v > b.v ? x : y;
  }
  friend NONLIN_INLINE bool operator<=(scalar a, scalar b) { return a.v <= b.v; }
  friend NONLIN_INLINE bool operator==(scalar a, scalar b) { return a.v == b.v; }
  /// Without a branch: it would be mispredicted half of the time.
  friend NONLIN_INLINE scalar select(bool where, scalar a, scalar b) {
    const std::uint32_t mask = -std::uint32_t(where);
    return of((raw(a) & mask) | (raw(b) & ~mask));
  }
  /// a, and +0 where x is 0; for NaN a too.
  friend NONLIN_INLINE scalar if_nonzero(scalar x, scalar a) { return select(x.v == 0, 0, a); }
  friend NONLIN_INLINE scalar reciprocal_estimate(scalar a) { return 1 / a.v; }
  friend NONLIN_INLINE scalar sqrt(scalar a) { return std::sqrt(a.v); }
  friend NONLIN_INLINE decomposed<scalar> decompose(scalar x) {
    const bool small = x.v < 0x1p-126f;
    const std::uint32_t u = raw(small ? x * 0x1p24 : x), e = (u + 0x400000u) >> 23;
    return {of(u - ((e - 127) << 23)), float(std::int32_t(e)) - (small ? 151 : 127),
            of(e < 254 ? (254 - e) << 23 : 0)};
  }
  friend NONLIN_INLINE scalar lookup(const float* entries, scalar index) {
    return entries[raw(index) & 15];
  }
  friend NONLIN_INLINE scalar segment(scalar t) { return of(raw(t + 1) >> 21); }
  friend NONLIN_INLINE exponent power_of_two(scalar, scalar k) { return std::floor(k.v); }
  NONLIN_INLINE static exponent one() { return 0; }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE scalar number(exponent n) { return std::ldexp(1.f, int(n.v)); }
  friend NONLIN_INLINE scalar ldexp(scalar m, exponent n) { return std::ldexp(m.v, int(n.v)); }
  friend NONLIN_INLINE scalar minus(scalar a, scalar m, exponent n) { return a - ldexp(m, n); }
  friend NONLIN_INLINE std::array<scalar, 2> split_exponent(scalar a, scalar b, exponent n) {
    const exponent half = std::floor(n.v / 2);
    return {ldexp(a, n - half), ldexp(b, half)};
  }

  /// Sums of exact products.
  struct accumulator {
    double v = 0;
    NONLIN_INLINE static accumulator load(const double* p) { return {*p}; }
    NONLIN_INLINE void store(double* p) const { *p = v; }
    NONLIN_INLINE void add(scalar a, scalar b) { v += double(a.v) * double(b.v); }
    NONLIN_INLINE double total() const { return v; }
  };

 private:
  NONLIN_INLINE static std::uint32_t raw(scalar a) { return std::bit_cast<std::uint32_t>(a.v); }
  NONLIN_INLINE static scalar of(std::uint32_t u) { return std::bit_cast<float>(u); }
};
