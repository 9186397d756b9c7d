#pragma once
#include "../csrc/formula.h"

/// gelu_tanh(x) = x/2·(1 + tanh(√(2/π)·(x + 0.044715 x³))) = x·σ(v),  v = x·(k₀ + k₁x²)
///                                                              Hendrycks, Gimpel 2016, arXiv 1606.08415
///
/// As f(x) − f(−x) = x, everything is said of the tail: with t = |x|, z = e^(−v(t)),
///   f = max(x, 0) − t·z/(1 + z),   f′(−t) = z·(1 + z − t·v′)/(1 + z)²,
///   f″ = z/(1 + z)²·(2v′ + 6k₁t² − t·v′²·(1 − z)/(1 + z)),   v′ = k₀ + 3k₁t²
struct gelu_tanh {
  template <class V>
  NONLIN_INLINE auto operator()(V x) const {
    constexpr double end = narrow<V> ? 11 : 22;  // beyond, t·z has left the range of the results
    const V t = magnitude(x, end), steep = fma(3 * k1 * t, t, k0);
    const auto v = argument(t);
    const auto z = exp(-v);
    const V p = value(z);
    const V bow = fma(6 * k1 * t, t, 2 * steep) - t * steep * steep * ((1 - p) / (1 + p));
    return jet{relu(x) - t * z / (1 + z),       //
               reflect(x, 1, slope(t, v)),      //
               value(bow * z / square(1 + z))};
  }

 private:
  static constexpr double k0 = 1.5957691216057307118, k1 = .071354816272600248776;

  /// v with its low part: it reaches 112 and stands in an exponent.
  template <class V>
  NONLIN_INLINE static auto argument(V t) {
    constexpr constant a{k0, -9.96930880911092e-17}, b{k1, -6.175149918155315e-19};
    return product(t, sum(a.on(t), product(b.on(t), product(t, t))));
  }

  /// f′(−t) as it stands: an input of eight bits stays away from the root.
  template <class V>
    requires(V::bits <= 8)
  NONLIN_INLINE static auto slope(V t, V v) {
    const auto z = exp(-v);
    return (value(z) + (1 - t * fma(3 * k1 * t, t, k0))) * z / square(1 + z);
  }
  /// 1 + z − t·v′ vanishes at t = r. With E = e^(v(r) − v) and z = z(r)·E it is
  ///   z(r)·(E − 1) + (r − t)·(k₀ + 3k₁(t² + t·r + r²)): two terms of one sign.
  template <class V, class U>
  NONLIN_INLINE static auto slope(V t, U v) {
    constexpr constant root{.75246142207101625849, -3.635560509207687e-17};
    constexpr constant v_root{1.2311548723318987830, -1.449217884953896e-17};
    constexpr constant z_root{.29195521191476713453, -8.582607951729513e-18};
    const auto d = difference(v_root, v);
    const auto E = exp(d);
    const auto z = z_root.on(t) * E;
    const V chord = fma(3 * k1, fma(t, t + root.hi, root.hi * root.hi), k0);
    return fma(expm1(d), z_root.hi, rounded(difference(root, t)) * chord) * z / square(1 + z);
  }
};
