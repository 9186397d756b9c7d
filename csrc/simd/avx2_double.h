#pragma once
#include "../math/lane.h"

/// Four doubles.
struct double_lane {
  static constexpr lane_traits traits{
      .bits = 53, .arithmetic = arithmetic::compensated, .exponentials = exponentials::polynomial};
  static constexpr int bits = 53, size = 4;
  using element = double;
  /// 2ⁿ = first·last: two factors reach past the subnormals, and only the last one rounds.
  struct exponent {
    __m256d first, last;
  };
  struct mask {
    __m256i v;
    friend NONLIN_INLINE mask operator!(mask a) { return {~a.v}; }
    friend NONLIN_INLINE mask operator&&(mask a, mask b) { return {a.v & b.v}; }
  };
  __m256d v;

  NONLIN_INLINE double_lane(__m256d a) : v(a) {}
  template <real_constant C>
  NONLIN_INLINE double_lane(C c) : v(_mm256_set1_pd(static_cast<double>(c))) {}
  NONLIN_INLINE double_lane(parameter p) : double_lane(p.wide) {}

  NONLIN_INLINE static double_lane load(const double* p) { return _mm256_loadu_pd(p); }
  NONLIN_INLINE static double_lane load(const std::uint8_t* p) {
    std::int32_t raw;
    std::memcpy(&raw, p, 4);
    return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(raw)));
  }
  NONLIN_INLINE void store(double* p) const { _mm256_storeu_pd(p, v); }
  NONLIN_INLINE void store(std::uint8_t* p) const {
    const __m128i all = _mm256_cvttpd_epi32(v), words = _mm_packus_epi32(all, all);
    const std::int32_t raw = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    std::memcpy(p, &raw, 4);
  }
  /// Without rounding: what was loaded from such elements.
  NONLIN_INLINE void store_exact(double* p) const { store(p); }
  /// The first `count` elements, and zeros; the others are not touched.
  NONLIN_INLINE static double_lane load_part(const double* p, int count) {
    return _mm256_maskload_pd(p, first(count));
  }
  NONLIN_INLINE void store_part(double* p, int count) const {
    _mm256_maskstore_pd(p, first(count), v);
  }
  NONLIN_INLINE double_lane part(int count) const {
    return _mm256_and_pd(v, _mm256_castsi256_pd(first(count)));
  }

  friend NONLIN_INLINE double_lane operator+(double_lane a, double_lane b) {
    return _mm256_add_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator-(double_lane a, double_lane b) {
    return _mm256_sub_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator*(double_lane a, double_lane b) {
    return _mm256_mul_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator/(double_lane a, double_lane b) {
    return _mm256_div_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator-(double_lane a) { return -a.v; }
  friend NONLIN_INLINE double_lane operator|(double_lane a, double_lane b) {
    return _mm256_or_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane operator^(double_lane a, double_lane b) {
    return _mm256_xor_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane fma(double_lane a, double_lane b, double_lane c) {
    return _mm256_fmadd_pd(a.v, b.v, c.v);
  }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE double_lane min(double_lane a, double_lane b) {
    return _mm256_min_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane max(double_lane a, double_lane b) {
    return _mm256_max_pd(a.v, b.v);
  }
  friend NONLIN_INLINE double_lane abs(double_lane a) {
    return _mm256_andnot_pd(_mm256_set1_pd(-0.), a.v);
  }
  friend NONLIN_INLINE double_lane sign_bit(double_lane a) {
    return _mm256_and_pd(_mm256_set1_pd(-0.), a.v);
  }
  friend NONLIN_INLINE double_lane if_negative(double_lane x, double_lane a, double_lane b) {
    return _mm256_blendv_pd(b.v, a.v, x.v);
  }
  friend NONLIN_INLINE double_lane if_greater(double_lane a, double_lane b, double_lane x,
                                              double_lane y) {
    return a.v > b.v ? x.v : y.v;
  }
  friend NONLIN_INLINE double_lane if_nonzero(double_lane x, double_lane a) {
    return _mm256_and_pd(a.v, _mm256_cmp_pd(x.v, _mm256_setzero_pd(), _CMP_NEQ_UQ));
  }
  friend NONLIN_INLINE mask operator<=(double_lane a, double_lane b) {
    return {_mm256_castpd_si256(_mm256_cmp_pd(a.v, b.v, _CMP_LE_OQ))};
  }
  friend NONLIN_INLINE mask operator==(double_lane a, double_lane b) {
    return {_mm256_castpd_si256(_mm256_cmp_pd(a.v, b.v, _CMP_EQ_OQ))};
  }
  friend NONLIN_INLINE double_lane select(mask where, double_lane a, double_lane b) {
    return _mm256_blendv_pd(b.v, a.v, _mm256_castsi256_pd(where.v));
  }
  friend NONLIN_INLINE double_lane reciprocal_estimate(double_lane a) { return 1 / a; }
  friend NONLIN_INLINE double_lane sqrt(double_lane a) { return _mm256_sqrt_pd(a.v); }
  friend NONLIN_INLINE decomposed<double_lane> decompose(double_lane x) {
    const double_lane least = 0x1p-1022, magic = 0x1p52;
    const double_lane bias = if_greater(least, x, 0x1p52 + 1077, 0x1p52 + 1023);
    const __m256i raw = _mm256_castpd_si256(if_greater(least, x, x * 0x1p54, x).v);
    const __m256i e = _mm256_srli_epi64(_mm256_add_epi64(raw, _mm256_set1_epi64x(1ll << 51)), 52);
    const __m256i n = _mm256_sub_epi64(e, _mm256_set1_epi64x(1023));
    const __m256i rest = _mm256_subs_epu16(_mm256_set1_epi64x(2046), e);
    return {_mm256_castsi256_pd(_mm256_sub_epi64(raw, _mm256_slli_epi64(n, 52))),
            (double_lane(_mm256_castsi256_pd(e)) | magic) - bias,
            _mm256_castsi256_pd(_mm256_slli_epi64(rest, 52))};
  }
  /// entries[low two bits of index], moved as pairs of floats
  friend NONLIN_INLINE double_lane lookup(double_lane entries, double_lane index) {
    const __m256i twice = _mm256_slli_epi32(_mm256_castpd_si256(index.v), 1);
    const __m256i halves = _mm256_or_si256(_mm256_shuffle_epi32(twice, 0xa0),
                                           _mm256_setr_epi32(0, 1, 0, 1, 0, 1, 0, 1));
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(entries.v), halves));
  }
  /// The elements in even, or odd, places of a, then those of b.
  friend NONLIN_INLINE double_lane even(double_lane a, double_lane b) {
    return _mm256_permute4x64_pd(_mm256_unpacklo_pd(a.v, b.v), 0xd8);
  }
  friend NONLIN_INLINE double_lane odd(double_lane a, double_lane b) {
    return _mm256_permute4x64_pd(_mm256_unpackhi_pd(a.v, b.v), 0xd8);
  }
  /// 2ⁿ for index = 1.5·2⁵² + 2046 + n
  friend NONLIN_INLINE exponent power_of_two(double_lane index, double_lane) {
    const __m256i raw = _mm256_castpd_si256(index.v), half = _mm256_srli_epi64(raw, 1);
    const __m256i rest = _mm256_sub_epi64(raw, half);
    return {_mm256_castsi256_pd(_mm256_slli_epi64(half, 52)),
            _mm256_castsi256_pd(_mm256_slli_epi64(rest, 52))};
  }
  NONLIN_INLINE static exponent one() { return {_mm256_set1_pd(1), _mm256_set1_pd(1)}; }
  friend NONLIN_INLINE exponent if_negative(double_lane x, exponent a, exponent b) {
    return {_mm256_blendv_pd(b.first, a.first, x.v), _mm256_blendv_pd(b.last, a.last, x.v)};
  }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE double_lane number(exponent n) {
    return double_lane(n.first) * double_lane(n.last);
  }
  friend NONLIN_INLINE double_lane ldexp(double_lane m, exponent n) {
    return m * double_lane(n.first) * double_lane(n.last);
  }
  /// a − m·2ⁿ
  friend NONLIN_INLINE double_lane minus(double_lane a, double_lane m, exponent n) {
    return a - ldexp(m, n);
  }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<double_lane, 2> split_exponent(double_lane a, double_lane b,
                                                                 exponent n) {
    return {a * double_lane(n.first), b * double_lane(n.last)};
  }

  /// Sums of products.
  struct accumulator {
    __m256d v = _mm256_setzero_pd();
    NONLIN_INLINE static accumulator load(const double* p) { return {_mm256_loadu_pd(p)}; }
    NONLIN_INLINE void store(double* p) const { _mm256_storeu_pd(p, v); }
    NONLIN_INLINE void add(double_lane a, double_lane b) { v = _mm256_fmadd_pd(a.v, b.v, v); }
    NONLIN_INLINE double total() const {
      const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
      return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
    }
  };

 private:
  NONLIN_INLINE static __m256i first(int count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
  }
};
