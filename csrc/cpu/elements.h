#pragma once
#include "strided.h"

/// The walk over the elements of a call whose tensors have one shape. A kernel of a formula
/// computes elements that lie side by side; all else is compiled once.
namespace nonlin {

/// The tensors of a call, however many a family has. Null: absent.
struct element_operands {
  void* const* data;
  const std::int64_t (*stride)[max_rank];
  const std::int64_t* size;
  int rank;

  template <int Tensors>
  element_operands(const operands<Tensors>& o)
      : data(o.data), stride(o.stride), size(o.size), rank(o.rank) {}
};

/// What a formula's unit computes, for one pass and type.
struct element_kernel {
  int element_size, step, outputs, tensors;
  /// Computes `count` elements, a multiple of `step`, of tensors whose elements lie side by side
  /// from `at` on: the outputs, then the inputs.
  void (*steps)(const void* formula, void* const* at, std::int64_t count);
};

/// Elements [begin, end) of the walk. Every element is computed in whole steps, wherever it lies
/// and however many there are: what is left over goes through a buffer that is filled up. Of an
/// absent tensor the kernel reads what it must not use, and what it writes is dropped.
NONLIN_EXPORT void run_elements(const element_operands&, std::int64_t begin, std::int64_t end,
                                const element_kernel&, const void* formula);

}  // namespace nonlin
