/// Runs the gated CUDA kernels over tensors: on their device, in its current stream.
#include "../cuda_launch.h"
#include "family.h"

namespace nonlin::gated {
namespace {

template <class Family> void run(const Job<Family>& job) {
  operands all;
  if (describe(all, job) == 0) return;
  launch_beside(job.given.self(), [&](void* stream) {
    return job.op.entry.unit->cuda->launch(pass_of(job.which), job.type, job.parameters.data(), all,
                                           stream);
  });
}

}  // namespace

void Family::run_cuda(const Job<Family>& job) { run(job); }
void PackedFamily::run_cuda(const Job<PackedFamily>& job) { run(job); }

}  // namespace nonlin::gated
