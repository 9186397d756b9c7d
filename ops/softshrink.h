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
    return jet{beyond(x), if_greater(abs(x), V(lambd), V(1), zero_like(x)), V(0)};
  }

 private:
  /// Not 0 where |x| > λ; NaN for NaN. It is written out twice, as a copy goes through memory.
  template <class V> NONLIN_INLINE V beyond(V x) const { return x - clamp(x, -V(lambd), V(lambd)); }
};
