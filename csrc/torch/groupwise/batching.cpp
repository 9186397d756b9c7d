/// The batching rule of the groupwise operators: boxed, and one for all of them.
#include "../batching.h"

#include "../check.h"
#include "operator.h"

namespace nonlin::groupwise {

/// The batch comes first, and `dim` moves by one.
void batch(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  BatchedCall call(op, stack);
  if (!call.any_batched()) return call.call();
  const auto rank = call.arguments[0].rank();
  for (const Argument& a : call.arguments) {
    TORCH_CHECK(a.rank() == rank && rank > 0, op.schema().name(), ": `", a.name, "` must have ",
                std::max<std::int64_t>(rank, 1), " dimensions, got ", a.rank());
    (*stack)[a.position] = batch_first(a, rank, call.batch_size);
  }
  const auto dim = call["dim"].toInt();
  call["dim"] = check_dim({op.schema().name()}, dim, rank) + 1;
  call.call();
  for (std::size_t i = 0; i < op.schema().returns().size(); ++i) call.wrap(i, 0);
}

}  // namespace nonlin::groupwise
