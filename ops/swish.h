#pragma once
#include "../csrc/formula.h"

/// swish(x) = x·σ(βx)                           Ramachandran, Zoph, Le 2017, arXiv 1710.05941
///
/// As f(x) − f(−x) = x, everything is said of the tail: with u = |βx|, z = e⁻ᵘ, q = z/(1 + z),
///   f = ±|x|·q,   f′ = z·(1 + z − u)/(1 + z)²,   f″ = β·q·(1 − q)·(2 − u + 2u·q)
struct swish {
  parameter beta = 1;

  static constexpr auto parameters() { return std::array{named{"beta", &swish::beta}}; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V b = abs(V(beta)), roof = if_greater(b, 0, largest<V> / 4, largest<V>);
    const V t = magnitude(x, min(reach(b), roof));  // with a roof, as z has a mantissa up to 4
    // Beyond the reach z stands for zero, even times infinity. 0·x has no side.
    const V inside = if_greater(b * abs(x), power_end<V>, 0, 1);
    const V side = if_greater(b, 0, beta * x, 1);
    const auto u = product(b, t);
    const auto z = exp(-u);
    const auto q = z / (1 + z);
    const V p = value(q), bow = fma(2 * rounded(u), p, rounded(difference(2, u)));
    return jet{
        copysign(reflect(side, abs(x), inside * t * z / (1 + z)), x),
        reflect(side, 1, inside * slope(u)),
        value(inside * beta * (1 - p) * bow * q),
    };
  }

 private:
  /// f′ of the tail as it stands.
  template <brief V> NONLIN_INLINE static auto slope(V u) {
    const auto z = exp(-u);
    return (value(z) + (1 - u)) * z / square(1 + z);
  }
  /// 1 + z − u vanishes at u = r. With E = e^(r − u) and z = (r − 1)·E it is
  /// (r − 1)·(E − 1) + (r − u): two terms of one sign.
  template <class U> NONLIN_INLINE static auto slope(U u) {
    constexpr constant root{1.2784645427610737951, 1.0946994183093437e-16};
    constexpr constant rest{.27846454276107379511, -1.5523606315812798e-18};
    const auto d = difference(root, u);
    const auto E = exp(d);
    const auto z = rest.on(rounded(u)) * E;
    return fma(expm1(d), rest.hi, rounded(d)) * z / square(1 + z);
  }
};
