#include "coalesce.h"

namespace nonlin {

std::optional<int> coalesce(OperandsRef to, const std::string& name, at::IntArrayRef sizes,
                            at::ArrayRef<Operand> all, std::optional<std::int64_t> apart) {
  const Operand* first = nullptr;
  for (const Operand& o : all) {
    void*& data = to.data[o.place];
    data = !o.tensor.defined() ? nullptr
           : o.written         ? o.tensor.mutable_data_ptr()
                               : const_cast<void*>(o.tensor.const_data_ptr());
    if (data != nullptr && first == nullptr) first = &o;
  }
  // Dimensions by the strides of the first tensor; equal strides stay in the order of the last
  // dimension first.
  std::int64_t order[max_rank];
  int rank = 0;
  for (auto d = static_cast<std::int64_t>(sizes.size()); d-- > 0;) {
    if (sizes[d] == 1) continue;
    // One is left for an entry that stands for a missing dimension.
    TORCH_CHECK(rank < max_rank - 1, name, ": tensors with at most ", max_rank - 1,
                " dimensions are supported, got ", sizes.size());
    const auto stride = [&](std::int64_t dim) {
      return first->tensor.stride(dim) * (dim == first->stretched ? first->factor : 1);
    };
    int at = rank++;
    for (; at > 0 && stride(order[at - 1]) > stride(d); --at) order[at] = order[at - 1];
    order[at] = d;
  }
  std::optional<int> found;
  to.rank = 0;
  for (int i = 0; i < rank; ++i) {
    const auto d = order[i];
    const auto stride = [&](const Operand& o) {
      const auto bytes = static_cast<std::int64_t>(o.tensor.element_size());
      return o.tensor.stride(d) * bytes * (d == o.stretched ? o.factor : 1);
    };
    const int last = to.rank - 1;
    const bool possible = last >= 0 && d != apart && last != found;
    bool merge = possible;
    for (const Operand& o : all) {
      if (!o.tensor.defined()) continue;
      merge = merge && stride(o) == to.stride[o.place][last] * to.size[last];
    }
    if (merge) {
      to.size[last] *= sizes[d];
      continue;
    }
    if (d == apart) found = to.rank;
    to.size[to.rank] = sizes[d];
    for (const Operand& o : all) {
      if (o.tensor.defined()) to.stride[o.place][to.rank] = stride(o);
    }
    ++to.rank;
  }
  return found;
}

}  // namespace nonlin
