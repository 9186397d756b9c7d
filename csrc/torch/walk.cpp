#include "walk.h"

#include <ATen/TensorIterator.h>
#include <ATen/ops/empty.h>

namespace nonlin {

Walk::Walk(const std::string& name, at::IntArrayRef sizes, at::ArrayRef<Operand> operands,
           std::optional<std::int64_t> apart) {
  for (auto d = static_cast<std::int64_t>(sizes.size()); d-- > 0;) {
    if (sizes[d] == 1) continue;
    // One is left for an entry that stands for a missing dimension.
    TORCH_CHECK(rank_ < max_rank - 1, name, ": tensors with at most ", max_rank - 1,
                " dimensions are supported, got ", sizes.size());
    Dim dim{sizes[d], {}, d == apart};
    for (std::size_t t = 0; t < operands.size(); ++t) {
      const auto& [tensor, stretched, factor] = operands[t];
      const auto bytes = static_cast<std::int64_t>(tensor.element_size());
      dim.stride[t] = tensor.stride(d) * bytes * (d == stretched ? factor : 1);
    }
    // Insertion: equal strides stay in the order of the last dimension first.
    int at = rank_++;
    for (; at > 0 && dims_[at - 1].stride[0] > dim.stride[0]; --at) dims_[at] = dims_[at - 1];
    dims_[at] = dim;
  }
  int last = 0;
  for (int d = 1; d < rank_; ++d) {
    Dim &inner = dims_[last], &outer = dims_[d];
    bool merge = !inner.apart && !outer.apart;
    for (std::size_t t = 0; t < operands.size(); ++t) {
      merge = merge && outer.stride[t] == inner.stride[t] * inner.size;
    }
    if (merge) {
      inner.size *= outer.size;
    } else {
      dims_[++last] = outer;
    }
  }
  if (rank_ > 0) rank_ = last + 1;
  for (int d = 0; d < rank_; ++d) {
    if (dims_[d].apart) apart_ = d;
  }
}

void Walk::copy_sizes(std::int64_t* size) const {
  for (int d = 0; d < rank_; ++d) size[d] = dims_[d].size;
}

void Walk::copy_strides(std::size_t t, std::int64_t* stride) const {
  for (int d = 0; d < rank_; ++d) stride[d] = dims_[d].stride[t];
}

void in_parallel(std::int64_t tasks,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& f) {
  // The loop of TensorIterator runs inside PyTorch, on its threads: this library needs no OpenMP of
  // its own. A byte stands for a task; it is neither read nor written.
  const Tensor bytes = at::empty({tasks}, at::kByte);
  const char* const first = static_cast<const char*>(bytes.const_data_ptr());
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false).check_all_same_dtype(false).resize_outputs(false);
  config.add_output(bytes);
  auto iterator = config.build();
  iterator.for_each(
      [&](char** data, const std::int64_t*, std::int64_t count, std::int64_t) {
        const std::int64_t begin = data[0] - first;
        f(begin, begin + count);
      },
      /*grain_size=*/1);
}

}  // namespace nonlin
