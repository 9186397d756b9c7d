/// Runs the CPU kernels over tensors.
#include "../instruction_set.h"
#include "kernel.h"

namespace nonlin::groupwise {

void run_cpu(const Operators& op, const Pass& pass) {
  const auto size = pass.chosen.numel();
  if (size == 0) return;
  const auto kernel =
      unit_in_use(op.unit).at[static_cast<int>(pass.pass)][static_cast<int>(pass.type)];
  const job j = job_of(op, pass);
  if (size * pass.k <= grain_size) return kernel(j, 0, size);
  const auto per_task = std::max<std::int64_t>(1, grain_size / pass.k);
  in_parallel((size + per_task - 1) / per_task, [&](std::int64_t begin, std::int64_t end) {
    kernel(j, begin * per_task, std::min(end * per_task, size));
  });
}

job job_of(const Operators& op, const Pass& pass) {
  c10::SmallVector<Walk::Operand, slots> operands;
  c10::SmallVector<slot, slots> present;
  job j{};
  const auto add = [&](slot s, const Tensor& t, const Walk::Operand& operand) {
    if (!t.defined()) return;
    present.push_back(s);
    operands.push_back(operand);
    j.data[s] = const_cast<void*>(t.const_data_ptr());
  };
  add(chosen, pass.chosen, {pass.chosen});
  add(index, pass.index, {pass.index});
  add(groups, pass.groups, {pass.groups, pass.dim, pass.k});
  const Walk walk(op.name, pass.chosen.sizes(), operands);
  j.rank = walk.rank();
  j.group = static_cast<int>(pass.k);
  j.step = pass.groups.stride(pass.dim) * static_cast<std::int64_t>(pass.groups.element_size());
  walk.copy_sizes(j.size);
  for (std::size_t i = 0; i < present.size(); ++i) walk.copy_strides(i, j.stride[present[i]]);
  return j;
}

}  // namespace nonlin::groupwise
