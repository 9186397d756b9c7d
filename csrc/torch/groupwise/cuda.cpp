/// Runs the CUDA kernels over tensors: on their device, in its current stream.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernel.h"

namespace nonlin::groupwise {

void run_cuda(const Operators& op, const Pass& pass) {
  if (pass.chosen.numel() == 0) return;
  const c10::cuda::CUDAGuard guard(pass.chosen.device());
  const job j = job_of(op, pass);
  const auto stream = c10::cuda::getCurrentCUDAStream();
  C10_CUDA_CHECK(
      static_cast<cudaError_t>(op.unit.cuda->launch(pass.pass, pass.type, j, stream.stream())));
}

}  // namespace nonlin::groupwise
