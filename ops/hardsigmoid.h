#pragma once
#include "../csrc/formula.h"

/// hardsigmoid(x) = min(max(x + 3, 0), 6)/6      Courbariaux, Bengio, David 2015, arXiv 1511.00363
/// hardsigmoid′   = 1/6 for −3 < x < 3, else 0
///
/// x + 3 has no error next to −3, and elsewhere its low part is kept: the quotient rounds once.
struct Hardsigmoid {
  static constexpr bool light = true;  // memory sets its pace

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{value(x), if_greater(3, abs(x), 1 / 6., zero_like(x)), V(0)};
  }

  template <class V> NONLIN_INLINE static V value(V x) {
    const V c = clamp(x, -3, 3);
    return sixth(fast_two_sum(offset_sum<V>{3, c}));
  }
  /// a/6, rounded once.
  template <class A> NONLIN_INLINE static auto sixth(A a) {
    constexpr constant c{1 / 6., 9.25185853854297e-18};
    return a * c.on(rounded(a));
  }
};
