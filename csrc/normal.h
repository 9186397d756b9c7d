#pragma once
#include "math.h"
#include "tables/normal.h"

/// The normal distribution for 0 ≤ t ≤ normal_end. Lanes without lookups have their own mills and bend.

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
template <class V>
NONLIN_INLINE constexpr const auto& normal_table_of() {
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
/// The Mills ratio Φ(−t)·e^(t²/2): 1e-8.
template <tabled V>
NONLIN_INLINE auto mills(V t) {
  return piecewise(normal_table_of<V>().mills, t);
}
/// (Φ(−t) − t·φ(t))·e^(t²/2)/(root − t): 1e-8.
template <tabled V>
NONLIN_INLINE auto bend(V t) {
  return piecewise(normal_table_of<V>().bend, t);
}

/// e^(−t²/2): 1e-8, as t² is taken with its low part.
template <class V>
  requires(!plain<V>)
NONLIN_INLINE auto bell(V t) {
  const V half = t * V(-.5), square = t * half;
  return exp(make_pair(square, fma(t, half, -square)));
}
/// w·Φ(−t). Two roundings.
template <class V>
NONLIN_INLINE auto normal_tail(V w, V t) {
  if constexpr (plain<V>) {
    return w * normal_survival(t);
  } else {
    const auto e = w * bell(t);
    return scaled{e.m * mills(t), e.n};
  }
}
/// w·φ(t)
template <class V>
NONLIN_INLINE auto normal_density(V w, V t) {
  constexpr double peak = 0.398942280401432677939946;
  if constexpr (plain<V>) {
    return w * peak * exp(-.5 * t * t);
  } else {
    return w * V(peak) * bell(t);
  }
}
/// Φ(−t) − t·φ(t), the slope of t·Φ(t) at −t. Three roundings, next to its root too.
template <class V>
NONLIN_INLINE auto normal_bend(V t) {
  if constexpr (plain<V>) {
    return normal_survival(t) - normal_density(t, t);
  } else {
    constexpr constant root{0.751791524693564457458, 0};
    const auto e = rounded(difference(root, t)) * bell(t);
    return scaled{e.m * bend(t), e.n};
  }
}
