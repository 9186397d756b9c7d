#pragma once
#include "half.h"
#include "scalar_wide.h"
#include "special_function_unit.h"
//
#include "polynomial.h"

/// One float of one thread. On the host, a model of it, so that accuracy is tested without a card.
/// Every operation rounds as written: the device contracts nothing.
template <int Bits> struct cuda {
  static constexpr int bits = Bits, size = 1;
  static constexpr bool lean = true, estimates = Bits < 24;
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
  /// Subnormals too, at the price of two multiplications.
  friend NONLIN_INLINE cuda full_reciprocal(cuda a) {
    float r;
    asm("rcp.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE cuda exp2_estimate(cuda a) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE cuda log2_estimate(cuda a) {
    float r;
    asm("lg2.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
  friend NONLIN_INLINE cuda sqrt(cuda a) {
    if constexpr (!estimates) return __fsqrt_rn(a.v);
    float r;
    asm("sqrt.approx.f32 %0, %1;" : "=f"(r) : "f"(a.v));
    return r;
  }
#else
  friend NONLIN_INLINE cuda operator+(cuda a, cuda b) { return a.v + b.v; }
  friend NONLIN_INLINE cuda operator-(cuda a, cuda b) { return a.v - b.v; }
  friend NONLIN_INLINE cuda operator*(cuda a, cuda b) { return a.v * b.v; }
  friend NONLIN_INLINE cuda reciprocal_estimate(cuda a) {
    return special_function_unit<Bits>::reciprocal(float(flushed(1 / flushed(a.v))));
  }
  friend NONLIN_INLINE cuda full_reciprocal(cuda a) {
    return special_function_unit<Bits>::reciprocal(float(1 / double(a.v)));
  }
  friend NONLIN_INLINE cuda exp2_estimate(cuda a) {
    return special_function_unit<Bits>::exp2(float(flushed(std::exp2(flushed(a.v)))));
  }
  friend NONLIN_INLINE cuda log2_estimate(cuda a) {
    return special_function_unit<Bits>::log2(float(std::log2(double(a.v))));
  }
  friend NONLIN_INLINE cuda sqrt(cuda a) {
    const float nearest = std::sqrt(a.v);
    return estimates ? special_function_unit<Bits>::sqrt(nearest) : nearest;
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
  /// 2 ULP, with 24 bits 1, for |b| from 2⁻¹²⁶ to 2¹²⁶, where the unit flushes nothing.
  friend NONLIN_INLINE cuda operator/(cuda a, cuda b) {
    const cuda r = reciprocal_estimate(b), q = a * r;
    return estimates ? q : fma(fma(-q, b, a), r, q);
  }
  friend NONLIN_INLINE decomposed<cuda> decompose(cuda x) {
    const bool small = x.v < 0x1p-126f;
    const std::uint32_t u = raw(small ? x * 0x1p24f : x), e = (u + 0x400000u) >> 23;
    return {of(u - ((e - 127) << 23)), float(std::int32_t(e)) - (small ? 151 : 127),
            of(e < 254 ? (254 - e) << 23 : 0)};
  }
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
  /// 2ⁿ for index = 1.5·2²³ + 254 + n
  friend NONLIN_INLINE exponent power_of_two(cuda index) {
    const std::uint32_t half = raw(index) >> 1, rest = raw(index) - half;
    return {of(half << 23).v, of(rest << 23).v};
  }
  /// The same for index = 1.5·2²³ + 127 + 64 + n, −190 ≤ n ≤ 63.
  friend NONLIN_INLINE exponent short_power_of_two(cuda index) {
    return {of(raw(index) << 23).v, 0x1p-64f};
  }

 private:
  NONLIN_INLINE static std::uint32_t raw(cuda a) { return std::bit_cast<std::uint32_t>(a.v); }
  NONLIN_INLINE static cuda of(std::uint32_t u) { return std::bit_cast<float>(u); }
#if !defined(__CUDA_ARCH__)
  /// As the unit does: no subnormals, neither in nor out.
  static double flushed(double a) { return std::fabs(a) < 0x1p-126 ? std::copysign(0., a) : a; }
#endif
};
using cuda_wide = wide;

/// m and 1.5·2²³ + bias + n, where e^(a + low) = m·2ⁿ, m = 1 + a polynomial, as the
/// special-function unit errs by 2 ULP. With the bias n needs no sign.
template <class V, class... Low>
NONLIN_INLINE both<pair<V>, V> power_with(float bias, V a, Low... low) {
  const float magic = 0x1.8p23f + bias;
  const V index = fma(a, 1.44269504f, magic), k = index - magic;
  V r = fma(k, -.693147182f, a);
  if constexpr (sizeof...(low) == 0) {
    r = fma(k, 1.90465421e-9f, r);
  } else {
    r = r + fma(k, 1.90465421e-9f, low...);
  }
  return {{1, fma(r * r, at(expm1_24(), r), r)}, index};
}
/// The power of csrc/math.h.
template <int Bits, class... Low> NONLIN_INLINE auto power(cuda<Bits> a, Low... low) {
  const auto [m, index] = power_with(254, a, low...);
  return scaled{m, power_of_two(index)};
}
/// The short_exp of csrc/math.h: one factor of 2ⁿ varies, the other is 2⁻⁶⁴.
NONLIN_INLINE auto short_exp(pair<cuda<24>> a) {
  const auto [m, index] = power_with(127 + 64, a.hi, a.lo);
  return scaled{m, short_power_of_two(index)};
}
NONLIN_INLINE auto short_exp(cuda<24> a) {
  const auto [m, index] = power_with(127 + 64, a);
  return scaled{m, short_power_of_two(index)};
}
template <const constant& C, int Bits>
NONLIN_INLINE auto short_grow(pair<cuda<Bits>> a) requires(Bits == 24) {
  constexpr constant c = C;
  const auto e = short_exp(a);
  const cuda<Bits> m = e.m.lo, step = number(e.n) * c.hi;  // exact
  return both{c.on(a.hi) * e, fma(step, m, step - c.hi)};
}

/// w·(1 + m) in two parts, for a power (1 + m)·2ⁿ.
template <class V, class N> NONLIN_INLINE auto product_with(V w, scaled<pair<V>, N> power) {
  const V m = power.m.lo, high = fma(w, m, w);
  return scaled{pair<V>{high, fma(w, m, w - high)}, power.n};
}
/// n/(c + z): 0.6 ULP.
template <class V> NONLIN_INLINE V quotient(pair<V> n, V c, pair<V> z) {
  const V r = reciprocal_estimate(c + z.hi), q = n.hi * r;
  const V excess = fma(q, z.lo, fma(q, z.hi, fma(q, c, -n.hi))) - n.lo;
  return fma(-excess, r, q);
}
template <class V, class N>
NONLIN_INLINE auto quotient(scaled<pair<V>, N> n, std::type_identity_t<V> c, scaled<pair<V>, N> z) {
  const V power = number(z.n);
  return scaled{quotient(n.m, c, pair<V>{z.m.hi * power, z.m.lo * power}), n.n};
}
template <int Bits, class A>
NONLIN_INLINE auto logistic_tail(cuda<Bits> w, A a) requires(Bits == 24) {
  const auto z = exp(-a);
  return product_with(w, z) / (1 + z);
}
template <int Bits, class A>
NONLIN_INLINE auto short_logistic_tail(cuda<Bits> w, A a) requires(Bits == 24) {
  const auto z = short_exp(-a);
  return product_with(w, z) / (1 + z);
}
template <int Bits, class B>
NONLIN_INLINE auto normal_tail_by(cuda<Bits> w, B b, cuda<Bits> t) requires(Bits == 24) {
  const auto e = product_with(w, b);
  const auto z = product(t, horner(slack_24(), normal_ratio(t)));
  return scaled{quotient(e.m, cuda<Bits>(2), z), e.n};
}
/// Polynomials in it do not need the last bits of a quotient.
template <int Bits> NONLIN_INLINE cuda<Bits> normal_ratio(cuda<Bits> t) {
  return (t - 4) * reciprocal_estimate(t + 4);
}
template <int Bits> NONLIN_INLINE auto bend(cuda<Bits> w, cuda<Bits> t) {
  return w * horner(bend_24(), normal_ratio(t));
}
#include "cuda_estimates.h"
