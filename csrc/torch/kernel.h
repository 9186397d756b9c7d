#pragma once
/// How a pass of an activation runs over tensors.
#include <ATen/TensorIterator.h>
#include <ATen/core/Tensor.h>

#include "operator.h"

namespace nonlin {

/// Tensors of one shape, type and device, checked: the outputs that `pass` writes, the inputs that
/// it reads.
struct Pass {
  pointwise::pass pass;
  dtype type;
  const Parameters& parameters;
  at::ArrayRef<Tensor> outputs, inputs;
};
void run_cpu(const Operator&, const Pass&);
void run_cuda(const Operator&, const Pass&);

/// True when all tensors are dense and laid out alike, so that they can be walked as one row.
bool is_flat(const Pass&);

/// The tensors as TensorIterator sees them: dimensions merged where possible and ordered by stride,
/// outputs first.
at::TensorIterator iterator_over(const Pass&);

/// The instruction set in use: what PyTorch's ATEN_CPU_CAPABILITY allows, or the one that was
/// forced.
enum class instruction_set : int { scalar, avx2, avx512 };
NONLIN_EXPORT instruction_set current_instruction_set();
/// Forces one, or returns to PyTorch's with an empty value.
NONLIN_EXPORT void force_instruction_set(std::optional<instruction_set>);

}  // namespace nonlin
