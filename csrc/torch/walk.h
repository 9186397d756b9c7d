#pragma once
/// How kernels of the parametric and the groupwise family walk over tensors, and on which threads.
#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

#include "../descriptor.h"

namespace nonlin {

using at::Tensor;

/// The dimensions of some tensors of one shape, fastest first in the memory of the first of them.
/// Those of size 1 are dropped, and neighbours are merged where every tensor allows that, except
/// with the dimension `apart`.
class Walk {
 public:
  static constexpr int max_tensors = 5;

  /// A tensor's strides; in dimension `stretched` it has `factor` times as many entries as a step
  /// of the walk takes.
  struct Operand {
    const Tensor& tensor;
    std::int64_t stretched = -1, factor = 1;
  };
  /// `name` is that of the operator, for an error about tensors with too many dimensions.
  Walk(const std::string& name, at::IntArrayRef sizes, at::ArrayRef<Operand>,
       std::optional<std::int64_t> apart = {});

  int rank() const { return rank_; }
  /// Where `apart` came to lie, if it has more than one entry.
  std::optional<int> apart() const { return apart_; }
  /// Writes sizes, or the strides of tensor `t` in bytes.
  void copy_sizes(std::int64_t* size) const;
  void copy_strides(std::size_t t, std::int64_t* stride) const;

 private:
  struct Dim {
    std::int64_t size, stride[max_tensors];
    bool apart;
  };
  Dim dims_[max_rank];
  int rank_ = 0;
  std::optional<int> apart_;
};

/// Calls f(begin, end) for ranges that make up [0, tasks), on PyTorch's threads.
void in_parallel(std::int64_t tasks,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& f);

/// Elements below which a second thread does not pay; ATen's own figure.
inline constexpr std::int64_t grain_size = 32768;

}  // namespace nonlin
