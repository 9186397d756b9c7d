#pragma once
#include "../csrc/formula.h"

/// hardtanh(x) = x between two limits, else the nearer one
///                                              Collobert 2004, Université Paris 6
///
/// 0 and 6 make ReLU6                           Krizhevsky 2010, University of Toronto
struct Hardtanh {
  parameter min_val = -1, max_val = 1;

  static constexpr auto parameters() {
    return std::array{named{"min_val", &Hardtanh::min_val}, named{"max_val", &Hardtanh::max_val}};
  }
  const char* refused() const {
    return min_val.wide > max_val.wide ? "`min_val` must not be greater than `max_val`" : nullptr;
  }
  static constexpr bool light = true;
  /// Else a limit, rounded, could lie between the two.
  bool saves_result(dtype type) const {
    return representable(min_val.wide, type) && representable(max_val.wide, type);
  }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V low = min_val, high = max_val;
    return jet{
        between(x, low, high),
        if_greater(x, low, if_greater(high, x, V(1), V(0)), zero_like(x)),
        V(0),
    };
  }

 private:
  /// The same numbers: comparisons say on which side of a limit a derivative is taken.
  template <class V> NONLIN_INLINE static V between(V x, V low, V high) {
    if constexpr (textbook<V>) {
      return if_greater(x, low, if_greater(high, x, x, high), low + zero_like(x));
    } else {
      // A limit of 0 has no sign of its own: −0 + 0 = 0, and −0 leaves all numbers as they are.
      return clamp(x, low, high) + if_greater(min(abs(low), abs(high)), 0, V(-0.), V(0));
    }
  }
};
