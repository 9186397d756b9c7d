#pragma once
/// How a pass of an activation runs over tensors.
#include <ATen/TensorIterator.h>
#include <ATen/core/Tensor.h>

#include "operator.h"

namespace nonlin::pointwise {

/// Tensors of one shape, type and device, checked: the outputs that `pass` writes, the inputs that
/// it reads.
struct Pass {
  nonlin::pass pass;
  dtype type;
  const Parameters& parameters;
  at::ArrayRef<Tensor> outputs, inputs;
};
void run_cpu(const Operators&, const Pass&);
/// Absent from a build without CUDA, as the units are that it calls.
__attribute__((weak)) void run_cuda(const Operators&, const Pass&);

/// True when all tensors are dense and laid out alike, so that they can be walked as one row.
bool is_flat(const Pass&);

/// The tensors as TensorIterator sees them: dimensions merged where possible and ordered by stride,
/// outputs first.
at::TensorIterator iterator_over(const Pass&);

}  // namespace nonlin::pointwise
