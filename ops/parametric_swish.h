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
    const V b = abs(beta), t = magnitude(x, min(scaled_argument_limit(b), roof(b)));
    // Beyond the reach z stands for zero, even times infinity.
    const V inside = if_greater(b * abs(x), exp_argument_limit<V>, 0, 1);
    const V x_inside = if_greater(b * abs(x), exp_argument_limit<V>, 0, x);
    const V side = sign(x, beta);
    const auto u = exact_product(b, t);
    const auto z = exp(-u);
    const auto [w, fall] = tail(u);
    const auto below = square(1 + w);
    const auto bell = w / below;
    const V p = fma(value(bell), value(w), value(bell));
    const V rise = fma(value(w), 2 + rounded(u), rounded(difference(2, u)));
    // Their product is f_β. The exponent of w may be positive.
    const auto [near, far] =
        split_exponent(inside * t * corrected(bell, w, below), min(V(largest_finite<V> / 4), t));
    // f_xx rounds as swish does, f_xβ once less.
    return parametric_jet{
        copysign(reflect(side, abs(x), logistic_tail(inside * span(side, x, b, t), u)), x),
        reflect(side, 1, inside * slope(fall, w, below)),
        near * far,
        value(inside * beta * bell * ((1 - p) * rise)),
        value(x_inside * bell * fma(-p, rise, rise)),
        copysign(near * half_tanh(u, z) * t * far, -beta),
    };
  }

  /// On CUDA a comparison costs less than the quotient in scaled_argument_limit(). Beyond the reach
  /// t is zero, and z one. What is the same above stands here again: in a struct it would be
  /// spilled with AVX2.
  template <machine_lane V>
  NONLIN_INLINE auto operator()(V x, V beta) const requires(V::traits.gpu) {
    const V side = beta * x, b = abs(beta);
    const auto inside = [&](V a) { return if_greater(abs(side), exp_argument_limit<V>, -0., a); };
    const V t = inside(magnitude(x, roof(b)));
    const auto u = exact_product(b, t);
    const auto z = exp(-u);
    const auto [w, fall] = tail(u);
    const auto below = square(1 + w);
    const auto bell = w / below;
    const V p = fma(value(bell), value(w), value(bell));
    const V rise = fma(value(w), 2 + rounded(u), rounded(difference(2, u)));
    const auto [near, far] =
        split_exponent(t * bell, has_estimates<V> ? t : min(V(largest_finite<V> / 4), t));
    // Next to K neither x nor β overflows before the product does.
    const auto [first, last] = split_exponent(bell, V(1));
    const auto times = [&](V a, V rest) { return first * rest * inside(a) * last; };
    return parametric_jet{
        copysign(abs(if_greater(0, side, 0, abs(x)) - logistic_tail(t, u)), x),
        reflect(side, 1, slope(inside(fall), w, below)),
        near * far,
        times(beta, (1 - p) * rise),
        times(x, fma(-p, rise, rise)),
        copysign(near * half_tanh(u, z) * t * far, -beta),
    };
  }

  /// z, and 1 + z − u; without pairs as it stands, or by its series.
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
  /// fall·w/below, in the order that misrounds fewer inputs of half precision, or else sooner; on
  /// CUDA with one rounding less, for the sake of 4 ULP.
  template <class V, class W, class Below>
  NONLIN_INLINE static auto slope(V fall, W w, Below below) {
    if constexpr (V::traits.gpu && compensated<V>) {
      return two_prod(fall, w) / below;
    } else if constexpr (compensated<V> && V::bits < 24) {
      return fall * w / below;
    } else {
      return fall * (w / below);
    }
  }

  /// w/below, of which q is an estimate: of doubles with the correction that their operator/
  /// spares, for which 1/(1 + z)² within 4 % will do.
  template <class Q, class W, class Below> NONLIN_INLINE static Q corrected(Q q, W, Below) {
    return q;
  }
  template <class V, class N>
  NONLIN_INLINE static auto corrected(mantissa_exponent<V, N> q, mantissa_exponent<V, N> w,
                                      offset_sum<V> below) requires(compensated<V> &&
                                                                    !float_range<V>) {
    const V z = value(w), excess = fma(q.m, below.z, fma(q.m, below.c, -w.m));
    return mantissa_exponent{fma(-excess, fma(z, fma(z, .6457, -1.3466), .9607), q.m), q.n};
  }

 private:
  static constexpr constant root{1.2784645427610737951, 1.0946994183093437e-16};
  static constexpr constant power_at_root{.27846454276107379511, -1.5523606315812798e-18};

  /// What t may be: where z is not 1 its mantissa may be up to 4, but for estimates.
  template <class V> NONLIN_INLINE static V roof(V b) {
    if constexpr (has_estimates<V>) {
      return largest_finite<V>;
    } else {
      return if_greater(b, 0, largest_finite<V> / 4, largest_finite<V>);
    }
  }
  /// A number with the sign of βx. 0·x has no side, but its derivative by β has.
  template <class V> NONLIN_INLINE static V sign(V x, V beta) {
    if constexpr (textbook<V>) {
      return if_negative(beta, -x, x);
    } else {
      return if_greater(abs(beta), 0, beta * x, 1);
    }
  }
  /// t for the value: where β is 0 it is to reach infinity. Other lanes take the positive side
  /// then.
  template <class V> NONLIN_INLINE static V span(V side, V x, V b, V t) {
    if constexpr (textbook<V>) {
      return if_greater(b, 0, t, if_negative(side, abs(x), t));
    } else {
      return t;
    }
  }
};
