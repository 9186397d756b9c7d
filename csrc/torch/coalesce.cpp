#include "coalesce.h"

#include <algorithm>

namespace nonlin {

std::optional<int> coalesce(OperandsRef to, const std::string& name, at::IntArrayRef sizes,
                            at::ArrayRef<Operand> all, std::optional<std::int64_t> apart) {
  const Operand* first = nullptr;
  for (const Operand& o : all) {
    void*& data = to.data[o.place];
    data = !o.tensor.defined() ? nullptr
           : o.written         ? o.tensor.mutable_data_ptr()
                               : const_cast<void*>(o.tensor.const_data_ptr());
    if (o.offset != 0 && data != nullptr) {
      data =
          static_cast<char*>(data) + o.offset * static_cast<std::int64_t>(o.tensor.element_size());
    }
    if (data != nullptr && first == nullptr) first = &o;
  }
  const auto stride = [](const Operand& o, std::int64_t d) {
    return o.tensor.stride(d) * (d == o.stretched ? o.factor : 1);
  };
  // Dimensions with more than one entry, of which `d` is the innermost where some are merged.
  struct Dim {
    std::int64_t d, size;
  };
  c10::SmallVector<Dim, max_rank> dims;
  const auto collect = [&](bool merged) {
    dims.clear();
    for (auto d = static_cast<std::int64_t>(sizes.size()); d-- > 0;) {
      if (sizes[d] == 1) continue;
      const auto continues = [&](const Operand& o) {
        return !o.tensor.defined() || stride(o, d) == stride(o, dims.back().d) * dims.back().size;
      };
      if (merged && !dims.empty() && d != apart && dims.back().d != apart &&
          std::all_of(all.begin(), all.end(), continues)) {
        dims.back().size *= sizes[d];
      } else {
        dims.push_back({d, sizes[d]});
      }
    }
  };
  collect(false);
  // One is left for an entry that stands for a missing dimension.
  if (dims.size() >= max_rank) collect(true);
  TORCH_CHECK(dims.size() < max_rank, name, ": tensors with at most ", max_rank - 1,
              " dimensions that cannot be merged are supported, got ", dims.size());
  // By the strides of the first tensor; equal ones stay in the order of the last dimension first.
  for (std::size_t i = 1; i < dims.size(); ++i) {
    for (std::size_t j = i; j > 0 && stride(*first, dims[j - 1].d) > stride(*first, dims[j].d);
         --j) {
      std::swap(dims[j - 1], dims[j]);
    }
  }
  std::optional<int> found;
  to.rank = 0;
  for (const auto& [d, size] : dims) {
    const auto step = [&, d = d](const Operand& o) {
      return stride(o, d) * static_cast<std::int64_t>(o.tensor.element_size());
    };
    const int last = to.rank - 1;
    const bool possible = last >= 0 && d != apart && last != found;
    bool merge = possible;
    for (const Operand& o : all) {
      if (!o.tensor.defined()) continue;
      merge = merge && step(o) == to.stride[o.place][last] * to.size[last];
    }
    if (merge) {
      to.size[last] *= size;
      continue;
    }
    if (d == apart) found = to.rank;
    to.size[to.rank] = size;
    for (const Operand& o : all) {
      if (o.tensor.defined()) to.stride[o.place][to.rank] = step(o);
    }
    ++to.rank;
  }
  return found;
}

void coalesce_alike(OperandsRef to, const std::string& name, at::IntArrayRef sizes,
                    at::ArrayRef<const Tensor*> all, std::size_t written) {
  const Tensor& first = *all[0];
  const auto alike = [&](const Tensor* t) {
    return t == &first || (t->defined() && t->strides() == first.strides());
  };
  if (first.defined() && first.is_non_overlapping_and_dense() &&
      std::all_of(all.begin(), all.end(), alike)) {
    to.rank = 1;
    to.size[0] = first.numel();
    for (std::size_t i = 0; i < all.size(); ++i) {
      to.data[i] =
          i < written ? all[i]->mutable_data_ptr() : const_cast<void*>(all[i]->const_data_ptr());
      to.stride[i][0] = first.element_size();
    }
    return;
  }
  c10::SmallVector<Operand, 8> operands;
  for (std::size_t i = 0; i < all.size(); ++i) {
    operands.push_back({static_cast<int>(i), *all[i], i < written});
  }
  coalesce(to, name, sizes, operands);
}

}  // namespace nonlin
