#pragma once
#include "log.h"
#include "logistic.h"
#include "tanh.h"

/// The logistic function for all x, its logarithm and its integral. On approximate lanes an error
/// of e⁻ˣ counts most next to 0: there each is a polynomial.

/// For this file: where a slope may round its exponential before it is used, as floats can and
/// half precision, which would misround more inputs, cannot.
template <class V>
concept rounds_for_slopes = has_table<V> && V::bits == 24;

/// σ(x) = 1/(1 + e⁻ˣ)
///   domain    all
///   error     float 1.6 ULP · GPU float 1.2 ULP · double 1.6 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits
///             2⁻¹⁸
///   ends      0 at −∞, 1 at ∞, relatively accurate in the tail; subnormal results round once;
///             NaN passes
///   own text  8 bits, GPU 16 bits: ½ + tanh(x/2)/2 for |x| < 1.1
template <any_lane V> NONLIN_INLINE V logistic(V x) {
  const V t = magnitude(x, exp_decay_limit<V>);
  const V far = reflect(x, 1, logistic_tail_bounded(V(1), t));
  if constexpr (machine_lane<V> && approximate<V>) {
    return if_greater(1.1, t, fma(tanh_near_zero(V(x * .5)), .5, .5), far);
  } else {
    return far;
  }
}

/// x·σ(x), given t = |x| or a limit
///   domain    0 ≤ t ≤ exp_decay_limit
///   error     float 1.7 ULP · GPU float 1.7 ULP · double 1.7 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁷
///   ends      −0 at −∞, ∞ at ∞; subnormal results round once; NaN passes
///   own text  none
template <any_lane V> NONLIN_INLINE V gated_by_logistic(V x, V t) {
  return positive_part(x) - logistic_tail_bounded(t, t);
}

/// log(1 + eˣ) = −log σ(−x)
///   domain    all
///   error     float 1.3 ULP · GPU float 1.3 ULP · double 1.3 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits
///             2⁻¹⁸
///   ends      0 at −∞, ∞ at ∞, relatively accurate in the tail; subnormal results round once;
///             NaN passes
///   own text  8 bits, GPU 16 bits: x/2 + log(2·cosh(x/2)) for |x| < 1
template <any_lane V> NONLIN_INLINE V softplus(V x) {
  const V t = magnitude(x, exp_decay_limit<V>);
  const V far = positive_part(x) - V(-1) * log1p_of_exp(exp_bounded(-t));
  if constexpr (machine_lane<V> && approximate<V>) {
    const V s = t * t;
    return if_greater(1, t, fma(x, .5, fma(s, at(log_cosh_11(), s), ln_2)), far);
  } else {
    return far;
  }
}

/// σ(x), given u = |x|, a lane or a double word, and z = e⁻ᵘ as exp gives it; of x its sign counts
///   domain    0 ≤ u ≤ exp_argument_limit
///   error     float 2.4 ULP · GPU float 1.8 ULP · double 1.6 ULP · 8 bits 2⁻¹⁷ · GPU 11 bits 2⁻¹⁸
///   ends      as logistic
///   own text  as logistic; tables of 24 bits, where z is rounded: a third of the time less
template <class V, class U, class Z> NONLIN_INLINE V logistic_from_exp(V x, U u, Z z) {
  if constexpr (rounds_for_slopes<V>) {
    const V y = value(z);
    return if_negative(x, y, 1) / (1 + y);
  } else {
    const V far = reflect(x, 1, corrected_quotient(z, 1 + z));
    if constexpr (machine_lane<V> && approximate<V>) {
      const V t = rounded(u), near = tanh_near_zero(V(t * .5));
      return if_greater(1.1, t, fma(near, if_negative(x, -.5, .5), .5), far);
    } else {
      return far;
    }
  }
}

/// σ(x) for a slope, which may round once more
///   domain    all
///   error     float 2.4 ULP · the others as logistic
///   ends      as logistic
///   own text  tables of 24 bits: that of logistic_from_exp
template <any_lane V> NONLIN_INLINE V logistic_as_slope(V x) {
  if constexpr (rounds_for_slopes<V>) {
    const V t = magnitude(x, exp_decay_limit<V>);
    return logistic_from_exp(x, t, exp_bounded(-t));
  } else {
    return logistic(x);
  }
}

/// z/(1 + z)² = σ(u)·σ(−u), the slope of σ at u, given z = e⁻ᵘ as exp gives it
///   domain    0 ≤ u ≤ exp_argument_limit
///   error     as sech_squared
///   ends      z where z is next to nothing; NaN passes
///   own text  tables of 24 bits: that of sech_squared
template <class Z> NONLIN_INLINE auto logistic_slope(Z z) { return z / square(1 + z); }
template <rounds_for_slopes V, class N>
NONLIN_INLINE auto logistic_slope(mantissa_exponent<double_word<V>, N> z) {
  return sech_squared(V(.25), z);
}

/// log(1 + e^(bx))/b, given bx as `side`, u = |bx| and z = e⁻ᵘ as exp gives it; `inside` is 1, or 0
/// where u has left the domain of exp
///   domain    b from the least to the largest number, but for 0
///   error     float 1.6 ULP · GPU float 1.6 ULP · double 1.6 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁷
///   ends      0 where bx is −∞, x where it is ∞, relatively accurate in the tail; subnormal
///             results round once; NaN passes
///   own text  as softplus
template <class V, class U, class Z>
NONLIN_INLINE V scaled_softplus(V x, V side, V inside, U u, Z z, V b) {
  const V r = clamp(full_range_quotient(V(1), b), -largest_finite<V>, largest_finite<V>);
  const auto w = make_double_word(r, fma(-r, b, 1) * r);
  const V far = if_negative(side, V(-0.), x) - inside * (-w * log1p_of_exp(z));
  if constexpr (machine_lane<V> && approximate<V>) {
    const V t = rounded(u), s = t * t;
    return if_greater(1, t, fma(x, .5, fma(s, at(log_cosh_11(), s), ln_2) * r), far);
  } else {
    return far;
  }
}

/// log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)), the sum without rounding, for an exponent that has
/// it as a factor
///   domain    |x| ≤ exp_decay_limit
///   error     of the second term, relative: float and GPU float 2⁻²³, for positive x 2⁻²⁴; double
///             2⁻⁵² and 2⁻⁵³ · 8 bits, GPU 11 bits as softplus
///   ends      NaN passes
///   own text  8 bits, GPU 16 bits and textbook lanes: softplus
template <any_lane V> NONLIN_INLINE auto softplus_double_word(V x) {
  if constexpr (compensated<V>) {
    const auto z = exp_bounded(-magnitude(x, exp_decay_limit<V>));
    return two_sum(positive_part(x), value(V(1) * log1p_of_exp(z)));
  } else {
    return softplus(x);
  }
}

/// log σ(x) = −log(1 + e⁻ˣ)
///   domain    all
///   error     as softplus
///   ends      −∞ at −∞, −0 at ∞, relatively accurate in the tail; NaN passes
///   own text  as softplus
template <any_lane V> NONLIN_INLINE V log_logistic(V x) { return -softplus(-x); }
