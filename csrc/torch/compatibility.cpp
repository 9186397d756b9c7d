#include "compatibility.h"

#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/NestedTensorImpl.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/PlumbingHelper.h>
#include <ATen/native/Resize.h>
#include <c10/core/impl/COW.h>

namespace nonlin {

void resize_out(const at::Tensor& out, c10::SymIntArrayRef sizes) {
  at::native::resize_output_symint(out, sizes);
}
bool is_lazy_clone(const at::Tensor& t) {
  return c10::impl::cow::is_cow_data_ptr(t.storage().data_ptr());
}

std::optional<Vmap> innermost_vmap() {
  const auto layer = at::functorch::maybeCurrentDynamicLayer();
  if (!layer) return std::nullopt;
  return Vmap{layer->layerId(), layer->batchSize()};
}
std::tuple<at::Tensor, std::optional<std::int64_t>> unbatched(const at::Tensor& t,
                                                              std::int64_t level) {
  return at::functorch::unwrapTensorAtLevel(t, level);
}
at::Tensor batched(const at::Tensor& t, std::int64_t dim, std::int64_t level) {
  return at::functorch::makeBatched(t, dim, level);
}

at::Tensor nested_view(const at::Tensor& values, const at::Tensor& sizes, const at::Tensor& strides,
                       const at::Tensor& offsets) {
  return at::detail::make_tensor<at::native::NestedTensorImpl>(values, sizes, strides, offsets);
}

namespace functional {

namespace theirs = at::functionalization::impl;

bool wraps(const at::Tensor& t) { return theirs::isFunctionalTensor(t); }
at::Tensor unwrapped(const at::Tensor& t) {
  theirs::sync(t);
  return theirs::from_functional_tensor(t);
}
void assign(const at::Tensor& t, const at::Tensor& value) {
  theirs::replace_(t, value);
  theirs::commit_update(t);
  theirs::sync(t);
}

}  // namespace functional
}  // namespace nonlin
