#pragma once
#include "../tables/normal.h"
#include "exp.h"

/// The normal distribution: density φ(t) = e^(−t²/2)/√(2π), tail Φ(−t) = ∫ₜ φ, and the slope of
/// t·Φ(−t). Lanes with lookups take polynomials on segments of t, the others one polynomial in
/// q = (t − 4)/(t + 4); a GPU has texts of its own in gpu/normal.h and gpu/estimates.h.

/// For this file and tanh.h: a function given by polynomials on segments of t, as constant + rest.
template <class V, int Size, int Degree>
NONLIN_INLINE auto piecewise(const segments<Size, Degree>& table, V t) {
  const V s = segment(t), d = t - lookup(table.centre, s);
  V w = lookup(table.c[Degree], s);
  NONLIN_UNROLL
  for (int i = Degree - 1; i > 0; --i) w = fma(w, d, lookup(table.c[i], s));
  const V c = lookup(table.c[0], s);
  if constexpr (V::bits > 8) {
    return double_word<V>{c, fma(w, d, lookup(table.low, s))};
  } else {
    return fma(w, d, c);
  }
}
template <class V> NONLIN_INLINE constexpr const auto& normal_table_of() {
  if constexpr (V::traits.table == 16 && V::bits > 8) {
    return normal_16_24;
  } else if constexpr (V::traits.table == 16) {
    return normal_16_8;
  } else if constexpr (V::bits > 8) {
    return normal_8_24;
  } else {
    return normal_8_8;
  }
}
template <machine_lane V> NONLIN_INLINE V normal_ratio(V t) { return (t - 4) / (t + 4); }

/// w·Φ(−t)·e^(t²/2), w times the Mills ratio Φ(−t)/φ(t) over √(2π)
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 1.5 ULP · double 3 ULP · 8 bits 2⁻¹⁶
///   ends      NaN passes
///   own text  tables, doubles; not on a GPU's floats nor on textbook lanes
template <has_table V> NONLIN_INLINE auto mills_ratio(V w, V t) {
  return w * piecewise(normal_table_of<V>().mills, t);
}
template <has_polynomial V> NONLIN_INLINE V mills_ratio(V w, V t) requires(V::bits == 53) {
  return w / offset_sum<V>{2, t * horner(slack_53(), normal_ratio(t))};  // 2 + t·p(q) = 1/mills
}

/// w·(Φ(−t) − t·φ(t))·e^(t²/2)/(root − t), which has no root
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 1.2 ULP · GPU float, where it is a part of gelu_tail_slope, as that · double 2
///             ULP · 8 bits 2⁻¹⁶
///   ends      NaN passes
///   own text  tables, doubles, GPU float; not on a GPU's 16 bits nor on textbook lanes
template <has_table V> NONLIN_INLINE auto gelu_tail_slope_ratio(V w, V t) {
  return w * piecewise(normal_table_of<V>().slope, t);
}
template <has_polynomial V>
NONLIN_INLINE V gelu_tail_slope_ratio(V w, V t) requires(V::bits == 53) {
  return w * horner(gelu_tail_slope_53(), normal_ratio(t));
}

/// e^(−t²/2), as exp gives it: t² is taken with its low part
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     as exp · GPU float 1.05 ULP
///   ends      subnormal results round once; NaN passes
///   own text  none; not on textbook lanes
template <machine_lane V> NONLIN_INLINE auto gaussian(V t) {
  const V half = t * -.5, square = t * half;
  return exp_bounded(make_double_word(square, fma(t, half, -square)));
}

/// For the tails of csrc/math/: w·Φ(−t)·g/gaussian(t), g as exp gives it
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 1.8 ULP · GPU float 2 ULP · double 3.1 ULP · 8 bits and GPU 11 bits as
///             normal_tail
///   ends      as normal_tail
///   own text  GPU float; not on lanes of a GPU for 16 bits nor on textbook lanes
template <class V, class G> NONLIN_INLINE auto normal_tail_by(G g, V w, V t) {
  const auto e = w * g;
  return mantissa_exponent{mills_ratio(e.m, t), e.n};
}

/// w·Φ(−t)
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 1.7 ULP · GPU float 1.7 ULP · double 3 ULP · 8 bits 2⁻¹⁶, on a GPU 3.3e-5
///             · GPU 11 bits 2⁻¹⁸
///   ends      subnormal results round once; NaN passes
///   own text  GPU float, GPU 16 bits; textbook lanes
template <class V> NONLIN_INLINE auto normal_tail(V w, V t) {
  if constexpr (textbook<V>) {
    return w * normal_survival(t);
  } else {
    return normal_tail_by(gaussian(t), w, t);
  }
}

/// w·φ(t)
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 1.2 ULP · GPU float 1.4 ULP · double 1.2 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      subnormal results round once; NaN passes
///   own text  textbook lanes
template <class V> NONLIN_INLINE auto normal_density(V w, V t) {
  constexpr double peak = 0.398942280401432677939946;
  if constexpr (textbook<V>) {
    return w * peak * exp(-.5 * t * t);
  } else {
    return w * peak * gaussian(t);
  }
}

/// Φ(−t) − t·φ(t), the slope of t·Φ(t) at −t: that of GELU's left tail
///   domain    0 ≤ t ≤ normal_decay_limit
///   error     float 2.3 ULP · GPU float 3.1 ULP · double 2.3 ULP · 8 bits 2⁻¹⁶, on a GPU
///             4.1e-5 for as long as it is a normal number · GPU 11 bits 2⁻¹⁸
///   ends      relatively accurate next to its root 0.75…; NaN passes
///   own text  GPU 16 bits; textbook lanes
template <class V> NONLIN_INLINE auto gelu_tail_slope(V t) {
  if constexpr (textbook<V>) {
    return normal_survival(t) - normal_density(t, t);
  } else {
    constexpr constant root{.75179152469356445746, -1.4956759177009883e-17};
    const V d = rounded(difference(root, t));
    if constexpr (has_estimates<V>) {
      return gelu_tail_slope_estimate(d, t);
    } else {
      const auto e = d * gaussian(t);
      return mantissa_exponent{gelu_tail_slope_ratio(e.m, t), e.n};
    }
  }
}
