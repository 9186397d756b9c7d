#include "allocate.h"

#include <algorithm>
#include <numeric>

#include <ATen/ops/empty.h>

namespace nonlin {

// The stride of a single entry may be anything; where it equals another one, the entry lies inside.
// A size that depends on data is taken for more than one.
at::Tensor laid_out_like(const at::Tensor& t, c10::SymIntArrayRef sizes, at::ScalarType type) {
  const auto options = t.options().dtype(type);
  const auto have = t.sym_sizes(), strides = t.sym_strides();
  const auto is_one = [&](std::size_t d) { return TORCH_GUARD_OR_FALSE(have[d].sym_eq(1)); };
  c10::SmallVector<std::size_t, 6> order;  // innermost first
  for (std::size_t d = have.size(); d-- > 0;) {
    if (!is_one(d) && TORCH_GUARD_OR_FALSE(strides[d].sym_eq(0))) {
      return at::empty_symint(sizes, options);
    }
    const auto inside = [&](std::size_t other) {
      return TORCH_GUARD_OR_FALSE(strides[d].sym_lt(strides[other])) ||
             (TORCH_GUARD_OR_FALSE(strides[d].sym_eq(strides[other])) && is_one(d) &&
              !is_one(other));
    };
    auto at = order.end();
    while (at != order.begin() && inside(*(at - 1))) --at;
    order.insert(at, d);
  }
  c10::SymDimVector dense(have.size(), 1);
  c10::SymInt stride = 1;
  for (const auto d : order) {
    dense[d] = stride;
    stride = stride * sizes[d].max(1);
  }
  return new_strided(sizes, dense, options);
}

at::Tensor in_order_of(const at::Tensor& t, const at::Tensor& like) {
  const auto sizes = like.sym_sizes(), strides = like.sym_strides();
  for (std::size_t d = 0; d < strides.size(); ++d) {  // one that is expanded has no order
    if (TORCH_GUARD_OR_FALSE(strides[d].sym_eq(0)) && !TORCH_GUARD_OR_FALSE(sizes[d].sym_eq(1))) {
      return t.contiguous();
    }
  }
  c10::DimVector order(t.dim()), place(t.dim());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return TORCH_GUARD_OR_FALSE(strides[a].sym_gt(strides[b]));
  });
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::int64_t>(i);
  return t.permute(order).contiguous().permute(place);
}

}  // namespace nonlin
