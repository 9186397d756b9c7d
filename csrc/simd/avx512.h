#pragma once
#include "../math/lane.h"

/// Sixteen floats whose results will be read with `Bits` significant bits.
template <int Bits> struct avx512 {
  static constexpr lane_traits traits{.bits = Bits,
                                      .arithmetic = arithmetic_of_floats<Bits>,
                                      .exponentials = exponentials::table,
                                      .table = 16};
  static constexpr int bits = Bits, size = 16;
  using element = float;
  using exponent = avx512;  // n of 2ⁿ, as a float: vscalef takes it and handles subnormals
  struct mask {
    __mmask16 v;
    friend NONLIN_INLINE mask operator!(mask a) { return {__mmask16(~a.v)}; }
    friend NONLIN_INLINE mask operator&&(mask a, mask b) { return {__mmask16(a.v & b.v)}; }
  };
  __m512 v;

  NONLIN_INLINE avx512(__m512 a) : v(a) {}
  template <real_constant C> NONLIN_INLINE avx512(C c) : v(_mm512_set1_ps(static_cast<float>(c))) {}
  NONLIN_INLINE avx512(parameter p) : avx512(p.narrow) {}

  NONLIN_INLINE static avx512 load(const float* p) { return _mm512_loadu_ps(p); }
  template <class T> NONLIN_INLINE static avx512 load(const T* p) {
    return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), p);
  }
  NONLIN_INLINE void store(float* p) const { _mm512_storeu_ps(p, v); }
  template <class T> NONLIN_INLINE void store(T* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrowed(p));
  }
  NONLIN_INLINE static avx512 load(const std::uint8_t* p) {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(raw));
  }
  NONLIN_INLINE void store(std::uint8_t* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(v)));
  }
  /// Without rounding: what was loaded from such elements.
  NONLIN_INLINE void store_exact(bfloat16* p) const {
    const __m512i all = _mm512_srli_epi32(_mm512_castps_si512(v), 16);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(all));
  }
  template <class T> NONLIN_INLINE void store_exact(T* p) const { store(p); }
  /// The first `count` elements, and zeros; the others are not touched.
  NONLIN_INLINE static avx512 load_part(const float* p, int count) {
    return _mm512_maskz_loadu_ps(first(count), p);
  }
  template <class T> NONLIN_INLINE static avx512 load_part(const T* p, int count) {
    return widened(_mm256_maskz_loadu_epi16(first(count), p), p);
  }
  NONLIN_INLINE void store_part(float* p, int count) const {
    _mm512_mask_storeu_ps(p, first(count), v);
  }
  template <class T> NONLIN_INLINE void store_part(T* p, int count) const {
    _mm256_mask_storeu_epi16(p, first(count), narrowed(p));
  }
  NONLIN_INLINE avx512 part(int count) const { return _mm512_maskz_mov_ps(first(count), v); }

  friend NONLIN_INLINE avx512 operator+(avx512 a, avx512 b) { return _mm512_add_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator-(avx512 a, avx512 b) { return _mm512_sub_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator*(avx512 a, avx512 b) { return _mm512_mul_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator/(avx512 a, avx512 b) { return _mm512_div_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator-(avx512 a) { return -a.v; }
  friend NONLIN_INLINE avx512 operator|(avx512 a, avx512 b) { return _mm512_or_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator^(avx512 a, avx512 b) { return _mm512_xor_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 fma(avx512 a, avx512 b, avx512 c) {
    return _mm512_fmadd_ps(a.v, b.v, c.v);
  }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE avx512 min(avx512 a, avx512 b) { return _mm512_min_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 max(avx512 a, avx512 b) { return _mm512_max_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 abs(avx512 a) { return _mm512_abs_ps(a.v); }
  friend NONLIN_INLINE avx512 sign_bit(avx512 a) {
    return _mm512_and_ps(a.v, _mm512_set1_ps(-0.f));
  }
  friend NONLIN_INLINE avx512 if_negative(avx512 x, avx512 a, avx512 b) {
    return _mm512_mask_blend_ps(_mm512_movepi32_mask(_mm512_castps_si512(x.v)), b.v, a.v);
  }
  friend NONLIN_INLINE avx512 if_greater(avx512 a, avx512 b, avx512 x, avx512 y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ), y.v, x.v);
  }
  friend NONLIN_INLINE avx512 if_nonzero(avx512 x, avx512 a) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x.v, _mm512_setzero_ps(), _CMP_NEQ_UQ), a.v);
  }
  friend NONLIN_INLINE mask operator<=(avx512 a, avx512 b) {
    return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)};
  }
  friend NONLIN_INLINE mask operator==(avx512 a, avx512 b) {
    return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)};
  }
  friend NONLIN_INLINE avx512 select(mask where, avx512 a, avx512 b) {
    return _mm512_mask_blend_ps(where.v, b.v, a.v);
  }
  /// The division, not vrcp14ps: as fast here, and the same bits on every processor.
  friend NONLIN_INLINE avx512 reciprocal_estimate(avx512 a) { return 1 / a; }
  friend NONLIN_INLINE avx512 sqrt(avx512 a) { return _mm512_sqrt_ps(a.v); }
  friend NONLIN_INLINE decomposed<avx512> decompose(avx512 x) {
    const avx512 m = _mm512_getmant_ps(x.v, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_src);
    const avx512 n = _mm512_getexp_ps(x.v) + if_greater(1, m, 1, 0);
    return {m, n, number(-n)};
  }
  /// entries[low four bits of index]
  friend NONLIN_INLINE avx512 lookup(const float* entries, avx512 index) {
    return _mm512_permutexvar_ps(_mm512_castps_si512(index.v), _mm512_load_ps(entries));
  }
  friend NONLIN_INLINE avx512 lookup(avx512 entries, avx512 index) {
    return _mm512_permutexvar_ps(_mm512_castps_si512(index.v), entries.v);
  }
  /// The elements in even, or odd, places of a, then those of b.
  friend NONLIN_INLINE avx512 even(avx512 a, avx512 b) {
    const __m512i from =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_ps(a.v, from, b.v);
  }
  friend NONLIN_INLINE avx512 odd(avx512 a, avx512 b) {
    const __m512i from =
        _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return _mm512_permutex2var_ps(a.v, from, b.v);
  }
  /// Bits of t shifted so that the segment number is in the low bits.
  friend NONLIN_INLINE avx512 segment(avx512 t) {
    return _mm512_castsi512_ps(_mm512_srli_epi32(_mm512_castps_si512((t + 1).v), 21));
  }
  /// 2ⁿ for n = ⌊k⌋: vscalef takes the floor.
  friend NONLIN_INLINE exponent power_of_two(avx512, avx512 k) { return k; }
  NONLIN_INLINE static exponent one() { return 0; }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE avx512 number(exponent n) {
    return _mm512_scalef_ps(_mm512_set1_ps(1), n.v);
  }
  friend NONLIN_INLINE avx512 ldexp(avx512 m, exponent n) { return _mm512_scalef_ps(m.v, n.v); }
  /// a − m·2ⁿ
  friend NONLIN_INLINE avx512 minus(avx512 a, avx512 m, exponent n) { return a - ldexp(m, n); }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<avx512, 2> split_exponent(avx512 a, avx512 b, exponent n) {
    const exponent half = _mm512_roundscale_ps((n * .5).v, _MM_FROUND_TO_NEG_INF);
    return {ldexp(a, n - half), ldexp(b, half)};
  }

  /// Sums of exact products.
  struct accumulator {
    __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
    NONLIN_INLINE static accumulator load(const double* p) {
      return {_mm512_loadu_pd(p), _mm512_loadu_pd(p + 8)};
    }
    NONLIN_INLINE void store(double* p) const {
      _mm512_storeu_pd(p, low);
      _mm512_storeu_pd(p + 8, high);
    }
    NONLIN_INLINE void add(avx512 a, avx512 b) {
      low = _mm512_fmadd_pd(half_of<0>(a), half_of<0>(b), low);
      high = _mm512_fmadd_pd(half_of<1>(a), half_of<1>(b), high);
    }
    NONLIN_INLINE double total() const { return _mm512_reduce_add_pd(_mm512_add_pd(low, high)); }
  };

 private:
  NONLIN_INLINE static __mmask16 first(int count) { return __mmask16((1u << count) - 1); }
  template <int Half> NONLIN_INLINE static __m512d half_of(avx512 a) {
    return _mm512_cvtps_pd(_mm512_extractf32x8_ps(a.v, Half));
  }
  NONLIN_INLINE static __m512 widened(__m256i raw, const half*) { return _mm512_cvtph_ps(raw); }
  NONLIN_INLINE static __m512 widened(__m256i raw, const bfloat16*) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(raw), 16));
  }
  NONLIN_INLINE __m256i narrowed(const half*) const {
    return _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  /// In integers, as vcvtneps2bf16 flushes subnormals.
  NONLIN_INLINE __m256i narrowed(const bfloat16*) const {
    const __m512i raw = _mm512_castps_si512(v), top = _mm512_srli_epi32(raw, 16);
    const __m512i odd = _mm512_and_si512(top, _mm512_set1_epi32(1));
    const __m512i near = _mm512_add_epi32(raw, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    const __m512i quiet = _mm512_or_si512(top, _mm512_set1_epi32(0x40));
    const __m512i all = _mm512_mask_mov_epi32(_mm512_srli_epi32(near, 16),
                                              _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), quiet);
    return _mm512_cvtepi32_epi16(all);
  }
};
