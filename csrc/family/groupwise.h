#pragma once
#include "../formula.h"

/// Groupwise: one entry of each group is chosen, from first to last: `replaces(best, next)` says
/// whether `next` takes the place of `best`, the choice among those before it. No entry replaces a
/// choice that was offered it before. A place outside the group chooses nothing: backward writes
/// zeros, and gather a zero.
template <class F, class V>
concept groupwise_formula = requires(const F& f, V best, V next) {
  f.replaces(best, next);
};
