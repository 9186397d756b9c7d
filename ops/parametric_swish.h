#pragma once
#include "../csrc/formula.h"

/// parametric_swish(x, β) = x·σ(βx)             Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// As f(x) − f(−x) = x, everything is said of the tail: with t = |x|, u = |β|t, z = e⁻ᵘ,
/// q = z/(1 + z), q′ = z/(1 + z)², K = q′·(1 − q)·(2 − u + (2 + u)·z)
///   f = ±t·q,   f_x = (1 + z − u)·q′,   f_β = t²·q′,
///   f_xx = β·K,   f_xβ = x·K,   f_ββ = ±t³·q′·(1 − 2q)
struct ParametricSwish {
  static constexpr const char* weight = "beta";
  static constexpr autocast casts = autocast::lower_precision;

  template <class V> NONLIN_INLINE auto operator()(V x, V beta) const {
    const scaled_argument<V> a(x, beta);
    const auto u = exact_product(a.b, a.t);
    const auto z = exp(-u);
    const auto [w, fall] = tail(u);
    const auto below = square(1 + w);
    const auto bell = w / below;
    const V p = fma(value(bell), value(w), value(bell));
    const V rise = fma(value(w), 2 + rounded(u), rounded(difference(2, u)));
    // Their product is f_β. The exponent of w may be positive.
    const auto [near, far] = a.times_t_squared(bell, w, below);
    // f_xx rounds as swish does, f_xβ once less.
    return parametric_jet{
        a.gated(x, u),
        a.reflected(fall, w, below),
        near * far,
        a.times_b(beta, bell, (1 - p) * rise),
        a.times_x(x, bell, fma(-p, rise, rise)),
        copysign(near * half_tanh(u, z) * a.t * far, -beta),
    };
  }

  /// z, and 1 + z − u; on approximate lanes as it stands, or by its series.
  template <approximate V> NONLIN_INLINE static auto tail(V u) {
    const auto z = exp(-u);
    return both{z, by_series_near(root, u, value(z) + (1 - u), 1.27846454276, .139232271381,
                                  .0464107571268, .0116026892817)};
  }
  template <approximate V> NONLIN_INLINE static auto tail(double_word<V> u) {
    const V z = exp(-u.hi);
    return both{z, by_series_near(root, u, z + (1 - u.hi), 1.27846454276, .139232271381,
                                  .0464107571268, .0116026892817)};
  }
  /// The latter vanishes at u = r. With E = e^(r − u) and z = (r − 1)·E it is
  /// (r − 1)·(E − 1) + (r − u): two terms of one sign.
  template <class U> NONLIN_INLINE static auto tail(U u) {
    const auto d = fast_difference(root, u);
    const auto [power, gain] = exp_and_expm1<power_at_root>(d);
    return both{power, gain + rounded(d)};
  }

 private:
  static constexpr constant root{1.2784645427610737951, 1.0946994183093437e-16};
  static constexpr constant power_at_root{.27846454276107379511, -1.5523606315812798e-18};
};
