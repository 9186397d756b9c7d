/// What in-place and out operators owe PyTorch besides their result, boxed and the same for all: a
/// new version of the tensor that they write, without which autograd would use it unawares, and a
/// form without mutation for tracers.
#include "mutation.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>

#include "check.h"
#include "compatibility.h"

namespace nonlin {
namespace {

/// The tensor that the operator writes, on the stack: its first argument, or `out`, the last.
std::size_t written_by(const c10::OperatorHandle& op, const torch::jit::Stack& stack) {
  const auto& arguments = op.schema().arguments();
  return stack.size() - (arguments.back().is_out() ? 1 : arguments.size());
}

/// PyTorch's own fallback counts a version of what is returned, and a subclass of Tensor may return
/// something else.
void count_version(const c10::OperatorHandle& op, c10::DispatchKeySet keys,
                   torch::jit::Stack* stack) {
  const Tensor target = (*stack)[written_by(op, *stack)].toTensor();
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    op.redispatchBoxed(keys & c10::after_ADInplaceOrView_keyset, stack);
  }
  torch::autograd::increment_version(target);
  stack->back() = target;
}

void functionalize(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& arguments = op.schema().arguments();
  const bool out = arguments.back().is_out();
  const std::size_t begin = stack->size() - arguments.size();
  const Tensor target = (*stack)[written_by(op, *stack)].toTensor();
  const bool wrapped = functional::wraps(target);
  for (std::size_t i = begin; i < stack->size(); ++i) {
    at::IValue& value = (*stack)[i];
    if (!value.isTensor() || !functional::wraps(value.toTensor())) continue;
    TORCH_CHECK(wrapped, op.schema().operator_name(), ": `",
                arguments[out ? arguments.size() - 1 : 0].name(),
                "` must be a functional tensor when `", arguments[i - begin].name(), "` is one");
    value = functional::unwrapped(value.toTensor());
  }
  at::AutoDispatchSkipFunctionalize guard;
  if (!wrapped) return op.callBoxed(stack);
  // The functional form would not refuse this.
  const auto& written = arguments[out ? arguments.size() - 1 : 0];
  check_writable({op.schema().name(), out ? ".out" : ""}, written.name().c_str(), target);

  if (out) stack->pop_back();
  without_mutation(op.operator_name()).callBoxed(stack);
  const Tensor result = stack->back().toTensor();
  if (out) check_options({op.schema().name(), ".out"}, "out", target, result);
  functional::assign(target, result);
  stack->back() = target;
}

}  // namespace

c10::OperatorHandle without_mutation(const c10::OperatorName& name) {
  std::string base = name.name;
  if (name.overload_name.empty()) base.pop_back();
  return c10::Dispatcher::singleton().findSchemaOrThrow(base.c_str(), "");
}

void implement_mutation(torch::Library& m, const std::string& name) {
  using c10::DispatchKey;
  m.impl(name.c_str(),
         torch::dispatch(DispatchKey::ADInplaceOrView,
                         torch::CppFunction::makeFromBoxedFunction<&count_version>()));
  m.impl(name.c_str(),
         torch::dispatch(DispatchKey::Functionalize,
                         torch::CppFunction::makeFromBoxedFunction<&functionalize>()));
}

}  // namespace nonlin
