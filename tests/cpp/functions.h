#pragma once
/// Elementary functions on arrays, by the lanes of one instruction set. Included in its namespace,
/// after its lanes; what it defines is compiled for that instruction set.
#include "csrc/formula.h"

template <class V> static V compute(function which, V x) {
  const V t = magnitude(x, exp_decay_limit<V>);
  switch (which) {
    case function::log:
      return log(x);
    case function::log1p:
      return log1p(x);
    case function::log1p_of_exp:
      return value(V(1) * log1p_of_exp(exp(-t)));
    case function::logistic:
      return logistic(x);
    case function::gated_by_logistic:
      return gated_by_logistic(x, t);
    case function::softplus:
      return softplus(x);
    case function::log_logistic:
      return log_logistic(x);
    case function::tanh:
      return tanh(x);
    case function::tanh_from_exp:
      return tanh_from_exp(t, exp(-t));
    case function::minus_tanh: {
      const V limited = magnitude(x, exp_decay_limit<V> / 2);
      return minus_tanh(V(abs(x)), limited, exp(-2 * limited));
    }
    case function::logistic_from_exp:
      return logistic_from_exp(x, t, exp(-t));
    case function::logistic_as_slope:
      return logistic_as_slope(x);
    case function::logistic_slope:
      return value(logistic_slope(exp(-t)));
    case function::softplus_double_word:
      return rounded(softplus_double_word(x));
    case function::scaled_softplus: {
      const V b = 1.5, inside = inside_exp(V(abs(b * x)));
      const auto u = exact_product(b, magnitude(x, scaled_argument_limit(b)));
      return scaled_softplus(x, V(b * x), inside, u, exp(-u), b);
    }
    case function::sech_squared:
      return value(sech_squared(V(1), exp(-t)));
    case function::erf:
      return erf(x);
    case function::erfc:
      return value(erfc(V(1), x));
    case function::tanh_near_zero:
      return tanh_near_zero(x);
    case function::erf_near_zero:
      return rounded(erf_near_zero(x, V(x * x)));
    case function::erf_beyond_one:
      return erf_beyond_one(x);
    case function::times_erf_softplus:
      return times_erf_softplus(x);
    case function::erf_softplus_slope:
      return erf_softplus_slope(x);
    case function::normal_tail_by:
      if constexpr (has_estimates<V>) {
        return value(normal_tail(V(1), x));
      } else {
        return value(normal_tail_by(gaussian(x), V(1), x));
      }
    case function::sin:
      return sin(x);
    case function::cos:
      return cos(x);
    case function::sqrt:
      return sqrt(x);
    case function::rsqrt:
      return out_of_line([](V a) { return rsqrt(a); }, x);
  }
  return x;
}

template <class V, class T> static void compute_all(function which, const T* x, T* y, int size) {
  for (int i = 0; i < size; i += V::size) compute(which, V::load(x + i)).store(y + i);
}
template <class V, class T> static void logarithms(const T* x, T* hi, T* lo, int size) {
  for (int i = 0; i < size; i += V::size) {
    const auto y = log_double_word(V::load(x + i));
    y.hi.store(hi + i), y.lo.store(lo + i);
  }
}

template <template <int> class Lane> constexpr functions functions_of() {
  return {compute_all<Lane<24>, float>, compute_all<Lane<11>, float>,
          compute_all<Lane<8>, float>,  compute_all<double_lane, double>,
          logarithms<Lane<24>, float>,  logarithms<double_lane, double>};
}
