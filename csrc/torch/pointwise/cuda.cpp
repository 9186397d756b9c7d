/// Runs the pointwise CUDA kernels over tensors: on their device, in its current stream.
#include "../cuda_launch.h"
#include "family.h"

namespace nonlin::pointwise {

void Family::run_cuda(const Job<Family>& job) {
  if (job.given.self().numel() == 0) return;
  operands all{};
  Operands(job).describe(all, job.op.name);
  launch_beside(job.given.self(), [&](void* stream) {
    return job.op.entry.unit->cuda->launch(pass_of(job.which), job.type, job.parameters.data(), all,
                                           stream);
  });
}

}  // namespace nonlin::pointwise
