#pragma once
/// Functions of csrc/math/ on arrays, by the lanes of one instruction set, each as a function of
/// one number; tests/cpp/primitive_rows.h has these functions in long double. Included in the
/// namespace of the lanes; what it defines is compiled for that instruction set.
#include "csrc/formula.h"
#include "tests/cpp/two_texts.h"

template <class V, class T, class P> static void map(P p, const T* x, T* y, int size) {
  for (int i = 0; i < size; i += V::size) V(p(V::load(x + i))).store(y + i);
}

inline constexpr constant third_of_one{1. / 3, 0x1.5555555555555p-56};

template <class V, class T> static void evaluate(primitive which, const T* x, T* y, int size) {
  const auto of = [&](auto p) { map<V>(p, x, y, size); };
  switch (which) {
    case primitive::exp:
      return of([](V a) { return value(exp(a)); });
    case primitive::exp_bounded:
      return of([](V a) { return value(exp_bounded(a)); });
    case primitive::expm1:
      return of([](V a) { return expm1(a); });
    case primitive::times_expm1:
      return of([](V a) { return expm1(V(-1.375), a); });
    case primitive::exp_and_expm1:
      if constexpr (compensated<V>) {
        return of([](V a) { return exp_and_expm1<third_of_one>(double_word<V>{a, 0}).second; });
      }
      return;
    case primitive::exp_and_expm1_bounded:
      if constexpr (compensated<V>) {
        return of([](V a) {
          return value(exp_and_expm1_bounded<third_of_one>(double_word<V>{a, 0}).first);
        });
      }
      return;
    case primitive::exp_decay:
      return of([](V t) { return value(exp_decay<tanh_softplus_power>(tanh_softplus_root, t)); });
    case primitive::nonpositive_argument:
      return of([](V a) { return nonpositive_argument(a); });
    case primitive::logistic_tail:
      return of([](V a) { return value(logistic_tail(V(1.375), a)); });
    case primitive::logistic_tail_bounded:
      return of([](V a) { return value(logistic_tail_bounded(V(1.375), a)); });
    case primitive::half_tanh:
      return of([](V a) { return value(half_tanh(a, exp(-a))); });
    case primitive::gaussian:
      return of([](V t) { return value(gaussian(t)); });
    case primitive::normal_tail:
      return of([](V t) { return value(normal_tail(V(1), t)); });
    case primitive::normal_density:
      return of([](V t) { return value(normal_density(V(1), t)); });
    case primitive::gelu_tail_slope:
      return of([](V t) { return value(gelu_tail_slope(t)); });
    case primitive::mills_ratio:
      if constexpr (!V::traits.gpu) of([](V t) { return mills_ratio(V(1), t); });
      return;
    case primitive::gelu_tail_slope_ratio:
      if constexpr (!V::traits.gpu) of([](V t) { return gelu_tail_slope_ratio(V(1), t); });
      return;
    case primitive::saturating_ratio:
      return of([](V a) {
        const V limited = clamp(a, -exp_decay_limit<V>, V::bits > 24 ? 40 : 20);
        return saturating_ratio(a, limited, 2, times_offset(2, exp_bounded(limited)));
      });
    case primitive::full_range_quotient:
      return of([](V a) { return full_range_quotient(V(1.375), a); });
    case primitive::quotient:
      return of([](V a) { return quotient(V(1.375), offset_sum<V>{1, a}); });
    case primitive::corrected_quotient:
      return of([](V a) {
        return value(
            corrected_quotient(mantissa_exponent{V(1.375), V::one()}, offset_sum<V>{1, a}));
      });
    case primitive::product_quotient:
      return of([](V a) { return product_quotient(V(1.375), a, offset_sum<V>{1, a}); });
    case primitive::difference:
      return of([](V t) { return rounded(difference(third_of_one, t)); });
    case primitive::fast_difference:
      return of([](V t) { return rounded(fast_difference(third_of_one, t)); });
    case primitive::make_double_word:
      return of([](V a) { return rounded(make_double_word(a, V(0))); });
    case primitive::rounded:
      return of([](V a) { return rounded(offset_sum<V>{1.375, a}); });
    case primitive::square:
      return of([](V a) { return square(a); });
    case primitive::value:
      return of([](V a) { return value(V(1.375) * (V(2) * exp(a))); });
    case primitive::at:
      return of([](V a) { return at(expm1_53(), a); });
    case primitive::positive_part:
      return of([](V a) { return positive_part(a); });
    case primitive::magnitude:
      return of([](V a) { return magnitude(a, 2); });
    case primitive::zero_like:
      return of([](V a) { return zero_like(a); });
    case primitive::clamp:
      return of([](V a) { return clamp(a, -1, 2); });
    case primitive::if_positive:
      return of([](V a) { return if_positive(a, 2, 3); });
    case primitive::pick_positive:
      return of([](V a) { return pick_positive(a, 2, 3); });
    case primitive::detached:
      return of([](V a) { return detached(a); });
    case primitive::copysign:
      return of([](V a) { return copysign(V(1.375), a); });
    case primitive::signed_zero:
      return of([](V a) { return signed_zero(0 * abs(a), a); });
    case primitive::reflect:
      return of([](V a) { return reflect(a, 1, V(.25)); });
  }
}

template <template <int> class Lane> constexpr primitives primitives_of() {
  return {evaluate<Lane<24>, float>,     evaluate<Lane<8>, float>,
          evaluate<double_lane, double>, differences<Lane<24>, float>,
          differences<Lane<8>, float>,   differences<double_lane, double>};
}
