#pragma once
#include "../jet.h"

/// Sixteen floats whose results will be read with `Bits` significant bits.
template <int Bits> struct avx512 {
  static constexpr int bits = Bits, size = 16, table = 16, bias = 0;
  using exponent = avx512;  // n of 2ⁿ, as a float: vscalef takes it and handles subnormals
  __m512 v;

  NONLIN_INLINE avx512(__m512 a) : v(a) {}
  template <arithmetic C> NONLIN_INLINE avx512(C c) : v(_mm512_set1_ps(static_cast<float>(c))) {}
  NONLIN_INLINE avx512(parameter p) : avx512(p.narrow) {}

  NONLIN_INLINE static avx512 load(const float* p) { return _mm512_loadu_ps(p); }
  NONLIN_INLINE static avx512 load(const half* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  NONLIN_INLINE static avx512 load(const bfloat16* p) {
    const __m256i raw = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(raw), 16));
  }
  NONLIN_INLINE void store(float* p) const { _mm512_storeu_ps(p, v); }
  NONLIN_INLINE void store(half* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  /// In integers, as vcvtneps2bf16 flushes subnormals.
  NONLIN_INLINE void store(bfloat16* p) const {
    const __m512i raw = _mm512_castps_si512(v), top = _mm512_srli_epi32(raw, 16);
    const __m512i odd = _mm512_and_si512(top, _mm512_set1_epi32(1));
    const __m512i near = _mm512_add_epi32(raw, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    const __m512i quiet = _mm512_or_si512(top, _mm512_set1_epi32(0x40));
    const __m512i all = _mm512_mask_mov_epi32(_mm512_srli_epi32(near, 16),
                                              _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), quiet);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(all));
  }

  friend NONLIN_INLINE avx512 operator+(avx512 a, avx512 b) { return _mm512_add_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator-(avx512 a, avx512 b) { return _mm512_sub_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator*(avx512 a, avx512 b) { return _mm512_mul_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator/(avx512 a, avx512 b) { return _mm512_div_ps(a.v, b.v); }
  friend NONLIN_INLINE avx512 operator-(avx512 a) { return a ^ avx512(-0.f); }
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
  /// The division, not vrcp14ps: as fast here, and the same bits on every processor.
  friend NONLIN_INLINE avx512 reciprocal_estimate(avx512 a) { return 1 / a; }
  /// entries[low four bits of index]
  friend NONLIN_INLINE avx512 lookup(const float* entries, avx512 index) {
    return _mm512_permutexvar_ps(_mm512_castps_si512(index.v), _mm512_load_ps(entries));
  }
  /// Bits of t shifted so that the segment number is in the low bits.
  friend NONLIN_INLINE avx512 segment(avx512 t) {
    return _mm512_castsi512_ps(_mm512_srli_epi32(_mm512_castps_si512((t + 1).v), 21));
  }
  /// 2ⁿ for k = 16 n + j.
  friend NONLIN_INLINE exponent power_of_two(avx512, avx512 k) { return k * (1 / 16.f); }
  NONLIN_INLINE static exponent one() { return 0; }
  friend NONLIN_INLINE avx512 ldexp(avx512 m, exponent n) { return _mm512_scalef_ps(m.v, n.v); }
  /// a − m·2ⁿ
  friend NONLIN_INLINE avx512 minus(avx512 a, avx512 m, exponent n) { return a - ldexp(m, n); }
};
