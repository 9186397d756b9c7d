#pragma once
#include "../scaled_argument.h"
#include "estimates.h"

/// Beyond the domain t is zero, and z one: what is multiplied by neither is taken apart.
template <int Bits> struct scaled_argument<gpu_lane<Bits>> {
  using V = gpu_lane<Bits>;
  V side, b, t;

  NONLIN_INLINE scaled_argument(V x, V signed_b)
      : side(signed_b * x), b(abs(signed_b)), t(inside(magnitude(x, finite_limit(b)))) {}

  NONLIN_INLINE V gated(V x, auto u) const {
    return copysign(abs(if_greater(0, side, 0, abs(x)) - logistic_tail(t, u)), x);
  }
  NONLIN_INLINE V reflected(V a, auto w, auto d) const {
    return reflect(side, 1, product_quotient(inside(a), w, d));
  }
  NONLIN_INLINE std::array<V, 2> times_t_squared(auto q, auto, auto) const {
    return split_exponent(t * q, has_estimates<V> ? t : min(V(largest_finite<V> / 4), t));
  }
  NONLIN_INLINE V times_b(V signed_b, auto q, V a) const { return times(signed_b, q, a); }
  NONLIN_INLINE V times_x(V x, auto q, V a) const { return times(x, q, a); }

 private:
  NONLIN_INLINE V inside(V a) const { return if_greater(abs(side), exp_argument_limit<V>, -0., a); }
  /// Next to a root of a neither x nor b overflows before the product does.
  NONLIN_INLINE V times(V factor, auto q, V a) const {
    const auto [first, last] = split_exponent(q, V(1));
    return first * a * inside(factor) * last;
  }
  NONLIN_INLINE static V finite_limit(V b) {
    if constexpr (has_estimates<V>) {
      return largest_finite<V>;
    } else {
      return if_greater(b, 0, largest_finite<V> / 4, largest_finite<V>);
    }
  }
};
