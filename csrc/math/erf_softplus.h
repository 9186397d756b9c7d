#pragma once
#include "../tables/erf_softplus.h"
#include "erf.h"
#include "log.h"

/// x·erf(log(1 + eˣ)): up to the seam by polynomials in z = eˣ, beyond it by erfc.

/// Here log(1 + eˣ) is 1.006.
inline constexpr double erf_softplus_seam = .55;

/// r and e⁻ʳ, where −r is the root of its slope.
inline constexpr constant erf_softplus_root{1.193059968928188, -3.096701676302884e-17};
inline constexpr constant erf_softplus_power{.3032917792739206, -1.1974315395219084e-17};

/// For this file: erf(log(1 + z))/z, its chord from the root, and that of erf′(log(1 + z))/(1 + z),
/// all in z − ½, with the bits that a lane's results need.
template <class V> NONLIN_INLINE constexpr auto erf_log1p_of() {
  if constexpr (V::bits > 24) {
    return erf_log1p_53();
  } else if constexpr (V::bits > 8) {
    return erf_log1p_24();
  } else {
    return erf_log1p_8();
  }
}
/// For this file.
template <class V> NONLIN_INLINE constexpr auto erf_log1p_chord_of() {
  if constexpr (V::bits > 24) {
    return erf_log1p_chord_53();
  } else if constexpr (V::bits > 8) {
    return erf_log1p_chord_24();
  } else {
    return erf_log1p_chord_8();
  }
}
/// For this file.
template <class V> NONLIN_INLINE constexpr auto density_log1p_chord_of() {
  if constexpr (V::bits > 24) {
    return density_log1p_chord_53();
  } else if constexpr (V::bits > 8) {
    return density_log1p_chord_24();
  } else {
    return density_log1p_chord_8();
  }
}

/// erf p beyond the seam
///   domain    p ≥ 1
///   error     float 1 ULP · GPU float 1 ULP · double 1.1 ULP · 8 bits 2⁻¹⁷, on a GPU 2⁻¹⁵ · GPU 11
///             bits 2⁻¹⁸
///   ends      1 at ∞; NaN passes
///   own text  textbook lanes: erf
template <class V> NONLIN_INLINE V erf_beyond_one(V p) {
  if constexpr (textbook<V>) {
    return erf(p);
  } else {
    return V(1) - erfc(V(1), V(min(V(float_range<V> ? 4 : 6), p)));
  }
}

/// x·erf(log(1 + eˣ))
///   domain    all
///   error     float 1.95 ULP · GPU float 1.9 ULP · double 1.5 ULP · 8 bits 2⁻¹⁶, on a GPU 2⁻¹⁵ ·
///             GPU 11 bits 2⁻¹⁷
///   ends      −0 at −∞, ∞ at ∞, relatively accurate in the tail; −0 stays; NaN passes
///   own text  8 bits, GPU 16 bits: a polynomial for |x| < 1; textbook lanes: as it stands
template <any_lane V> NONLIN_INLINE V times_erf_softplus(V x) {
  constexpr double seam = erf_softplus_seam;
  const V low = max(V(-exp_decay_limit<V>), x), a = if_greater(x, seam, -x, low);
  const auto z = exp_bounded(max(V(-exp_decay_limit<V>), a));
  const V far = x * erf_beyond_one(V(x - V(-1) * log1p_of_exp(z)));
  if constexpr (textbook<V>) {
    return if_greater(x, seam, far, low * erf(log1p(z)));
  } else {
    const V d = value(z) - .5;
    if constexpr (compensated<V>) {
      const auto power = renormalize(z);
      auto p = renormalize(horner(erf_log1p_of<V>(), d));
      // What d has lost of z counts where z is large: the slope of p is there −0.2.
      p.lo = fma(-.2, value(mantissa_exponent{power.m.lo, power.n}), p.lo);
      const auto e = two_prod(power, p);
      return if_greater(x, seam, far, signed_zero(value(low * e), x));
    } else {
      const V near = if_greater(1, abs(x), x * at(erf_softplus_11(), x),
                                value(low * (z * at(erf_log1p_of<V>(), d))));
      return if_greater(x, seam, far, near);
    }
  }
}

/// For this file: eˣ, and eˣ − e⁻ʳ given d = x + r.
template <class V, class D> NONLIN_INLINE auto power_and_gain(V x, D d) {
  if constexpr (compensated<V>) {
    return exp_and_expm1_bounded<erf_softplus_power>(d);
  } else {
    constexpr double power = erf_softplus_power.hi;
    const auto z = exp_bounded(x);
    const V near = power * d * at(expm1_11(), d);
    return both{z, if_greater(.25, abs(d), near, value(z) - power)};
  }
}

/// Its slope for negative x. It vanishes at x = −r. With z = eˣ, G = z − e⁻ʳ it is
///   z·(G·(A + x·B) + (x + r)·b),
/// A and B the chords of erf(log(1 + z))/z and of b(z) = erf′(log(1 + z))/(1 + z)
///   domain    −exp_decay_limit ≤ x ≤ 0
///   error     float 3 ULP · GPU float 3.5 ULP · double 3 ULP · 8 bits 2⁻¹⁵, on a GPU 2⁻¹⁴ · GPU 11
///             bits 2⁻¹⁶
///   ends      relatively accurate in the tail and next to its root; NaN passes
///   own text  none; not on textbook lanes
template <machine_lane V> NONLIN_INLINE V erf_softplus_slope(V x) {
  constexpr constant at_root{.807122865432674, 3.229547708900276e-17};
  constexpr constant root = erf_softplus_root;
  const auto d = difference(root, -x);
  const auto [z, gain] = power_and_gain(x, d);
  const V w = value(z) - .5;
  const V chord = fma(x, at(density_log1p_chord_of<V>(), w), at(erf_log1p_chord_of<V>(), w));
  return value(fma(gain, chord, rounded(d) * at_root.on(x)) * z);
}
