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
    // A limit of 0 has no sign of its own: −0 + 0 = 0, and −0 leaves all numbers as they are.
    const V unsigned_zero = if_greater(min(abs(low), abs(high)), 0, V(-0.), V(0));
    return jet{
        clamp(x, low, high) + unsigned_zero,
        if_greater(x, low, if_greater(high, x, V(1), V(0)), zero_like(x)),
        V(0),
    };
  }
};
