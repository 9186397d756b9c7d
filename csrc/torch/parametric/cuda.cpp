/// Runs the parametric CUDA kernels over tensors: on their device, in its current stream.
#include <ATen/ops/empty.h>

#include "../cuda_launch.h"
#include "family.h"

namespace nonlin::parametric {

void Family::run_cuda(const Job<Family>& job) {
  const Tensor &self = job.given.self(), &grad_weight = grad_weight_of(job);
  const bool sums = grad_weight.defined();
  if (self.numel() == 0) {
    if (sums) grad_weight.zero_();
    return;
  }
  launch_beside(self, [&](void* stream) {
    const auto& unit = *job.op.entry.unit->cuda;
    const auto pass = pass_of(job.which);
    const parametric::job j = job_of(job);
    Tensor workspace;
    if (sums) {
      workspace = at::empty({unit.workspace(pass, job.type, j)}, self.options().dtype(at::kByte));
    }
    return unit.launch(pass, job.type, j, sums ? grad_weight.mutable_data_ptr() : nullptr,
                       sums ? workspace.mutable_data_ptr() : nullptr, stream);
  });
}

}  // namespace nonlin::parametric
