/// The batching rule of pointwise operators, for torch.func.vmap: boxed, and one for all of them.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/PlumbingHelper.h>

#include "operator.h"

namespace nonlin {
namespace {

namespace functorch = at::functorch;

struct Argument {
  std::size_t position;
  Tensor tensor;
  std::optional<std::int64_t> batch_dim;
  std::int64_t rank() const { return tensor.dim() - (batch_dim ? 1 : 0); }
};

/// The batch dimension comes first, expanded where there is none, and the logical rank becomes
/// `rank`; nothing is copied.
Tensor aligned(const Argument& a, std::int64_t rank, const c10::SymInt& batch_size) {
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

}  // namespace

void batch_pointwise(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const c10::impl::ExcludeDispatchKeyGuard guard(c10::DispatchKey::FuncTorchBatched);
  const auto layer = functorch::maybeCurrentDynamicLayer();
  TORCH_CHECK(layer.has_value(), op.schema().name(), ": a batched tensor is used outside its vmap");
  const auto level = layer->layerId();
  const auto& schema = op.schema();
  const bool writes = schema.is_mutable();
  const std::size_t begin = stack->size() - schema.arguments().size();
  const at::IValue first = (*stack)[begin];

  c10::SmallVector<Argument, 3> arguments;
  for (std::size_t i = begin; i < stack->size(); ++i) {
    const at::IValue& value = (*stack)[i];
    if (!value.isTensor() || !value.toTensor().defined()) continue;
    auto [tensor, batch_dim] = functorch::unwrapTensorAtLevel(value.toTensor(), level);
    arguments.push_back({i, std::move(tensor), batch_dim});
  }
  std::int64_t rank = 0;
  bool alike = true, any = false;
  for (const Argument& a : arguments) {
    rank = std::max(rank, a.rank());
    alike = alike && a.batch_dim && a.batch_dim == arguments[0].batch_dim;
    any = any || a.batch_dim;
  }
  if (!any) return op.callBoxed(stack);
  TORCH_CHECK(!writes || arguments[0].batch_dim, schema.name(),
              ": `self` has no batch dimension and cannot take batched values in place under vmap");

  // Where all agree, the batch dimension stays where it is and the layout with it.
  for (const Argument& a : arguments) {
    (*stack)[a.position] = alike ? a.tensor : aligned(a, rank, layer->batchSize());
  }
  op.callBoxed(stack);
  if (writes) {
    stack->back() = first;
    return;
  }
  const std::int64_t batch_dim = alike ? *arguments[0].batch_dim : 0;
  for (std::size_t i = stack->size() - schema.returns().size(); i < stack->size(); ++i) {
    (*stack)[i] = functorch::makeBatched((*stack)[i].toTensor(), batch_dim, level);
  }
}

}  // namespace nonlin
