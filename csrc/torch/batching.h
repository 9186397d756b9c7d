#pragma once
/// Tensors below torch.func.vmap, for boxed batching rules.
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "../family/declaration.h"

namespace nonlin {

using at::Tensor;

struct Argument {
  std::size_t position;  // on the stack
  std::string_view name;
  Tensor tensor;
  std::optional<std::int64_t> batch_dim;
  std::int64_t rank() const { return tensor.dim() - (batch_dim ? 1 : 0); }
};

/// The call of an operator, its tensors unwrapped from the innermost vmap, whose batching rule is
/// left out while this object lives.
class BatchedCall {
 public:
  BatchedCall(const c10::OperatorHandle&, torch::jit::Stack*);

  std::vector<Argument> arguments;  // those that are defined tensors
  std::int64_t level = 0;
  c10::SymInt batch_size = 0;

  bool any_batched() const;
  /// The place of an argument on the stack.
  at::IValue& operator[](const char* name);
  /// Calls the operator with what is on the stack.
  void call() { op_.callBoxed(stack_); }
  /// Result `i`, which becomes batched along `dim`, unless undefined.
  at::IValue& result(std::size_t i);
  void wrap(std::size_t i, std::int64_t dim);

 private:
  c10::impl::ExcludeDispatchKeyGuard guard_{c10::DispatchKey::FuncTorchBatched};
  const c10::OperatorHandle& op_;
  torch::jit::Stack* stack_;
  std::size_t begin_;
};

/// The batch dimension comes first, expanded where there is none, and the logical rank becomes
/// `rank`; nothing is copied.
Tensor batch_first(const Argument&, std::int64_t rank, const c10::SymInt& batch_size);

/// Registers an operator's rule.
void implement_batching(torch::Library&, const std::string& name, batching);

}  // namespace nonlin
