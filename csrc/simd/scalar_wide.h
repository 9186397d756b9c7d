#pragma once
#include "../jet.h"

/// One double: on CUDA, and where a processor has no vectors known here.
struct wide {
  static constexpr int bits = 53, size = 1;
  using element = double;
  /// 2ⁿ = first·last: two factors reach past the subnormals, and only the last one rounds.
  struct exponent {
    double first, last;
  };
  double v;

  template <arithmetic C> NONLIN_INLINE wide(C c) : v(static_cast<double>(c)) {}
  NONLIN_INLINE wide(parameter p) : v(p.wide) {}
  NONLIN_INLINE static wide load(const double* p) { return *p; }
  NONLIN_INLINE static wide load(const std::uint8_t* p) { return *p; }
  NONLIN_INLINE void store(std::uint8_t* p) const { *p = std::uint8_t(v); }
  /// Without rounding: what was loaded from such elements.
  template <class T> NONLIN_INLINE void store_exact(T* p) const { store(p); }

  NONLIN_INLINE void store(double* p) const { *p = v; }

#if defined(__CUDA_ARCH__)  // never contracted to an fma
  friend NONLIN_INLINE wide operator+(wide a, wide b) { return __dadd_rn(a.v, b.v); }
  friend NONLIN_INLINE wide operator-(wide a, wide b) { return __dsub_rn(a.v, b.v); }
  friend NONLIN_INLINE wide operator*(wide a, wide b) { return __dmul_rn(a.v, b.v); }
#else
  friend NONLIN_INLINE wide operator+(wide a, wide b) { return a.v + b.v; }
  friend NONLIN_INLINE wide operator-(wide a, wide b) { return a.v - b.v; }
  friend NONLIN_INLINE wide operator*(wide a, wide b) { return a.v * b.v; }
#endif
  friend NONLIN_INLINE wide operator/(wide a, wide b) { return a.v / b.v; }
  friend NONLIN_INLINE wide operator-(wide a) { return -a.v; }
  friend NONLIN_INLINE wide operator|(wide a, wide b) { return of(raw(a) | raw(b)); }
  friend NONLIN_INLINE wide operator^(wide a, wide b) { return of(raw(a) ^ raw(b)); }
  friend NONLIN_INLINE wide fma(wide a, wide b, wide c) { return ::fma(a.v, b.v, c.v); }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE wide min(wide a, wide b) { return a.v < b.v ? a : b; }
  friend NONLIN_INLINE wide max(wide a, wide b) { return a.v > b.v ? a : b; }
  friend NONLIN_INLINE wide abs(wide a) { return ::fabs(a.v); }
  friend NONLIN_INLINE wide sign_bit(wide a) { return of(raw(a) & 0x8000000000000000u); }
  friend NONLIN_INLINE wide if_negative(wide x, wide a, wide b) { return raw(x) >> 63 ? a : b; }
  friend NONLIN_INLINE wide if_greater(wide a, wide b, wide x, wide y) { return a.v > b.v ? x : y; }
  friend NONLIN_INLINE bool operator<=(wide a, wide b) { return a.v <= b.v; }
  friend NONLIN_INLINE bool operator==(wide a, wide b) { return a.v == b.v; }
  /// Without a branch: it would be mispredicted half of the time.
  friend NONLIN_INLINE wide select(bool where, wide a, wide b) {
    const std::uint64_t mask = -std::uint64_t(where);
    return of((raw(a) & mask) | (raw(b) & ~mask));
  }
  friend NONLIN_INLINE wide reciprocal_estimate(wide a) { return 1 / a.v; }
#if defined(__CUDA_ARCH__)
  friend NONLIN_INLINE wide sqrt(wide a) { return __dsqrt_rn(a.v); }
#else
  friend NONLIN_INLINE wide sqrt(wide a) { return std::sqrt(a.v); }
#endif
  friend NONLIN_INLINE decomposed<wide> decompose(wide x) {
    const bool small = x.v < 0x1p-1022;
    const std::uint64_t u = raw(small ? x * 0x1p54 : x), e = (u + (1ull << 51)) >> 52;
    return {of(u - ((e - 1023) << 52)), double(std::int64_t(e)) - (small ? 1077 : 1023),
            of(e < 2046 ? (2046 - e) << 52 : 0)};
  }
  /// 2ⁿ for index = 1.5·2⁵² + 2046 + n
  friend NONLIN_INLINE exponent power_of_two(wide index, wide) {
    const std::uint64_t half = raw(index) >> 1, rest = raw(index) - half;
    return {of(half << 52).v, of(rest << 52).v};
  }
  NONLIN_INLINE static exponent one() { return {1, 1}; }
  friend NONLIN_INLINE exponent if_negative(wide x, exponent a, exponent b) {
    return raw(x) >> 63 ? a : b;
  }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE wide number(exponent n) { return n.first * n.last; }
  friend NONLIN_INLINE wide ldexp(wide m, exponent n) { return m * n.first * n.last; }
  friend NONLIN_INLINE wide minus(wide a, wide m, exponent n) { return a - ldexp(m, n); }
  friend NONLIN_INLINE std::array<wide, 2> spread(wide a, wide b, exponent n) {
    return {a * n.first, b * n.last};
  }

  /// Sums of products.
  struct accumulator {
    double v = 0;
    NONLIN_INLINE static accumulator load(const double* p) { return {*p}; }
    NONLIN_INLINE void store(double* p) const { *p = v; }
    NONLIN_INLINE void add(wide a, wide b) { v += a.v * b.v; }
    NONLIN_INLINE double total() const { return v; }
  };

 private:
  NONLIN_INLINE static std::uint64_t raw(wide a) { return std::bit_cast<std::uint64_t>(a.v); }
  NONLIN_INLINE static wide of(std::uint64_t u) { return std::bit_cast<double>(u); }
};
