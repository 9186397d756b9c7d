#include "batching.h"

#include "compatibility.h"

namespace nonlin {

BatchedCall::BatchedCall(const c10::OperatorHandle& op, torch::jit::Stack* stack)
    : op_(op), stack_(stack), begin_(stack->size() - op.schema().arguments().size()) {
  const auto vmap = innermost_vmap();
  TORCH_CHECK(vmap.has_value(), op.schema().name(), ": a batched tensor is used outside its vmap");
  level = vmap->level;
  batch_size = vmap->batch_size;
  for (std::size_t i = begin_; i < stack->size(); ++i) {
    const at::IValue& value = (*stack)[i];
    if (!value.isTensor() || !value.toTensor().defined()) continue;
    auto [tensor, batch_dim] = unbatched(value.toTensor(), level);
    arguments.push_back(
        {i, op.schema().arguments()[i - begin_].name(), std::move(tensor), batch_dim});
  }
}

bool BatchedCall::any_batched() const {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Argument& a) { return a.batch_dim.has_value(); });
}

at::IValue& BatchedCall::operator[](const char* name) {
  return (*stack_)[begin_ + *op_.schema().argumentIndexWithName(name)];
}

at::IValue& BatchedCall::result(std::size_t i) {
  return (*stack_)[stack_->size() - op_.schema().returns().size() + i];
}

void BatchedCall::wrap(std::size_t i, std::int64_t dim) {
  at::IValue& value = result(i);
  if (!value.isTensor() || !value.toTensor().defined()) return;
  value = batched(value.toTensor(), dim, level);
}

Tensor batch_first(const Argument& a, std::int64_t rank, const c10::SymInt& batch_size) {
  Tensor t;
  if (a.batch_dim) {
    t = a.tensor.movedim(*a.batch_dim, 0);
  } else {
    auto sizes = a.tensor.sym_sizes().vec();
    sizes.insert(sizes.begin(), batch_size);
    t = a.tensor.expand_symint(sizes);
  }
  for (std::int64_t have = a.rank(); have < rank; ++have) t = t.unsqueeze(1);
  return t;
}

}  // namespace nonlin
