#pragma once
#include "../math/lane.h"

/// Eight doubles.
struct double_lane {
  static constexpr lane_traits traits{
      .bits = 53, .arithmetic = arithmetic::compensated, .exponentials = exponentials::polynomial};
  static constexpr int bits = 53, size = 8;
  using element = double;
  using exponent = double_lane;  // n of 2ⁿ: vscalef takes it and handles subnormals
  struct mask {
    __mmask8 v;
    friend NONLIN_INLINE mask operator!(mask a) { return {__mmask8(~a.v)}; }
    friend NONLIN_INLINE mask operator&&(mask a, mask b) { return {__mmask8(a.v & b.v)}; }
  };
  __m512d v;

  NONLIN_INLINE double_lane(__m512d a) : v(a) {}
  template <real_constant C>
  NONLIN_INLINE double_lane(C c) : v(_mm512_set1_pd(static_cast<double>(c))) {}
  NONLIN_INLINE double_lane(parameter p) : double_lane(p.wide) {}

  NONLIN_INLINE static double_lane load(const double* p) { return _mm512_loadu_pd(p); }
  NONLIN_INLINE static double_lane load(const std::uint8_t* p) {
    const __m128i raw = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm512_cvtepi64_pd(_mm512_cvtepu8_epi64(raw));
  }
  NONLIN_INLINE void store(double* p) const { _mm512_storeu_pd(p, v); }
  NONLIN_INLINE void store(std::uint8_t* p) const {
    const __m128i raw = _mm512_cvtepi64_epi8(_mm512_cvttpd_epi64(v));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), raw);
  }
  /// Without rounding: what was loaded from such elements.
  NONLIN_INLINE void store_exact(double* p) const { store(p); }
  /// The first `count` elements, and zeros; the others are not touched.
  NONLIN_INLINE static double_lane load_part(const double* p, int count) {
    return _mm512_maskz_loadu_pd(first(count), p);
  }
  NONLIN_INLINE void store_part(double* p, int count) const {
    _mm512_mask_storeu_pd(p, first(count), v);
  }
  NONLIN_INLINE double_lane part(int count) const { return _mm512_maskz_mov_pd(first(count), v); }

  friend NONLIN_INLINE double_lane operator+(double_lane a, double_lane b) {
    return _mm512_add_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator-(double_lane a, double_lane b) {
    return _mm512_sub_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator*(double_lane a, double_lane b) {
    return _mm512_mul_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator/(double_lane a, double_lane b) {
    return _mm512_div_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator-(double_lane a) { return -a.v; }
  friend NONLIN_INLINE double_lane operator|(double_lane a, double_lane b) {
    return _mm512_or_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator^(double_lane a, double_lane b) {
    return _mm512_xor_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane fma(double_lane a, double_lane b, double_lane c) {
    return _mm512_fmadd_pd(a.v, b.v, c.v);
  }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE double_lane min(double_lane a, double_lane b) {
    return _mm512_min_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane max(double_lane a, double_lane b) {
    return _mm512_max_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane abs(double_lane a) { return _mm512_abs_pd(a.v); }
  friend NONLIN_INLINE double_lane sign_bit(double_lane a) {
    return _mm512_and_pd(a.v, _mm512_set1_pd(-0.));
  }
  friend NONLIN_INLINE double_lane if_negative(double_lane x, double_lane a, double_lane b) {
    return _mm512_mask_blend_pd(_mm512_movepi64_mask(_mm512_castpd_si512(x.v)), b.v, a.v);
  }
  friend NONLIN_INLINE double_lane if_greater(double_lane a, double_lane b, double_lane x,
                                              double_lane y) {
    return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(a.v, b.v, _CMP_GT_OQ), y.v, x.v);
  }
  friend NONLIN_INLINE double_lane if_nonzero(double_lane x, double_lane a) {
    return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(x.v, _mm512_setzero_pd(), _CMP_NEQ_UQ), a.v);
  }
  friend NONLIN_INLINE mask operator<=(double_lane a, double_lane b) {
    return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LE_OQ)};
  }
  friend NONLIN_INLINE mask operator==(double_lane a, double_lane b) {
    return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_EQ_OQ)};
  }
  friend NONLIN_INLINE double_lane select(mask where, double_lane a, double_lane b) {
    return _mm512_mask_blend_pd(where.v, b.v, a.v);
  }
  friend NONLIN_INLINE double_lane reciprocal_estimate(double_lane a) { return 1 / a; }
  friend NONLIN_INLINE double_lane sqrt(double_lane a) { return _mm512_sqrt_pd(a.v); }
  friend NONLIN_INLINE decomposed<double_lane> decompose(double_lane x) {
    const double_lane m = _mm512_getmant_pd(x.v, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_src);
    const double_lane n = _mm512_getexp_pd(x.v) + if_greater(1, m, 1, 0);
    return {m, n, number(-n)};
  }
  /// entries[low three bits of index]
  friend NONLIN_INLINE double_lane lookup(double_lane entries, double_lane index) {
    return _mm512_permutexvar_pd(_mm512_castpd_si512(index.v), entries.v);
  }
  /// The elements in even, or odd, places of a, then those of b.
  friend NONLIN_INLINE double_lane even(double_lane a, double_lane b) {
    return _mm512_permutex2var_pd(a.v, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), b.v);
  }
  friend NONLIN_INLINE double_lane odd(double_lane a, double_lane b) {
    return _mm512_permutex2var_pd(a.v, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15), b.v);
  }
  /// 2ⁿ
  friend NONLIN_INLINE exponent power_of_two(double_lane, double_lane n) { return n; }
  NONLIN_INLINE static exponent one() { return 0; }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE double_lane number(exponent n) {
    return _mm512_scalef_pd(_mm512_set1_pd(1), n.v);
  }
  friend NONLIN_INLINE double_lane ldexp(double_lane m, exponent n) {
    return _mm512_scalef_pd(m.v, n.v);
  }
  /// a − m·2ⁿ
  friend NONLIN_INLINE double_lane minus(double_lane a, double_lane m, exponent n) {
    return a - ldexp(m, n);
  }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<double_lane, 2> split_exponent(double_lane a, double_lane b,
                                                                 exponent n) {
    const exponent half = _mm512_roundscale_pd((n * .5).v, _MM_FROUND_TO_NEG_INF);
    return {ldexp(a, n - half), ldexp(b, half)};
  }

  /// Sums of products.
  struct accumulator {
    __m512d v = _mm512_setzero_pd();
    NONLIN_INLINE static accumulator load(const double* p) { return {_mm512_loadu_pd(p)}; }
    NONLIN_INLINE void store(double* p) const { _mm512_storeu_pd(p, v); }
    NONLIN_INLINE void add(double_lane a, double_lane b) { v = _mm512_fmadd_pd(a.v, b.v, v); }
    NONLIN_INLINE double total() const { return _mm512_reduce_add_pd(v); }
  };

 private:
  NONLIN_INLINE static __mmask8 first(int count) { return __mmask8((1u << count) - 1); }
};
