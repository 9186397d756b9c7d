#pragma once
#include "exp.h"

/// x·tanh(log(1 + eˣ)) = x·n/(2 + n), n = e·(2 + e), e = eˣ: the parts of it that have several
/// texts. A lane may bring its own slope and curvature of the whole, where others cost too much.

/// r and e⁻ʳ, where −r is the root of its slope.
inline constexpr constant tanh_softplus_root{1.192431214515495212138, 4.8484829848031044e-17};
inline constexpr constant tanh_softplus_power{.3034825352815289288214, 1.981117434764409e-17};

/// The slope and the curvature of x·tanh(log(1 + eˣ)), on the lanes that have them
///   domain    all
///   error     slope: GPU float 4 ULP · GPU 16 bits 0.502 ULP of the stored result
///             curvature: GPU 16 bits 0.502 ULP of the stored result
///   ends      the limits at ±∞; NaN passes
///   own text  all, in gpu/tanh_softplus.h
template <class V>
concept has_tanh_softplus_slope = requires(V x) {
  tanh_softplus_slope(x);
};
template <class V>
concept has_tanh_softplus_curvature = requires(V x) {
  tanh_softplus_curvature(x);
};

/// e·(c + e) for an e = e^a that exp gives, c a small constant
///   domain    −exp_decay_limit ≤ a ≤ 40
///   error     float 2⁻²³ · GPU float 2⁻⁴⁴ · double 2⁻⁵² · 16 bits 2⁻¹⁸
///   ends      NaN passes
///   own text  GPU float, as a double word
template <class E> NONLIN_INLINE auto times_offset(int c, E e) {
  using V = decltype(value(e));
  if constexpr (V::traits.gpu && compensated<V>) {
    return renormalize(two_prod(fast_two_sum(c + e), e));
  } else {
    return e * fast_two_sum(c + e);
  }
}

/// x·n/(k + n), and x where x > c: n is a function of c, which is x between −exp_decay_limit and a
/// number at which the ratio is 1 to the last bit
///   domain    all x; n from times_offset
///   error     float 1.5 ULP · GPU float 1.4 ULP · double 2 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      ∞ at ∞; −0 at −∞, where x·n is of the limit in c; −0 stays; subnormal results round
///             once; NaN passes
///   own text  GPU float, GPU 16 bits
template <class V, class N> NONLIN_INLINE V saturating_ratio(V x, V c, int k, N n) {
  if constexpr (has_estimates<V>) {
    return value(max(x, -exp_decay_limit<V>) * (n / (k + n)));
  } else if constexpr (V::traits.gpu) {
    return if_negative(c - x, x, value(quotient(two_prod(c, n), k, n)));
  } else {
    return if_negative(c - x, x, value(two_prod(c, n) / (k + n)));
  }
}

/// e^(−t), as exp gives it, beside a slope that takes exp_and_expm1_bounded of root − t
///   domain    0 ≤ t ≤ exp_decay_limit; C = e^(−root)
///   error     as exp · GPU float 1.5 ULP
///   ends      as exp
///   own text  GPU float: what the slope computes anyway
template <const constant& C, class V> NONLIN_INLINE auto exp_decay(constant root, V t) {
  if constexpr (V::traits.gpu && compensated<V>) {
    return exp_and_expm1_bounded<C>(difference(root, t)).first;
  } else {
    return exp_bounded(-t);
  }
}
