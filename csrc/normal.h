#pragma once
#include "math.h"
#include "tables/normal.h"

/// The normal distribution for 0 ≤ t ≤ normal_end. The errors are stated as in math.h.

/// A function given by polynomials on segments of t, as constant + rest.
template <class V, int Size, int Degree>
NONLIN_INLINE auto piecewise(const segments<Size, Degree>& table, V t) {
  const V s = segment(t), d = t - lookup(table.centre, s);
  V w = lookup(table.c[Degree], s);
  NONLIN_UNROLL
  for (int i = Degree - 1; i > 0; --i) w = fma(w, d, lookup(table.c[i], s));
  const V c = lookup(table.c[0], s);
  if constexpr (V::bits > 8) {
    return pair<V>{c, fma(w, d, lookup(table.low, s))};
  } else {
    return fma(w, d, c);
  }
}
template <class V> NONLIN_INLINE constexpr const auto& normal_table_of() {
  if constexpr (V::table == 16 && V::bits > 8) {
    return normal_16_24;
  } else if constexpr (V::table == 16) {
    return normal_16_8;
  } else if constexpr (V::bits > 8) {
    return normal_8_24;
  } else {
    return normal_8_8;
  }
}
/// w·Φ(−t)·e^(t²/2), w times the Mills ratio: 1.5 ULP on CPUs, 3 ULP of doubles.
template <tabled V> NONLIN_INLINE auto mills(V w, V t) {
  return w * piecewise(normal_table_of<V>().mills, t);
}
/// w·(Φ(−t) − t·φ(t))·e^(t²/2)/(root − t): 1.2, 2.1, 2 ULP.
template <tabled V> NONLIN_INLINE auto bend(V w, V t) {
  return w * piecewise(normal_table_of<V>().bend, t);
}

/// e^(−t²/2): as accurate as exp, as t² is taken with its low part.
template <concrete V> NONLIN_INLINE auto bell(V t) {
  const V half = t * -.5, square = t * half;
  return short_exp(make_pair(square, fma(t, half, -square)));
}
/// w·b·Φ(−t)/bell(t), for a b that is bell(t) or nearly so.
template <class V, class B> NONLIN_INLINE auto normal_tail_by(V w, B b, V t) {
  const auto e = w * b;
  return scaled{mills(e.m, t), e.n};
}
/// w·Φ(−t): 1.7, 1.9, 3 ULP.
template <class V> NONLIN_INLINE auto normal_tail(V w, V t) {
  if constexpr (plain<V>) {
    return w * normal_survival(t);
  } else {
    return normal_tail_by(w, bell(t), t);
  }
}
/// w·φ(t): 1.2, 1.5, 1.2 ULP.
template <class V> NONLIN_INLINE auto normal_density(V w, V t) {
  constexpr double peak = 0.398942280401432677939946;
  if constexpr (plain<V>) {
    return w * peak * exp(-.5 * t * t);
  } else {
    return w * peak * bell(t);
  }
}
/// Φ(−t) − t·φ(t), the slope of t·Φ(t) at −t: 2.3, 2.7, 2.3 ULP, next to its root too. On CUDA with
/// 8 bits 2⁻¹⁵, for as long as it is a normal number.
template <class V> NONLIN_INLINE auto normal_bend(V t) {
  if constexpr (plain<V>) {
    return normal_survival(t) - normal_density(t, t);
  } else {
    constexpr constant root{.75179152469356445746, -1.4956759177009883e-17};
    const V d = rounded(difference(root, t));
    if constexpr (estimated<V>) {
      return belled_bend(d, t);
    } else {
      const auto e = d * bell(t);
      return scaled{bend(e.m, t), e.n};
    }
  }
}
