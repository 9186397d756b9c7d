#pragma once
#include "half.h"
#include "scalar_wide.h"
//
#include "polynomial.h"

#if !defined(__CUDA_ARCH__)
/// The units in the last place by which the host's model of the special-function unit errs. Tests
/// set them.
static struct { int exp2, reciprocal; } unit_error;
#endif

/// One float of one thread. On the host, a model of it, so that accuracy is tested without a card.
/// Every operation rounds as written: the device contracts nothing.
template <int Bits> struct cuda {
  static constexpr int bits = Bits, size = 1;
  /// 2ⁿ = first·last: two factors reach past the subnormals, and only the last one rounds.
  struct exponent {
    float first, last;
  };
  float v;

  template <arithmetic C> NONLIN_INLINE cuda(C c) : v(static_cast<float>(c)) {}
  NONLIN_INLINE cuda(parameter p) : v(p.narrow) {}
  template <class T> NONLIN_INLINE static cuda load(const T* p) { return to_float(*p); }
  NONLIN_INLINE void store(float* p) const { *p = v; }
  NONLIN_INLINE void store(half* p) const { *p = to_half(v); }
  NONLIN_INLINE void store(bfloat16* p) const { *p = to_bfloat16(v); }
  NONLIN_INLINE void store(std::uint8_t* p) const { *p = std::uint8_t(v); }

#if defined(__CUDA_ARCH__)
  friend NONLIN_INLINE cuda operator+(cuda a, cuda b) { return __fadd_rn(a.v, b.v); }
  friend NONLIN_INLINE cuda operator-(cuda a, cuda b) { return __fsub_rn(a.v, b.v); }
  friend NONLIN_INLINE cuda operator*(cuda a, cuda b) { return __fmul_rn(a.v, b.v); }
  friend NONLIN_INLINE cuda reciprocal_estimate(cuda a) {
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE cuda exp2_estimate(cuda a) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
#else
  friend NONLIN_INLINE cuda operator+(cuda a, cuda b) { return a.v + b.v; }
  friend NONLIN_INLINE cuda operator-(cuda a, cuda b) { return a.v - b.v; }
  friend NONLIN_INLINE cuda operator*(cuda a, cuda b) { return a.v * b.v; }
  friend NONLIN_INLINE cuda reciprocal_estimate(cuda a) {
    return estimate(1 / double(a.v), unit_error.reciprocal);
  }
  friend NONLIN_INLINE cuda exp2_estimate(cuda a) {
    return estimate(std::exp2(double(a.v)), unit_error.exp2);
  }
#endif
  /// NaN passes.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  friend NONLIN_INLINE cuda min(cuda a, cuda b) {
    float r;
    asm("min.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a.v), "f"(b.v));
    return r;
  }
  friend NONLIN_INLINE cuda max(cuda a, cuda b) {
    float r;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a.v), "f"(b.v));
    return r;
  }
#else
  friend NONLIN_INLINE cuda min(cuda a, cuda b) { return a.v < b.v || a.v != a.v ? a : b; }
  friend NONLIN_INLINE cuda max(cuda a, cuda b) { return a.v > b.v || a.v != a.v ? a : b; }
#endif
  /// IEEE division keeps quotients of subnormals and of more than 2¹²⁶.
  friend NONLIN_INLINE cuda operator/(cuda a, cuda b) { return a.v / b.v; }
  friend NONLIN_INLINE cuda operator-(cuda a) { return -a.v; }
  friend NONLIN_INLINE cuda operator|(cuda a, cuda b) { return of(raw(a) | raw(b)); }
  friend NONLIN_INLINE cuda operator^(cuda a, cuda b) { return of(raw(a) ^ raw(b)); }
  friend NONLIN_INLINE cuda fma(cuda a, cuda b, cuda c) { return ::fmaf(a.v, b.v, c.v); }
  friend NONLIN_INLINE cuda abs(cuda a) { return ::fabsf(a.v); }
  friend NONLIN_INLINE cuda sign_bit(cuda a) { return of(raw(a) & 0x80000000u); }
  friend NONLIN_INLINE cuda if_negative(cuda x, cuda a, cuda b) { return raw(x) >> 31 ? a : b; }
  friend NONLIN_INLINE cuda if_greater(cuda a, cuda b, cuda x, cuda y) { return a.v > b.v ? x : y; }
  friend NONLIN_INLINE bool operator<=(cuda a, cuda b) { return a.v <= b.v; }
  friend NONLIN_INLINE bool operator==(cuda a, cuda b) { return a.v == b.v; }
  friend NONLIN_INLINE cuda select(bool where, cuda a, cuda b) { return where ? a : b; }
  friend NONLIN_INLINE exponent if_negative(cuda x, exponent a, exponent b) {
    return raw(x) >> 31 ? a : b;
  }
  NONLIN_INLINE static exponent one() { return {1, 1}; }
  /// 2ⁿ itself, or 0 where it is no normal number.
  friend NONLIN_INLINE cuda number(exponent n) { return n.first * n.last; }
  friend NONLIN_INLINE cuda ldexp(cuda m, exponent n) { return m * n.first * n.last; }
  /// a − m·2ⁿ
  friend NONLIN_INLINE cuda minus(cuda a, cuda m, exponent n) {
    return fma(-(m * n.first), n.last, a);
  }
  /// a·2ⁱ and b·2ʲ, i + j = n
  friend NONLIN_INLINE std::array<cuda, 2> spread(cuda a, cuda b, exponent n) {
    return {a * n.first, b * n.last};
  }
  /// 2ⁿ for index = 1.5·2²³ + n
  friend NONLIN_INLINE exponent power_of_two(cuda index) {
    const std::int32_t n = std::int32_t(raw(index)) - 0x4b400000, part = n >> 1;
    return {of(std::uint32_t(part + 127) << 23).v, of(std::uint32_t(n - part + 127) << 23).v};
  }

 private:
  NONLIN_INLINE static std::uint32_t raw(cuda a) { return std::bit_cast<std::uint32_t>(a.v); }
  NONLIN_INLINE static cuda of(std::uint32_t u) { return std::bit_cast<float>(u); }
#if !defined(__CUDA_ARCH__)
  /// As the unit does: no subnormals.
  static float estimate(double exact, int error) {
    const float a = std::fabs(exact) < 0x1p-126 ? 0 : float(exact);
    if (a == 0 || !std::isfinite(a)) return a;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) + std::uint32_t(error));
  }
#endif
};
using cuda_wide = wide;

/// e^(a + low), the power of csrc/math.h, as (1 + m)·2ⁿ: a polynomial, as the special-function unit
/// errs by 2 ULP.
template <int Bits, class... Low> NONLIN_INLINE auto power(cuda<Bits> a, Low... low) {
  using V = cuda<Bits>;
  const V index = fma(a, 1.44269504f, 0x1.8p23f), k = index - 0x1.8p23f;
  V r = fma(k, 1.90465421e-9f, fma(k, -.693147182f, a));
  ((r = r + low), ...);
  return scaled{pair<V>{1, fma(r * r, rounded(horner(expm1_24(), r)), r)}, power_of_two(index)};
}
/// 8 bits: the special-function unit gives e^(a/2), and its square reaches past the subnormals.
NONLIN_INLINE auto exp(cuda<8> a) {
  const cuda<8> root = exp2_estimate(a * .721347520f);
  return scaled{root, cuda<8>::exponent{1, root.v}};
}

template <int Bits> NONLIN_INLINE auto mills(cuda<Bits> w, cuda<Bits> t) {
  const auto q = normal_ratio(t);
  if constexpr (Bits > 8) {
    return w / shifted<cuda<Bits>>{2, t * horner(slack_24(), q)};
  } else {
    return w / shifted<cuda<Bits>>{2, t * horner(slack_8(), q)};
  }
}
template <int Bits> NONLIN_INLINE auto bend(cuda<Bits> w, cuda<Bits> t) {
  const auto q = normal_ratio(t);
  if constexpr (Bits > 8) {
    return w * horner(bend_24(), q);
  } else {
    return w * horner(bend_8(), q);
  }
}
