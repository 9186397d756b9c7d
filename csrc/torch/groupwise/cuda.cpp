/// Runs the groupwise CUDA kernels over tensors: on their device, in its current stream.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "family.h"

namespace nonlin::groupwise {

void Family::run_cuda(const Job<Family>& job) {
  const Operands tensors(job);
  if (tensors.chosen->numel() == 0) return;
  const c10::cuda::CUDAGuard guard(tensors.chosen->device());
  const auto stream = c10::cuda::getCurrentCUDAStream();
  C10_CUDA_CHECK(static_cast<cudaError_t>(job.op.entry.unit->cuda->launch(
      tensors.pass, job.type, tensors.strided(job), stream.stream())));
}

}  // namespace nonlin::groupwise
