#pragma once
#include "../csrc/formula.h"

struct Identity {
  static constexpr bool light = true, bounded_slope = true;

  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{x, V(1), V(0)}; }
};

/// bilinear(a, b) = a·b                          Shazeer 2020, arXiv 2002.05202
struct Bilinear : with_gate<Identity> {};
