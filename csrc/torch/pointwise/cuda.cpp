/// Runs the pointwise CUDA kernels over tensors: on their device, in its current stream.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

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
  const auto iterator = tensors.iterator();
  operands o{};
  o.rank = iterator.ndim();
  TORCH_CHECK(o.rank <= max_rank, name, ": at most ", max_rank,
              " dimensions of different strides are supported on CUDA, got ", o.rank);
  std::copy_n(iterator.shape().begin(), o.rank, o.size);
  for (int i = 0; i < iterator.ntensors(); ++i) {
    o.data[i] = iterator.data_ptr(i);
    std::copy_n(iterator.strides(i).begin(), o.rank, o.stride[i]);
  }
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
