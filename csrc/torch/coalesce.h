#pragma once
/// The tensors of a call as kernels see them: `operands` of csrc/descriptor.h.
#include <ATen/core/Tensor.h>

#include <optional>

#include "../descriptor.h"

namespace nonlin {

using at::Tensor;

/// A tensor and its place among the operands. In dimension `stretched` it has `factor` times as
/// many entries as the others. Its first entry is `offset` elements behind that of the tensor.
struct Operand {
  int place;
  const Tensor& tensor;
  bool written = false;
  std::int64_t stretched = -1, factor = 1, offset = 0;
};

/// What `coalesce` fills, for any number of tensors.
struct OperandsRef {
  void** data;
  std::int64_t (*stride)[max_rank];
  std::int64_t* size;
  int& rank;

  template <int Tensors>
  OperandsRef(operands<Tensors>& o) : data(o.data), stride(o.stride), size(o.size), rank(o.rank) {}
};

/// Sets `to` to the tensors that are defined, the others to null: dimensions of size 1 dropped, the
/// rest ordered by the strides of the first tensor, the fastest first, and neighbours merged where
/// every tensor allows that, except with the dimension `apart`. Returns where that came to lie, if
/// it has more than one entry. `name` is that of the operator, for an error about tensors with too
/// many dimensions that cannot be merged.
std::optional<int> coalesce(OperandsRef to, const std::string& name, at::IntArrayRef sizes,
                            at::ArrayRef<Operand>, std::optional<std::int64_t> apart = {});

/// The same of tensors of one shape, in their order, of which the first `written` are written: one
/// row where all are there, dense and laid out alike.
void coalesce_alike(OperandsRef to, const std::string& name, at::IntArrayRef sizes,
                    at::ArrayRef<const Tensor*>, std::size_t written);

}  // namespace nonlin
