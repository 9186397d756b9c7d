#pragma once
#include "../formula.h"

/// Groupwise: one entry of each group is chosen, from first to last: `replaces(best, next)` says
/// whether `next` takes the place of `best`, the choice among those before it. No entry replaces a
/// choice that was offered it before. A place outside the group chooses nothing: backward writes
/// zeros, and gather a zero.
///
/// A formula may have `choice(best, next)` too, on textbook lanes: the one of both that is chosen,
/// by an operation that compilers have an instruction for; between zeros the sign is free.
template <class F, class V>
concept groupwise_formula = requires(const F& f, V best, V next) {
  f.replaces(best, next);
};
