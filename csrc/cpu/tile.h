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

/// Blocks with one weight each: the first one, and the bytes from each block, weight and `v` from
/// grad_grad_weight to the next. What is absent is null and has stride 0.
struct tile_lines {
  tile_block first;
  std::int64_t lines, stride[parametric::slots];
  const void *w, *v;
  std::int64_t w_stride, v_stride;
};

/// Whether a block is the first, or the last one of its line.
struct sums_part {
  bool first, last;
};

/// What a formula's unit computes of a block, for one pass and type.
struct tile_kernels {
  int element_size;
  bool may_stream;
  /// Where all elements of a block have one weight. Unless `totals` is null, sums the terms of each
  /// block and adds the sum to its total; of a line in parts the last one does, after each has left
  /// in `sums` what the next one begins with.
  void (*fixed)(const tile_lines&, double* totals, double* sums, sums_part);
  /// Where each element has a weight, and a sum unless null. May read weights, and rewrite sums,
  /// up to `max_step` elements beyond the block.
  void (*varying)(const tile_block&, const void* w, const void* v, double* sums);
};

/// The most that `fixed` keeps in `sums`.
inline constexpr int tile_sums = 2 * max_step;

/// The job's tensors in the mask `used` go into the kernels.
NONLIN_EXPORT void run_tile(const parametric::job&, const parametric::tile&, unsigned used,
                            const tile_kernels&);

}  // namespace nonlin
