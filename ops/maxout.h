#pragma once
#include "../csrc/formula.h"

/// maxout(x)ᵢ = the largest of x₍ᵢ₋₁₎ₖ₊₁ … xᵢₖ          Goodfellow et al. 2013, arXiv 1302.4389
///
/// The first of equals, as −0 and +0 are; NaN is larger than everything.
struct Maxout {
  template <class V> NONLIN_INLINE auto replaces(V best, V next) const {
    return best == best && !(next <= best);
  }
  template <textbook V> NONLIN_INLINE V choice(V best, V next) const { return max(best, next); }
};
