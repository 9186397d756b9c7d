/// Runs the pointwise CUDA kernels over tensors: on their device, in its current stream.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "../coalesce.h"
#include "family.h"

namespace nonlin::pointwise {
namespace {

operands flat_operands(const Operands& tensors) {
  operands o{};
  o.rank = 1;
  o.size[0] = tensors.at[0]->numel();
  for (int i = 0; i < tensors.size; ++i) {
    o.data[i] = i < tensors.outputs ? tensors.at[i]->mutable_data_ptr()
                                    : const_cast<void*>(tensors.at[i]->const_data_ptr());
    o.stride[i][0] = tensors.at[0]->element_size();
  }
  return o;
}

operands strided_operands(const std::string& name, const Operands& tensors) {
  c10::SmallVector<Operand, operands::max_tensors> all;
  for (int i = 0; i < tensors.size; ++i) all.push_back({i, *tensors.at[i], i < tensors.outputs});
  operands o{};
  coalesce(o, name, tensors.at[0]->sizes(), all);
  return o;
}

}  // namespace

void Family::run_cuda(const Job<Family>& job) {
  if (job.given.self().numel() == 0) return;
  const c10::cuda::CUDAGuard guard(job.given.self().device());
  const Operands tensors(job);
  const operands all =
      tensors.flat() ? flat_operands(tensors) : strided_operands(job.op.name, tensors);
  const auto stream = c10::cuda::getCurrentCUDAStream();
  C10_CUDA_CHECK(static_cast<cudaError_t>(job.op.entry.unit->cuda->launch(
      pass_of(job.which), job.type, job.parameters.data(), all, stream.stream())));
}

}  // namespace nonlin::pointwise
