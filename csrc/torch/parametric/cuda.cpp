/// Runs the CUDA kernels over tensors: on their device, in its current stream.
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernel.h"

namespace nonlin::parametric {

void run_cuda(const Operators& op, const Pass& pass) {
  const Tensor& self = pass.data[parametric::self];
  const bool sums = pass.grad_weight.defined();
  if (self.numel() == 0) {
    if (sums) pass.grad_weight.zero_();
    return;
  }
  const c10::cuda::CUDAGuard guard(self.device());
  const job j = job_of(op, pass);
  Tensor workspace;
  if (sums) {
    const auto bytes = op.unit.cuda->workspace(pass.pass, pass.type, j);
    workspace = at::empty({bytes}, self.options().dtype(at::kByte));
  }
  const auto stream = c10::cuda::getCurrentCUDAStream();
  C10_CUDA_CHECK(static_cast<cudaError_t>(op.unit.cuda->launch(
      pass.pass, pass.type, j, sums ? pass.grad_weight.mutable_data_ptr() : nullptr,
      sums ? workspace.mutable_data_ptr() : nullptr, stream.stream())));
}

}  // namespace nonlin::parametric
