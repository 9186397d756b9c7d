/// The batching rules: boxed, and each one for all operators of its families.
#include "batching.h"

#include "check.h"
#include "mutation.h"

namespace nonlin {
namespace {

void batch_elements(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
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

/// The batch comes first, and `dim` moves by one.
void batch_along(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
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

/// The call of a parametric operator under vmap. Where the weight is batched, or has a gradient,
/// the batch of weights becomes a batch of channels: entry i of the batch keeps its own weights and
/// its own gradient of them, and no other kernel is needed.
class FoldedBatch {
 public:
  FoldedBatch(const c10::OperatorHandle& op, BatchedCall& call)
      : schema_(op.schema()), call_(call) {
    std::size_t position = 0;
    while (schema_.arguments()[position].name() != "self") ++position;
    weight_name_ = schema_.arguments()[position + 1].name();
    self_ = find("self");
    weight_ = find(weight_name_);
    check();

    sizes_ = weight_->tensor.sym_sizes().vec();
    if (weight_->batch_dim) sizes_.erase(sizes_.begin() + *weight_->batch_dim);
    single_ = sizes_.empty() || sizes_[0] == 1;
    TORCH_CHECK(single_ || self_->rank() > 0, schema_.name(), ": `", weight_name_,
                "` must have one entry for a `self` without dimensions, got ", sizes_[0]);
    dim_ = single_ ? 0 : check_dim({schema_.name()}, call["dim"].toInt(), self_->rank());
    if (!single_) {  // the sizes that the caller knows
      const auto before = self_->batch_dim && *self_->batch_dim <= dim_;
      const auto size = self_->tensor.sym_size(dim_ + (before ? 1 : 0));
      TORCH_CHECK(is_true(sizes_[0].sym_eq(size)), schema_.name(), ": `", weight_name_,
                  "` must have one entry, or ", size, ", the size of dimension ", dim_,
                  " of `self`, got ", sizes_[0]);
    }

    const auto batched_weight = [&](const Argument& a) { return is_weight(a) && a.batch_dim; };
    folded_ = has_weight_gradient() ||
              std::any_of(call.arguments.begin(), call.arguments.end(), batched_weight);
  }

  /// Puts tensors without a batch dimension on the stack.
  void fold(torch::jit::Stack* stack) {
    for (const Argument& a : call_.arguments) {
      Tensor t = batch_first(a, a.rank(), call_.batch_size);
      if (is_weight(a)) {
        t = folded_ ? t.reshape_symint({call_.batch_size * entries()}) : a.tensor;
      } else if (folds()) {
        t = t.movedim(0, dim_).flatten(dim_, dim_ + 1);
      }
      (*stack)[a.position] = t;
    }
    call_["dim"] = folded_ || single_ ? dim_ : dim_ + 1;
  }

  /// A result of the call with its batch dimension, and where that is.
  Tensor unfold(const Tensor& t, std::size_t i) const {
    if (is_weight_gradient(i)) {
      auto sizes = sizes_;
      sizes.insert(sizes.begin(), call_.batch_size);
      return t.reshape_symint(sizes);
    }
    return folds() ? t.unflatten_symint(dim_, {call_.batch_size, entries()}) : t;
  }
  std::int64_t batch_dim(std::size_t i) const {
    return folds() && !is_weight_gradient(i) ? dim_ : 0;
  }

  const Argument& self() const { return *self_; }
  /// Entries of the batch are channels, for which there may be no view.
  bool folds() const { return folded_ && !single_; }

 private:
  const Argument* find(std::string_view name) const {
    for (const Argument& a : call_.arguments) {
      if (a.name == name) return &a;
    }
    TORCH_CHECK_TYPE(false, schema_.name(), ": `", name, "` must be a tensor, got None");
  }
  void check() const {
    TORCH_CHECK(weight_->rank() <= 1, schema_.name(), ": `", weight_name_,
                "` must have at most one dimension, got ", weight_->rank(), " under vmap");
    TORCH_CHECK(!schema_.is_mutable() || self_->batch_dim, schema_.name(),
                ": `self` has no batch dimension and cannot take batched values in place under "
                "vmap");
  }
  c10::SymInt entries() const { return sizes_.empty() ? c10::SymInt(1) : sizes_[0]; }
  /// All other tensors have the shape of `self`.
  bool is_weight(const Argument& a) const {
    return a.name == weight_name_ || a.name == "grad_grad_weight";
  }
  /// The last of several results is the weight's gradient.
  bool is_weight_gradient(std::size_t i) const {
    return i > 0 && i + 1 == schema_.returns().size();
  }
  bool has_weight_gradient() const {
    const auto results = schema_.returns().size();
    return results > 1 && call_["output_mask"].toBoolList().get(results - 1);
  }

  const c10::FunctionSchema& schema_;
  BatchedCall& call_;
  std::string_view weight_name_;
  const Argument *self_, *weight_;
  std::vector<c10::SymInt> sizes_;  // of the weight, without its batch dimension
  bool single_, folded_;
  std::int64_t dim_;
};

void fold_batch(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  BatchedCall call(op, stack);
  if (!call.any_batched()) return call.call();
  FoldedBatch batch(op, call);
  const at::IValue first = (*stack)[batch.self().position];
  batch.fold(stack);
  if (op.schema().is_mutable()) {
    if (batch.folds()) {
      // Its input, which autograd may keep, must not be a view of what is written after it.
      at::IValue& self = (*stack)[batch.self().position];
      self = self.toTensor().clone();
      without_mutation(op.operator_name()).callBoxed(stack);
      batch.self()
          .tensor.movedim(*batch.self().batch_dim, batch.batch_dim(0))
          .copy_(batch.unfold(stack->back().toTensor(), 0));
    } else {
      call.call();
    }
    stack->back() = first;
    return;
  }
  call.call();
  for (std::size_t i = 0; i < op.schema().returns().size(); ++i) {
    at::IValue& value = call.result(i);
    if (!value.isTensor() || !value.toTensor().defined()) continue;
    value = batch.unfold(value.toTensor(), i);
    call.wrap(i, batch.batch_dim(i));
  }
}

template <c10::KernelFunction::BoxedKernelFunction* rule>
void implement(torch::Library& m, const std::string& name) {
  m.impl(name.c_str(), torch::dispatch(c10::DispatchKey::FuncTorchBatched,
                                       torch::CppFunction::makeFromBoxedFunction<rule>()));
}

}  // namespace

void implement_batching(torch::Library& m, const std::string& name, batching rule) {
  switch (rule) {
    case batching::elementwise:
      return implement<&batch_elements>(m, name);
    case batching::along_dim:
      return implement<&batch_along>(m, name);
    case batching::folded_into_dim:
      return implement<&fold_batch>(m, name);
  }
}

}  // namespace nonlin
