#pragma once
#include "../csrc/formula.h"

/// softshrink(x) = x − λ for x > λ, x + λ for x < −λ, else 0
///                                              Donoho 1995, IEEE Trans. Information Theory 41
struct Softshrink {
  parameter lambd = .5;

  static constexpr auto parameters() { return std::array{named{"lambd", &Softshrink::lambd}}; }
  const char* refused() const { return lambd.wide < 0 ? "`lambd` must be at least 0" : nullptr; }
  static constexpr bool light = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V y = x - clamp(x, -V(lambd), V(lambd));  // no zero where |x| > λ, NaN for NaN
    return jet{y, if_greater(abs(y), 0, 1, y), V(0)};
  }
};
