#pragma once
#include <nonlin/formula.h>

/// The largest of every group, by the same words as in ops/maxout.h.
struct Largest {
  template <class V> NONLIN_INLINE auto replaces(V best, V next) const {
    return best == best && !(next <= best);
  }
};
