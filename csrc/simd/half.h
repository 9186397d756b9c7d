#pragma once
#include "../math/lane.h"

/// The 16-bit types. On the host where there are no instructions for them: flushing of float
/// subnormals does not reach those of half.

NONLIN_INLINE float to_float(float a) { return a; }
NONLIN_INLINE float to_float(bfloat16 a) {
  return std::bit_cast<float>(std::uint32_t(a.bits) << 16);
}
NONLIN_INLINE float to_float(half a) {
#if defined(__CUDA_ARCH__)
  float r;
  asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(a.bits));
  return r;
#else
  const std::uint32_t sign = std::uint32_t(a.bits & 0x8000) << 16, raw = a.bits & 0x7fff;
  const std::uint32_t magnitude = raw < 0x400 ? std::bit_cast<std::uint32_t>(float(raw) * 0x1p-24f)
                                  : raw < 0x7c00 ? (raw << 13) + (112u << 23)
                                                 : (raw << 13) | 0x7f800000;
  return std::bit_cast<float>(sign | magnitude);
#endif
}
/// To the nearest, ties to even; NaN stays NaN.
NONLIN_INLINE bfloat16 to_bfloat16(float a) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  bfloat16 r;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(a));
  return r;
#else
  const std::uint32_t raw = std::bit_cast<std::uint32_t>(a);
  if ((raw & 0x7fffffff) > 0x7f800000) return {std::uint16_t(raw >> 16 | 0x40)};
  return {std::uint16_t((raw + 0x7fff + (raw >> 16 & 1)) >> 16)};
#endif
}
NONLIN_INLINE half to_half(float a) {
#if defined(__CUDA_ARCH__)
  half r;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r.bits) : "f"(a));
  return r;
#else
  const std::uint32_t raw = std::bit_cast<std::uint32_t>(a), magnitude = raw & 0x7fffffff;
  std::uint32_t r;
  if (magnitude > 0x7f800000) {
    r = 0x7e00 | (magnitude >> 13 & 0x3ff);
  } else if (magnitude >= 0x477ff000) {  // 65520 rounds to infinity
    r = 0x7c00;
  } else if (magnitude < 0x38800000) {  // 2⁻¹⁴: adding 1/2 rounds to multiples of 2⁻²⁴
    r = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + .5f) - 0x3f000000;
  } else {
    r = (magnitude + 0xfff + (magnitude >> 13 & 1) - (112u << 23)) >> 13;
  }
  return {std::uint16_t((raw >> 16 & 0x8000) | r)};
#endif
}

/// Two of them in one word, the first in its lower half.
template <class T> NONLIN_INLINE std::uint32_t to_pair(float first, float second) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  std::uint32_t r;
  if constexpr (std::is_same_v<T, half>) {
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(second), "f"(first));
  } else {
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(second), "f"(first));
  }
  return r;
#else
  if constexpr (std::is_same_v<T, half>) {
    return to_half(first).bits | std::uint32_t(to_half(second).bits) << 16;
  } else {
    return to_bfloat16(first).bits | std::uint32_t(to_bfloat16(second).bits) << 16;
  }
#endif
}
