#pragma once
#include "../jet.h"
#include "half.h"

/// One float; the same operations as one lane of avx512, hence the same results.
template <int Bits> struct scalar {
  static constexpr int bits = Bits, size = 1, table = 16, bias = 0;
  using exponent = scalar;
  float v;

  template <arithmetic C> NONLIN_INLINE scalar(C c) : v(static_cast<float>(c)) {}
  NONLIN_INLINE scalar(parameter p) : v(p.narrow) {}

  NONLIN_INLINE static scalar load(const float* p) { return *p; }
  NONLIN_INLINE static scalar load(const half* p) { return to_float(*p); }
  NONLIN_INLINE static scalar load(const bfloat16* p) { return to_float(*p); }
  NONLIN_INLINE void store(float* p) const { *p = v; }
  NONLIN_INLINE void store(half* p) const { *p = to_half(v); }
  NONLIN_INLINE void store(bfloat16* p) const { *p = to_bfloat16(v); }

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
  friend NONLIN_INLINE scalar reciprocal_estimate(scalar a) { return 1 / a.v; }
  friend NONLIN_INLINE scalar lookup(const float* entries, scalar index) {
    return entries[raw(index) & 15];
  }
  friend NONLIN_INLINE scalar segment(scalar t) { return of(raw(t + 1) >> 21); }
  friend NONLIN_INLINE exponent power_of_two(scalar, scalar k) {
    return std::floor(k.v * (1 / 16.f));
  }
  NONLIN_INLINE static exponent one() { return 0; }
  friend NONLIN_INLINE scalar ldexp(scalar m, exponent n) { return std::ldexp(m.v, int(n.v)); }
  friend NONLIN_INLINE scalar minus(scalar a, scalar m, exponent n) { return a - ldexp(m, n); }

 private:
  NONLIN_INLINE static std::uint32_t raw(scalar a) { return std::bit_cast<std::uint32_t>(a.v); }
  NONLIN_INLINE static scalar of(std::uint32_t u) { return std::bit_cast<float>(u); }
};
