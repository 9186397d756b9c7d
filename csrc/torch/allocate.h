#pragma once
#include <ATen/ops/empty_like.h>
#include <ATen/ops/empty_strided.h>

#include "compatibility.h"

namespace nonlin {

/// at::empty_like and at::empty_strided, in the usual case without their ways through the
/// dispatcher, which matter on small tensors.
inline at::Tensor new_like(const at::Tensor& t) {
  if (!t.is_cpu() || !t.is_non_overlapping_and_dense()) return at::empty_like(t);
  return empty_strided_cpu(t.sizes(), t.strides(), t.scalar_type());
}
inline at::Tensor new_strided(c10::SymIntArrayRef sizes, c10::SymIntArrayRef strides,
                              const at::TensorOptions& options) {
  const auto size = c10::asIntArrayRefSlowOpt(sizes), stride = c10::asIntArrayRefSlowOpt(strides);
  if (!options.device().is_cpu() || !size || !stride) {
    return at::empty_strided_symint(sizes, strides, options);
  }
  return empty_strided_cpu(*size, *stride, options);
}

/// A dense tensor with those sizes, whose dimensions lie in memory in the order of `t`'s.
at::Tensor laid_out_like(const at::Tensor& t, c10::SymIntArrayRef sizes, at::ScalarType);

/// The same numbers in memory in the order of `like`'s dimensions, without gaps.
at::Tensor in_order_of(const at::Tensor& t, const at::Tensor& like);

}  // namespace nonlin
