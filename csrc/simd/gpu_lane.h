#pragma once
#include "../math/double_word.h"
#include "half.h"
#include "scalar_double.h"
#include "special_function_unit.h"

/// One float of one thread. On the host, a model of it, so that accuracy is tested without a card.
/// Every operation rounds as written: the device contracts nothing.
template <int Bits> struct gpu_lane {
  static constexpr lane_traits traits{
      .bits = Bits,
      .arithmetic = Bits < 24 ? arithmetic::approximate : arithmetic::compensated,
      .exponentials = Bits < 24 ? exponentials::special_function_unit : exponentials::polynomial,
      .gpu = true};
  static constexpr int bits = Bits, size = 1;
  /// 2ⁿ = first·last: two factors reach past the subnormals, and only the last one rounds.
  struct exponent {
    float first, last;
  };
  float v;

  template <real_constant C> NONLIN_INLINE gpu_lane(C c) : v(static_cast<float>(c)) {}
  NONLIN_INLINE gpu_lane(parameter p) : v(p.narrow) {}
  template <class T> NONLIN_INLINE static gpu_lane load(const T* p) { return to_float(*p); }
  NONLIN_INLINE void store(float* p) const { *p = v; }
  NONLIN_INLINE void store(half* p) const { *p = to_half(v); }
  NONLIN_INLINE void store(bfloat16* p) const { *p = to_bfloat16(v); }
  NONLIN_INLINE void store(std::uint8_t* p) const { *p = std::uint8_t(v); }

#if defined(__CUDA_ARCH__)
  friend NONLIN_INLINE gpu_lane operator+(gpu_lane a, gpu_lane b) { return __fadd_rn(a.v, b.v); }
  friend NONLIN_INLINE gpu_lane operator-(gpu_lane a, gpu_lane b) { return __fsub_rn(a.v, b.v); }
  friend NONLIN_INLINE gpu_lane operator*(gpu_lane a, gpu_lane b) { return __fmul_rn(a.v, b.v); }
  friend NONLIN_INLINE gpu_lane reciprocal_estimate(gpu_lane a) {
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  /// Subnormals too, at the price of two multiplications.
  friend NONLIN_INLINE gpu_lane full_reciprocal(gpu_lane a) {
    float r;
    asm("rcp.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE gpu_lane exp2_estimate(gpu_lane a) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE gpu_lane log2_estimate(gpu_lane a) {
    float r;
    asm("lg2.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE gpu_lane sqrt(gpu_lane a) {
    if constexpr (Bits == 24) return __fsqrt_rn(a.v);
    float r;
    asm("sqrt.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
#else
  friend NONLIN_INLINE gpu_lane operator+(gpu_lane a, gpu_lane b) { return a.v + b.v; }
  friend NONLIN_INLINE gpu_lane operator-(gpu_lane a, gpu_lane b) { return a.v - b.v; }
  friend NONLIN_INLINE gpu_lane operator*(gpu_lane a, gpu_lane b) { return a.v * b.v; }
  friend NONLIN_INLINE gpu_lane reciprocal_estimate(gpu_lane a) {
    return special_function_unit<Bits>::reciprocal(float(flushed(1 / flushed(a.v))));
  }
  friend NONLIN_INLINE gpu_lane full_reciprocal(gpu_lane a) {
    return special_function_unit<Bits>::reciprocal(float(1 / double(a.v)));
  }
  friend NONLIN_INLINE gpu_lane exp2_estimate(gpu_lane a) {
    return special_function_unit<Bits>::exp2(float(flushed(std::exp2(flushed(a.v)))));
  }
  friend NONLIN_INLINE gpu_lane log2_estimate(gpu_lane a) {
    return special_function_unit<Bits>::log2(float(std::log2(double(a.v))));
  }
  friend NONLIN_INLINE gpu_lane sqrt(gpu_lane a) {
    const float nearest = std::sqrt(a.v);
    return Bits < 24 ? special_function_unit<Bits>::sqrt(nearest) : nearest;
  }
#endif
  /// NaN passes.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  friend NONLIN_INLINE gpu_lane min(gpu_lane a, gpu_lane b) {
    float r;
    asm("min.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a.v), "f"(b.v));
    return r;
  }
  friend NONLIN_INLINE gpu_lane max(gpu_lane a, gpu_lane b) {
    float r;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a.v), "f"(b.v));
    return r;
  }
#else
  friend NONLIN_INLINE gpu_lane min(gpu_lane a, gpu_lane b) {
    return a.v < b.v || a.v != a.v ? a : b;
  }
  friend NONLIN_INLINE gpu_lane max(gpu_lane a, gpu_lane b) {
    return a.v > b.v || a.v != a.v ? a : b;
  }
#endif
  /// 2 ULP, with 24 bits 1, for |b| from 2⁻¹²⁶ to 2¹²⁶, where the unit flushes nothing.
  friend NONLIN_INLINE gpu_lane operator/(gpu_lane a, gpu_lane b) {
    const gpu_lane r = reciprocal_estimate(b), q = a * r;
    return Bits < 24 ? q : fma(fma(-q, b, a), r, q);
  }
  friend NONLIN_INLINE decomposed<gpu_lane> decompose(gpu_lane x) {
    const bool small = x.v < 0x1p-126f;
    const std::uint32_t u = raw(small ? x * 0x1p24f : x), e = (u + 0x400000u) >> 23;
    return {of(u - ((e - 127) << 23)), float(std::int32_t(e)) - (small ? 151 : 127),
            of(e < 254 ? (254 - e) << 23 : 0)};
  }
  friend NONLIN_INLINE gpu_lane operator-(gpu_lane a) { return -a.v; }
  friend NONLIN_INLINE gpu_lane operator|(gpu_lane a, gpu_lane b) { return of(raw(a) | raw(b)); }
  friend NONLIN_INLINE gpu_lane operator^(gpu_lane a, gpu_lane b) { return of(raw(a) ^ raw(b)); }
  friend NONLIN_INLINE gpu_lane fma(gpu_lane a, gpu_lane b, gpu_lane c) {
    return ::fmaf(a.v, b.v, c.v);
  }
  friend NONLIN_INLINE gpu_lane abs(gpu_lane a) { return ::fabsf(a.v); }
  friend NONLIN_INLINE gpu_lane sign_bit(gpu_lane a) { return of(raw(a) & 0x80000000u); }
  friend NONLIN_INLINE gpu_lane if_negative(gpu_lane x, gpu_lane a, gpu_lane b) {
    return raw(x) >> 31 ? a : b;
  }
  friend NONLIN_INLINE gpu_lane if_greater(gpu_lane a, gpu_lane b, gpu_lane x, gpu_lane y) {
    return a.v > b.v ? x : y;
  }
  friend NONLIN_INLINE gpu_lane if_nonzero(gpu_lane x, gpu_lane a) {
    return x.v == 0 ? gpu_lane(0) : a;
  }
  friend NONLIN_INLINE bool operator<=(gpu_lane a, gpu_lane b) { return a.v <= b.v; }
  friend NONLIN_INLINE bool operator==(gpu_lane a, gpu_lane b) { return a.v == b.v; }
  friend NONLIN_INLINE gpu_lane select(bool where, gpu_lane a, gpu_lane b) { return where ? a : b; }
  friend NONLIN_INLINE exponent if_negative(gpu_lane x, exponent a, exponent b) {
    return raw(x) >> 31 ? a : b;
  }
  NONLIN_INLINE static exponent one() { return {1, 1}; }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE gpu_lane number(exponent n) { return n.first * n.last; }
  friend NONLIN_INLINE gpu_lane ldexp(gpu_lane m, exponent n) { return m * n.first * n.last; }
  /// a − m·2ⁿ
  friend NONLIN_INLINE gpu_lane minus(gpu_lane a, gpu_lane m, exponent n) {
    return fma(-(m * n.first), n.last, a);
  }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<gpu_lane, 2> split_exponent(gpu_lane a, gpu_lane b, exponent n) {
    return {a * n.first, b * n.last};
  }
  /// 2ⁿ for index = 1.5·2²³ + 254 + n
  friend NONLIN_INLINE exponent power_of_two(gpu_lane index) {
    const std::uint32_t half = raw(index) >> 1, rest = raw(index) - half;
    return {of(half << 23).v, of(rest << 23).v};
  }
  /// The same for index = 1.5·2²³ + 127 + 64 + n, −190 ≤ n ≤ 63.
  friend NONLIN_INLINE exponent bounded_power_of_two(gpu_lane index) {
    return {of(raw(index) << 23).v, 0x1p-64f};
  }

 private:
  NONLIN_INLINE static std::uint32_t raw(gpu_lane a) { return std::bit_cast<std::uint32_t>(a.v); }
  NONLIN_INLINE static gpu_lane of(std::uint32_t u) { return std::bit_cast<float>(u); }
#if !defined(__CUDA_ARCH__)
  /// As the unit does: no subnormals, neither in nor out.
  static double flushed(double a) { return std::fabs(a) < 0x1p-126 ? std::copysign(0., a) : a; }
#endif
};
