/// Runs the CUDA kernels over tensors: on their device, in its current stream.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernel.h"

namespace nonlin::pointwise {
namespace {

operands flat_operands(const Pass& pass) {
  operands o{};
  o.rank = 1;
  o.size[0] = pass.outputs[0].numel();
  int n = 0;
  for (const Tensor& t : pass.outputs) o.data[n++] = t.mutable_data_ptr();
  for (const Tensor& t : pass.inputs) o.data[n++] = const_cast<void*>(t.const_data_ptr());
  for (int i = 0; i < n; ++i) o.stride[i][0] = pass.outputs[0].element_size();
  return o;
}

operands strided_operands(const Operators& op, const Pass& pass) {
  const auto iterator = iterator_over(pass);
  operands o{};
  o.rank = iterator.ndim();
  TORCH_CHECK(o.rank <= max_rank, op.name, ": at most ", max_rank,
              " dimensions of different strides are supported on CUDA, got ", o.rank);
  std::copy_n(iterator.shape().begin(), o.rank, o.size);
  for (int i = 0; i < iterator.ntensors(); ++i) {
    o.data[i] = iterator.data_ptr(i);
    std::copy_n(iterator.strides(i).begin(), o.rank, o.stride[i]);
  }
  return o;
}

}  // namespace

void run_cuda(const Operators& op, const Pass& pass) {
  if (pass.outputs[0].numel() == 0) return;
  const c10::cuda::CUDAGuard guard(pass.outputs[0].device());
  const operands all = is_flat(pass) ? flat_operands(pass) : strided_operands(op, pass);
  const auto stream = c10::cuda::getCurrentCUDAStream();
  C10_CUDA_CHECK(static_cast<cudaError_t>(
      op.unit.cuda->launch(pass.pass, pass.type, pass.parameters.data(), all, stream.stream())));
}

}  // namespace nonlin::pointwise
