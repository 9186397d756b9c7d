/// The batching rule of pointwise operators: boxed, and one for all of them.
#include "../batching.h"

#include "operator.h"

namespace nonlin::pointwise {

void batch(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  BatchedCall call(op, stack);
  const auto& schema = op.schema();
  const bool writes = schema.is_mutable();
  const auto& arguments = call.arguments;
  const at::IValue first = (*stack)[arguments[0].position];
  if (!call.any_batched()) return call.call();
  TORCH_CHECK(!writes || arguments[0].batch_dim, schema.name(),
              ": `self` has no batch dimension and cannot take batched values in place under vmap");

  // Where all agree, the batch dimension stays where it is and the layout with it.
  std::int64_t rank = 0;
  bool alike = true;
  for (const Argument& a : arguments) {
    rank = std::max(rank, a.rank());
    alike = alike && a.batch_dim && a.batch_dim == arguments[0].batch_dim;
  }
  for (const Argument& a : arguments) {
    (*stack)[a.position] = alike ? a.tensor : batch_first(a, rank, call.batch_size);
  }
  call.call();
  if (writes) {
    stack->back() = first;
    return;
  }
  for (std::size_t i = 0; i < schema.returns().size(); ++i) {
    call.wrap(i, alike ? *arguments[0].batch_dim : 0);
  }
}

}  // namespace nonlin::pointwise
