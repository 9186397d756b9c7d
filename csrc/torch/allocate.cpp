#include "allocate.h"

#include <ATen/ops/empty.h>

#include <optional>

namespace nonlin {
namespace {

/// The dimensions of `t` as they lie in memory, the innermost first; none if one is expanded. The
/// stride of a single entry may be anything; where it equals another one, the entry lies inside.
/// A size that depends on data is taken for more than one.
std::optional<c10::DimVector> innermost_first(const at::Tensor& t) {
  const auto sizes = t.sym_sizes(), strides = t.sym_strides();
  const auto is_one = [&](std::int64_t d) { return TORCH_GUARD_OR_FALSE(sizes[d].sym_eq(1)); };
  c10::DimVector order;
  for (std::int64_t d = t.dim(); d-- > 0;) {
    if (!is_one(d) && TORCH_GUARD_OR_FALSE(strides[d].sym_eq(0))) return std::nullopt;
    const auto inside = [&](std::int64_t other) {
      return TORCH_GUARD_OR_FALSE(strides[d].sym_lt(strides[other])) ||
             (TORCH_GUARD_OR_FALSE(strides[d].sym_eq(strides[other])) && is_one(d) &&
              !is_one(other));
    };
    auto at = order.end();
    while (at != order.begin() && inside(*(at - 1))) --at;
    order.insert(at, d);
  }
  return order;
}

}  // namespace

at::Tensor laid_out_like(const at::Tensor& t, c10::SymIntArrayRef sizes, at::ScalarType type) {
  const auto options = t.options().dtype(type);
  const auto order = innermost_first(t);
  if (!order) return at::empty_symint(sizes, options);
  c10::SymDimVector dense(order->size(), 1);
  c10::SymInt stride = 1;
  for (const auto d : *order) {
    dense[d] = stride;
    stride = stride * sizes[d].max(1);
  }
  return new_strided(sizes, dense, options);
}

at::Tensor in_order_of(const at::Tensor& t, const at::Tensor& like) {
  const auto order = innermost_first(like);
  if (!order) return t.contiguous();
  const c10::DimVector outermost_first(order->rbegin(), order->rend());
  c10::DimVector place(order->size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    place[outermost_first[i]] = static_cast<std::int64_t>(i);
  }
  return t.permute(outermost_first).contiguous().permute(place);
}

}  // namespace nonlin
