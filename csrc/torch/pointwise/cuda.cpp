/// Runs the pointwise CUDA kernels over tensors: on their device, in its current stream.
#include "../coalesce.h"
#include "../cuda_launch.h"
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
  const Operands tensors(job);
  const operands all =
      tensors.flat() ? flat_operands(tensors) : strided_operands(job.op.name, tensors);
  launch_beside(job.given.self(), [&](void* stream) {
    return job.op.entry.unit->cuda->launch(pass_of(job.which), job.type, job.parameters.data(), all,
                                           stream);
  });
}

}  // namespace nonlin::pointwise
