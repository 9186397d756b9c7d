#pragma once
#include "strided.h"

/// A tile of a parametric job: which elements are computed when, with which weights, and in which
/// order their terms are summed. Kernels of a formula compute blocks of elements that lie side by
/// side; all else is compiled once.
namespace nonlin {

/// Elements side by side: the first one in each tensor, null where that is absent.
struct tile_block {
  void* at[parametric::slots];
  std::int64_t count;
  bool nontemporal;  // results go past the caches
};

/// Whether a block is the first, or the last one of its line.
struct sums_part {
  bool first, last;
};

/// What a formula's unit computes of a block, for one pass and type.
struct tile_kernels {
  int element_size;
  bool may_stream;
  /// Where all elements have the weight at `w`, and `v` from grad_grad_weight, null if absent.
  /// Unless `sums` is null, adds up their terms: from zero in the first part of a line, from what
  /// the part before left in `sums` in others; returns the sum after the last one.
  double (*fixed)(const tile_block&, const void* w, const void* v, double* sums, sums_part);
  /// Where each element has a weight, and a sum unless null. May read weights, and rewrite sums,
  /// up to `max_step` elements beyond the block.
  void (*varying)(const tile_block&, const void* w, const void* v, double* sums);
};

/// The most that `fixed` keeps in `sums`.
inline constexpr int tile_sums = 2 * max_step;

/// Of the job's tensors those that `used` has the bit of.
NONLIN_EXPORT void run_tile(const parametric::job&, const parametric::tile&, unsigned used,
                            const tile_kernels&);

}  // namespace nonlin
