#pragma once
#include "../csrc/formula.h"

/// gelu_tanh(x) = x/2·(1 + tanh(√(2/π)·(x + 0.044715 x³))) = x·σ(v),  v = x·(k₀ + k₁x²)
///                                              Hendrycks, Gimpel 2016, arXiv 1606.08415
///
/// As f(x) − f(−x) = x, everything is said of the tail: with t = |x|, z = e^(−v(t)),
///   f = max(x, 0) − t·q,   f′(−t) = (1 + z − t·v′)·q′,   v′ = k₀ + 3k₁t²,
///   f″ = q′·(1 − q)·(2k₀ + 12k₁t² − t·v′² + (2k₀ + 12k₁t² + t·v′²)·z),
/// q = z/(1 + z), q′ = z/(1 + z)²
struct GeluTanh {
  static constexpr bool bounded_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V t = magnitude(x, end<V>);
    const auto s = two_prod(t, t);
    const auto v = exponent(t, s);
    const auto steep = quadratic<1, 3>(s);
    const auto lift = quadratic<2, 12>(s), pull = two_prod(t, two_prod(steep, steep));
    const auto [w, fall] = tail(t, s, v);
    const auto below = square(1 + w);
    const auto bell = w / below;
    const V p = fma(value(bell), value(w), value(bell));
    const V high = rounded(lift) + rounded(pull), low = rounded(two_sum(lift, -pull));
    return jet{
        positive_part(x) - logistic_tail_bounded(t, v),
        reflect(x, 1, two_prod(fall, w) / below),
        value((1 - p) * fma(value(w), high, low) * bell),
    };
  }

  template <class V> NONLIN_INLINE auto value_and_slope(V x) const {
    const V t = magnitude(x, end<V>);
    const auto s = two_prod(t, t);
    const auto [w, fall] = tail(t, s, exponent(t, s));
    const auto whole = 1 + w;
    return both{
        positive_part(x) - corrected_quotient(t * w, whole),
        reflect(x, 1, two_prod(fall, w) / square(whole)),
    };
  }

 private:
  /// Where t·z has left the range of the results.
  template <class V> static constexpr double end = float_range<V> ? 11.5 : 22;
  static constexpr double k0 = 1.5957691216057307118, k0_low = -9.96930880911092e-17;
  static constexpr double k1 = .071354816272600248776, k1_low = -6.175149918155315e-19;
  static constexpr constant root{.75246142207101625849, -3.635560509207687e-17};
  static constexpr constant exponent_at_root{1.2311548723318987830, -1.449217884953896e-17};
  static constexpr constant power_at_root{.29195521191476713453, -8.582607951729513e-18};

  /// a·k₀ + b·k₁·t² from s = t².
  template <int A, int B, approximate V> NONLIN_INLINE static V quadratic(V s) {
    return fma(s, B * k1, A * k0);
  }
  /// With its low part: v reaches 127 and stands in an exponent.
  template <int A, int B, class S> NONLIN_INLINE static auto quadratic(S s) {
    constexpr constant c0{A * k0, A * k0_low}, c1{B * k1, B * k1_low};
    return two_sum(c0.on(rounded(s)), two_prod(c1.on(rounded(s)), s));
  }
  /// v(t). Without pairs in the order that misrounds no input.
  template <approximate V> NONLIN_INLINE static V exponent(V t, V s) {
    return fma(t * s, k1, t * k0);
  }
  template <class V, class S> NONLIN_INLINE static auto exponent(V t, S s) {
    return two_prod(t, quadratic<1, 1>(s));
  }

  /// z, and f′(−t)·(1 + z)²/z; without pairs as it stands, or by its series.
  template <approximate V> NONLIN_INLINE static auto tail(V t, V s, V v) {
    const auto z = exp(-v);
    const V fall = value(z) + (1 - t * quadratic<1, 3>(s));
    return both{z, by_series_near(root, t, fall, 2.46065676463, -.0999115232256, .400447693534,
                                  .0759589909077)};
  }
  /// 1 + z − t·v′ vanishes at t = r. With E = e^(v(r) − v) and z = z(r)·E it is
  ///   z(r)·(E − 1) + (r − t)·(k₀ + 3k₁(t² + t·r + r²)): two terms of one sign.
  template <class V, class S> NONLIN_INLINE static auto tail(V t, S s, S v) {
    const auto [z, gain] = exp_and_expm1_bounded<power_at_root>(difference(exponent_at_root, v));
    const V square_sum = s + fma(t, root.hi, root.hi * root.hi);
    const V chord = fma(square_sum, constant{3 * k1, 3 * k1_low}.on(t), k0);
    const V fall = fma(rounded(difference(root, t)), chord, gain);
    return both{z, fall};
  }
};
