#pragma once
#include "../csrc/formula.h"

/// swish(x) = x·σ(βx)                                           Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// As f(x) − f(−x) = x, everything is said of the tail: with u = |βx|, z = e⁻ᵘ and the signs of x and βx,
///   f = ±|x|·z/(1 + z),   f′ = z·(1 + z − u)/(1 + z)²,   f″ = β·z/(1 + z)²·(2 − u·(1 − z)/(1 + z))
struct swish {
  parameter beta = 1;

  static constexpr auto parameters() { return std::array{named{"beta", &swish::beta}}; }

  template <class V>
  NONLIN_INLINE auto operator()(V x) const {
    const V end = reach(V(beta)), t = magnitude(x, end);
    // Beyond the end z stands for zero, even if it is multiplied by infinity.
    const V weight = if_greater(abs(x), end, 0, t), steepness = if_greater(abs(x), end, 0, beta);
    const V side = beta * copysign(t, x) + 0;  // of −0, as of β = 0, the positive one
    const auto u = product(abs(V(beta)), t);
    const auto z = exp(-u);
    const V p = value(z), high = rounded(u);
    return jet{copysign(reflect(side, abs(x), weight * z / (1 + z)), x),
               reflect(side, 1, slope(u)),
               value(steepness * (2 - high * ((1 - p) / (1 + p))) * z / square(1 + z))};
  }

 private:
  /// f′ of the tail as it stands: an input of eight bits stays away from the root.
  template <class V>
    requires(V::bits <= 8)
  NONLIN_INLINE static auto slope(V u) {
    const auto z = exp(-u);
    return (value(z) + (1 - u)) * z / square(1 + z);
  }
  /// 1 + z − u vanishes at u = r. With E = e^(r − u) and z = (r − 1)·E it is (r − 1)·(E − 1) + (r − u): two terms of
  /// one sign.
  template <class U>
  NONLIN_INLINE static auto slope(U u) {
    constexpr constant root{1.2784645427610737951, 1.0946994183093437e-16};
    constexpr constant rest{.27846454276107379511, -1.5523606315812798e-18};
    const auto d = difference(root, u);
    const auto E = exp(d);
    const auto z = rest.on(rounded(u)) * E;
    return fma(expm1(d), rest.hi, rounded(d)) * z / square(1 + z);
  }
};
