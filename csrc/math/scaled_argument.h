#pragma once
#include "logistic.h"

/// u = |b|·t, t = |x|, as an argument of z = e⁻ᵘ for all x and b, infinities included: beyond the
/// domain of exp z stands for zero, even times infinity. What lanes do about it differs, and with
/// it the order of products that neither overflow nor underflow before the last one; a GPU's is in
/// gpu/scaled_argument.h.
///   domain    all
///   error     that of the operations that a function names
///   ends      z counts as zero beyond the domain of exp; derivatives by b at 0 are from the right
///   own text  GPU, where a comparison costs less than the quotient in scaled_argument_limit
template <class V> struct scaled_argument {
  V b, t;

 private:
  V one_, x_inside_, x_;

 public:
  /// A number with the sign of b·x. 0·x has no side, but its derivative by b has.
  V side;

  NONLIN_INLINE scaled_argument(V x, V signed_b)
      : b(abs(signed_b)),
        t(magnitude(x, min(scaled_argument_limit(b), finite_limit(b)))),
        one_(inside_exp(b * abs(x))),
        x_inside_(if_greater(b * abs(x), exp_argument_limit<V>, 0, x)),
        x_(x),
        side(sign(x, signed_b)) {}

  /// ±|x|·σ(±u), whichever is its side.
  NONLIN_INLINE V gated(V x, auto u) const {
    if constexpr (requires { gated_by_logistic_of(side, x, b, t, u); }) {
      return gated_by_logistic_of(side, x, b, t, u);  // for compilers
    }
    return copysign(reflect(side, abs(x), logistic_tail(one_ * span(), u)), x);
  }
  /// 0 beyond the domain, else a·w/d, w a multiple of z and d a power of 1 + z: a derivative that
  /// is f(−u) on the left and 1 − f(−u) on the right.
  NONLIN_INLINE V reflected(V a, auto w, auto d) const {
    const auto tail = one_ * product_quotient(a, w, d);
    if constexpr (requires { slope_gated_by_logistic(side, x_, b, tail); }) {
      return slope_gated_by_logistic(side, x_, b, tail);  // for compilers
    } else {
      return reflect(side, 1, tail);
    }
  }
  /// Two factors of t²·q, q = w/d as above.
  NONLIN_INLINE std::array<V, 2> times_t_squared(auto q, auto w, auto d) const {
    return split_exponent(one_ * t * corrected(q, w, d), min(V(largest_finite<V> / 4), t));
  }
  /// b·q·a and x·q·a, 0 beyond the domain.
  NONLIN_INLINE V times_b(V signed_b, auto q, V a) const { return value(one_ * signed_b * q * a); }
  NONLIN_INLINE V times_x(V, auto q, V a) const { return value(x_inside_ * q * a); }

 private:
  /// What t may be: where z is not 1 its mantissa may be up to 4.
  NONLIN_INLINE static V finite_limit(V b) {
    return if_greater(b, 0, largest_finite<V> / 4, largest_finite<V>);
  }
  NONLIN_INLINE static V sign(V x, V b) {
    if constexpr (textbook<V>) {
      return if_negative(b, -x, x);
    } else {
      return if_greater(abs(b), 0, b * x, 1);
    }
  }
  /// t for the value: where b is 0 it is to reach infinity. Other lanes take the right side then.
  NONLIN_INLINE V span() const {
    if constexpr (textbook<V>) {
      return if_greater(b, 0, t, if_negative(side, abs(x_), t));
    } else {
      return t;
    }
  }
  /// w/d, of which q is an estimate: of doubles with the correction that their operator/ spares,
  /// for which 1/(1 + z)² within 4 % will do.
  template <class Q, class W, class D> NONLIN_INLINE static auto corrected(Q q, W w, D d) {
    if constexpr (compensated<V> && !float_range<V>) {
      const V z = value(w), excess = fma(q.m, d.z, fma(q.m, d.c, -w.m));
      return mantissa_exponent{fma(-excess, fma(z, fma(z, .6457, -1.3466), .9607), q.m), q.n};
    } else {
      return q;
    }
  }
};
