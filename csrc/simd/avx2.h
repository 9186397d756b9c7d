#pragma once
#include "../math/lane.h"

/// Eight floats whose results will be read with `Bits` significant bits.
template <int Bits> struct avx2 {
  static constexpr lane_traits traits{.bits = Bits,
                                      .arithmetic = arithmetic_of_floats<Bits>,
                                      .exponentials = exponentials::table,
                                      .table = 8,
                                      .bias = 127};
  static constexpr int bits = Bits, size = 8;
  using element = float;
  /// 2^(n/2), n even: two equal factors reach past the subnormals, and only the last one rounds.
  struct exponent {
    __m256 v;
  };
  struct mask {
    __m256i v;
    friend NONLIN_INLINE mask operator!(mask a) { return {~a.v}; }
    friend NONLIN_INLINE mask operator&&(mask a, mask b) { return {a.v & b.v}; }
  };
  __m256 v;

  NONLIN_INLINE avx2(__m256 a) : v(a) {}
  template <real_constant C> NONLIN_INLINE avx2(C c) : v(_mm256_set1_ps(static_cast<float>(c))) {}
  NONLIN_INLINE avx2(parameter p) : avx2(p.narrow) {}

  NONLIN_INLINE static avx2 load(const float* p) { return _mm256_loadu_ps(p); }
  NONLIN_INLINE static avx2 load(const half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  NONLIN_INLINE static avx2 load(const bfloat16* p) {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(raw), 16));
  }
  NONLIN_INLINE static avx2 load(const std::uint8_t* p) {
    const __m128i raw = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(raw));
  }
  NONLIN_INLINE void store(float* p) const { _mm256_storeu_ps(p, v); }
  NONLIN_INLINE void store(half* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  NONLIN_INLINE void store(bfloat16* p) const {
    const __m256i raw = _mm256_castps_si256(v), top = _mm256_srli_epi32(raw, 16);
    const __m256i odd = _mm256_and_si256(top, _mm256_set1_epi32(1));
    const __m256i near = _mm256_add_epi32(raw, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    const __m256i quiet = _mm256_or_si256(top, _mm256_set1_epi32(0x40));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    const __m256i all = _mm256_blendv_epi8(_mm256_srli_epi32(near, 16), quiet, nan);
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(p),
        _mm_packus_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
  }
  NONLIN_INLINE void store(std::uint8_t* p) const {
    const __m256i all = _mm256_cvttps_epi32(v);
    const __m128i words =
        _mm_packus_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
  }
  /// Without rounding: what was loaded from such elements.
  NONLIN_INLINE void store_exact(bfloat16* p) const {
    const __m256i all = _mm256_srli_epi32(_mm256_castps_si256(v), 16);
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(p),
        _mm_packus_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
  }
  template <class T> NONLIN_INLINE void store_exact(T* p) const { store(p); }
  /// The first `count` elements, and zeros; the others are not touched.
  NONLIN_INLINE static avx2 load_part(const float* p, int count) {
    return _mm256_maskload_ps(p, first(count));
  }
  NONLIN_INLINE void store_part(float* p, int count) const {
    _mm256_maskstore_ps(p, first(count), v);
  }
  template <class T> NONLIN_INLINE static avx2 load_part(const T* p, int count) {
    T all[size] = {};
    copy_part(all, p, count);
    return load(all);
  }
  template <class T> NONLIN_INLINE void store_part(T* p, int count) const {
    T all[size];
    store(all);
    copy_part(p, all, count);
  }
  NONLIN_INLINE avx2 part(int count) const {
    return _mm256_and_ps(v, _mm256_castsi256_ps(first(count)));
  }

  friend NONLIN_INLINE avx2 operator+(avx2 a, avx2 b) { return _mm256_add_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 operator-(avx2 a, avx2 b) { return _mm256_sub_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 operator*(avx2 a, avx2 b) { return _mm256_mul_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 operator/(avx2 a, avx2 b) { return _mm256_div_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 operator-(avx2 a) { return -a.v; }
  friend NONLIN_INLINE avx2 operator|(avx2 a, avx2 b) { return _mm256_or_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 operator^(avx2 a, avx2 b) { return _mm256_xor_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 fma(avx2 a, avx2 b, avx2 c) { return _mm256_fmadd_ps(a.v, b.v, c.v); }
  /// NaN in the second operand passes.
  friend NONLIN_INLINE avx2 min(avx2 a, avx2 b) { return _mm256_min_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 max(avx2 a, avx2 b) { return _mm256_max_ps(a.v, b.v); }
  friend NONLIN_INLINE avx2 abs(avx2 a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.f), a.v); }
  friend NONLIN_INLINE avx2 sign_bit(avx2 a) { return _mm256_and_ps(_mm256_set1_ps(-0.f), a.v); }
  friend NONLIN_INLINE avx2 if_negative(avx2 x, avx2 a, avx2 b) {
    return _mm256_blendv_ps(b.v, a.v, x.v);
  }
  friend NONLIN_INLINE avx2 if_greater(avx2 a, avx2 b, avx2 x, avx2 y) {
    return a.v > b.v ? x.v : y.v;  // the compiler knows constants: a zero needs no blend
  }
  friend NONLIN_INLINE avx2 if_nonzero(avx2 x, avx2 a) {
    return _mm256_and_ps(a.v, _mm256_cmp_ps(x.v, _mm256_setzero_ps(), _CMP_NEQ_UQ));
  }
  friend NONLIN_INLINE mask operator<=(avx2 a, avx2 b) {
    return {_mm256_castps_si256(_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ))};
  }
  friend NONLIN_INLINE mask operator==(avx2 a, avx2 b) {
    return {_mm256_castps_si256(_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ))};
  }
  friend NONLIN_INLINE avx2 select(mask where, avx2 a, avx2 b) {
    return _mm256_blendv_ps(b.v, a.v, _mm256_castsi256_ps(where.v));
  }
  /// The division, not vrcpps: its twelve bits would need a Newton step.
  friend NONLIN_INLINE avx2 reciprocal_estimate(avx2 a) { return 1 / a; }
  friend NONLIN_INLINE avx2 sqrt(avx2 a) { return _mm256_sqrt_ps(a.v); }
  friend NONLIN_INLINE decomposed<avx2> decompose(avx2 x) {
    const avx2 least = 0x1p-126, bias = if_greater(least, x, 151, 127);
    const __m256i raw = _mm256_castps_si256(if_greater(least, x, x * 0x1p24, x).v);
    const __m256i e = _mm256_srli_epi32(_mm256_add_epi32(raw, _mm256_set1_epi32(1 << 22)), 23);
    const __m256i n = _mm256_sub_epi32(e, _mm256_set1_epi32(127));
    const __m256i rest = _mm256_subs_epu16(_mm256_set1_epi32(254), e);
    return {_mm256_castsi256_ps(_mm256_sub_epi32(raw, _mm256_slli_epi32(n, 23))),
            _mm256_cvtepi32_ps(e) - bias, _mm256_castsi256_ps(_mm256_slli_epi32(rest, 23))};
  }
  /// entries[low three bits of index]
  friend NONLIN_INLINE avx2 lookup(const float* entries, avx2 index) {
    return _mm256_permutevar8x32_ps(_mm256_load_ps(entries), _mm256_castps_si256(index.v));
  }
  friend NONLIN_INLINE avx2 lookup(avx2 entries, avx2 index) {
    return _mm256_permutevar8x32_ps(entries.v, _mm256_castps_si256(index.v));
  }
  /// The elements in even, or odd, places of a, then those of b.
  friend NONLIN_INLINE avx2 even(avx2 a, avx2 b) {
    const __m256d mixed = _mm256_castps_pd(_mm256_shuffle_ps(a.v, b.v, 0x88));
    return _mm256_castpd_ps(_mm256_permute4x64_pd(mixed, 0xd8));
  }
  friend NONLIN_INLINE avx2 odd(avx2 a, avx2 b) {
    const __m256d mixed = _mm256_castps_pd(_mm256_shuffle_ps(a.v, b.v, 0xdd));
    return _mm256_castpd_ps(_mm256_permute4x64_pd(mixed, 0xd8));
  }
  /// Bits of t shifted so that the segment number is in the low bits.
  friend NONLIN_INLINE avx2 segment(avx2 t) {
    return _mm256_castsi256_ps(_mm256_srli_epi32(_mm256_castps_si256((t + 1).v), 22));
  }
  /// 2^(n/2) for index = 8 (n/2 + bias) + j in its low bits.
  friend NONLIN_INLINE exponent power_of_two(avx2 index, avx2) {
    const __m256i raw = _mm256_srli_epi32(_mm256_castps_si256(index.v), 3);
    return {_mm256_castsi256_ps(_mm256_slli_epi32(raw, 23))};
  }
  NONLIN_INLINE static exponent one() { return {_mm256_set1_ps(1)}; }
  friend NONLIN_INLINE exponent if_negative(avx2 x, exponent a, exponent b) {
    return {_mm256_blendv_ps(b.v, a.v, x.v)};
  }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE avx2 number(exponent n) { return avx2(n.v) * avx2(n.v); }
  friend NONLIN_INLINE avx2 ldexp(avx2 m, exponent n) { return m * avx2(n.v) * avx2(n.v); }
  /// a − m·2ⁿ
  friend NONLIN_INLINE avx2 minus(avx2 a, avx2 m, exponent n) {
    return fma(-(m * avx2(n.v)), n.v, a);
  }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<avx2, 2> split_exponent(avx2 a, avx2 b, exponent n) {
    return {a * avx2(n.v), b * avx2(n.v)};
  }

  /// Sums of exact products.
  struct accumulator {
    __m256d low = _mm256_setzero_pd(), high = _mm256_setzero_pd();
    NONLIN_INLINE static accumulator load(const double* p) {
      return {_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4)};
    }
    NONLIN_INLINE void store(double* p) const {
      _mm256_storeu_pd(p, low);
      _mm256_storeu_pd(p + 4, high);
    }
    NONLIN_INLINE void add(avx2 a, avx2 b) {
      low = _mm256_fmadd_pd(half_of<0>(a), half_of<0>(b), low);
      high = _mm256_fmadd_pd(half_of<1>(a), half_of<1>(b), high);
    }
    NONLIN_INLINE double total() const {
      const __m256d four = _mm256_add_pd(low, high);
      const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
      return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
    }
  };

 private:
  /// Called, as a rest has such copies for each of its tensors.
  template <class T> [[gnu::noinline]] static void copy_part(T* to, const T* from, int count) {
    for (int i = 0; i < count; ++i) to[i] = from[i];
  }
  NONLIN_INLINE static __m256i first(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  template <int Half> NONLIN_INLINE static __m256d half_of(avx2 a) {
    return _mm256_cvtps_pd(_mm256_extractf128_ps(a.v, Half));
  }
};
