#pragma once
#include "../csrc/formula.h"

/// relu(x) = x for x > 0, else 0                Nair, Hinton 2010, ICML 27
struct Relu {
  static constexpr bool light = true;
  bool saves_result(dtype) const { return true; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{
        value_at(x),
        if_positive(x, 1, zero_like(x)),
        V(0),
    };
  }

 private:
  /// The same numbers: a comparison says on which side of 0 a derivative is taken.
  template <class V> NONLIN_INLINE static V value_at(V x) {
    if constexpr (requires { prefers_limits(x); }) {  // for compilers
      return positive_part(x) + V(0);
    } else if constexpr (textbook<V>) {
      return if_positive(x, x, zero_like(x));
    } else {
      return max(V(0), x) + V(0);  // not −0
    }
  }
};
