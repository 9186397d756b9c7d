#pragma once
#include "../math.h"
#include "../simd/polynomial.h"
#include "../tables/tanh.h"

/// The hyperbolic tangent. Contracts are stated as in log.h.

template <class V> NONLIN_INLINE constexpr auto tanh_of() {
  if constexpr (V::bits > 24) {
    return tanh_53();
  } else if constexpr (V::bits > 8) {
    return tanh_24();
  } else {
    return tanh_8();
  }
}

/// tanh t for |t| ≤ 0.55.
template <class V> NONLIN_INLINE V tanh_near_zero(V t) {
  const V s = t * t;
  return fma(t * s, at(tanh_of<V>(), s), t);
}

/// tanh(u/2), given z = e⁻ᵘ as exp returns it.
/// Domain: u ≥ 0, a lane or a pair.
/// Error: 1, 1, 1 ULP; with 8 bits 2⁻¹⁷, with 11 on CUDA 2⁻¹⁸, next to 0 too.
/// Ends: 0 at 0, 1 at ∞, NaN passes.
/// Lanes: one text: a polynomial up to 1.1, then 1 − 2z/(1 + z); textbook lanes have (1 − z)/(1 +
/// z).
template <class U, class Z> NONLIN_INLINE auto half_tanh(U u, Z z) {
  using V = decltype(rounded(u));
  if constexpr (plain<V>) {
    return -expm1(-u) / (1 + z);
  } else {
    const V t = rounded(u) * .5;
    return if_greater(.55, t, tanh_near_zero(t), V(1) - 2 * z / (1 + z));
  }
}

/// Where tanh is 1 to the last bit; textbook lanes carry derivatives, which go on.
template <class V> constexpr double tanh_end = plain<V> ? 400 : narrow<V> ? 16 : 32;

/// tanh x.
/// Domain: all x, subnormals too.
/// Error: 1, 1, 1 ULP; with 8 bits 2⁻¹⁷, with 11 on CUDA 2⁻¹⁸, next to 0 too.
/// Ends: −0 kept, ±1 at ±∞, NaN passes.
/// Lanes: one text.
template <class V> NONLIN_INLINE V tanh(V x) requires(concrete<V> || plain<V>) {
  const V u = 2 * magnitude(x, tanh_end<V>);
  return copysign(abs(half_tanh(u, short_exp(-u))), x);
}

/// w·tanh′(u/2) = w·4z/(1 + z)² = w/cosh²(u/2), given z = e⁻ᵘ as exp returns it.
/// Domain: u ≥ 0.
/// Error: 1.6, 2.1, 2.1 ULP; with 8 bits 2⁻¹⁶, with 11 on CUDA 2⁻¹⁸.
/// Ends: 4wz for a z that is next to nothing.
/// Lanes: one text.
template <class V, class Z> NONLIN_INLINE auto sech_squared(V w, Z z) {
  return 4 * w * (z / square(1 + z));
}
