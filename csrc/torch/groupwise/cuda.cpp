/// Runs the groupwise CUDA kernels over tensors: on their device, in its current stream.
#include "../cuda_launch.h"
#include "family.h"

namespace nonlin::groupwise {

void Family::run_cuda(const Job<Family>& job) {
  const Operands tensors(job);
  if (tensors.chosen->numel() == 0) return;
  launch_beside(*tensors.chosen, [&](void* stream) {
    return job.op.entry.unit->cuda->launch(tensors.pass, job.type, tensors.strided(job), stream);
  });
}

}  // namespace nonlin::groupwise
