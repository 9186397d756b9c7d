#pragma once
#include "../scaled.h"
#include "../tables/ratio.h"

/// One double, on every processor; exponentials come from the C library.
struct wide {
  static constexpr int bits = 53, size = 1;
  using exponent = wide;  // n of 2ⁿ
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
  NONLIN_INLINE static exponent one() { return 0; }
  friend NONLIN_INLINE wide ldexp(wide m, exponent n) { return ::ldexp(m.v, int(n.v)); }
  friend NONLIN_INLINE wide minus(wide a, wide m, exponent n) { return a - ldexp(m, n); }
  friend NONLIN_INLINE std::array<wide, 2> spread(wide a, wide b, exponent n) {
    const exponent half = ::floor(n.v / 2);
    return {ldexp(a, n - half), ldexp(b, half)};
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

/// e^(a + low), the power of csrc/math.h, as (1 + m)·2ⁿ.
NONLIN_INLINE auto power(wide a, wide low = 0) {
  const wide n = ::rint(a.v * 1.44269504088896340736);
  // ln 2 in two parts, the first with 40 bits: n times it is exact.
  const wide r = fma(n, -0x1.62e42fefap-1, a), rest = low - n * 0x1.cf79abc9e3b39p-40;
  const wide m = ::expm1(r.v);
  return scaled{pair<wide>{1, fma(rest, m, rest) + m}, n};
}

/// p(x) as constant + rest, by Horner's rule.
template <class V, class C, int Degree>
NONLIN_INLINE pair<V> horner(const polynomial<C, Degree>& p, V x) {
  V r = p.c[Degree];
  NONLIN_UNROLL
  for (int i = Degree - 1; i > 0; --i) r = fma(r, x, p.c[i]);
  return {p.c[0], fma(r, x, p.low)};
}
/// The functions of csrc/normal.h by polynomials in q = (t − 4)/(t + 4): the reciprocal of the
/// Mills ratio is 2 + t·p(q).
template <class V> NONLIN_INLINE V normal_ratio(V t) { return (t - 4) / (t + 4); }
NONLIN_INLINE wide mills(wide w, wide t) {
  return w / shifted<wide>{2, t * horner(slack_53(), normal_ratio(t))};
}
NONLIN_INLINE wide bend(wide w, wide t) { return w * horner(bend_53(), normal_ratio(t)); }
