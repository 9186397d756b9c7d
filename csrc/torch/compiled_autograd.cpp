/// Compiled autograd: a backward pass recorded as a graph and compiled. Incoming gradients have no
/// true shape while it records, so a node does not run then; it records a pure function of packed
/// arguments, which is traced later.
#include <torch/csrc/dynamo/compiled_autograd.h>

#include <map>
#include <mutex>

#include "autograd.h"

namespace nonlin {

namespace recorder = torch::dynamo::autograd;

namespace {

using Flags = std::vector<bool>;

template <class T> at::TypePtr packed_type() { return recorder::IValuePacker<T>::packed_type(); }

/// The name under which the recorder knows the derivative of an operator. Only those tensors are
/// packed that were given.
const std::string& bound_name(PyObject* compiler, const std::string& name, const Differentiable& op,
                              int which, std::size_t constant_count, const Flags& given) {
  // Never held while the interpreter is called, which may hand its own lock to a thread that waits
  // here. Two threads may then bind an operator twice, under names that do the same.
  static std::mutex mutex;
  static std::map<std::pair<std::string, Flags>, std::string> bound;
  {
    const std::lock_guard lock(mutex);
    const auto found = bound.find({name, given});
    if (found != bound.end()) return found->second;
  }

  const auto run = [&op, which, constant_count, given](const variable_list& grads,
                                                       const std::vector<at::IValue>& packed) {
    recorder::PackedArgs arguments(packed);
    const auto bits = arguments.unpack<Flags>();
    const c10::SmallVector<bool, 5> needed(bits.begin(), bits.end());
    Constants constants;
    while (constants.size() < constant_count) constants.push_back(arguments.unpack<c10::Scalar>());
    c10::SmallVector<Tensor, 5> saved;
    for (const bool is_given : given) {
      saved.push_back(is_given ? arguments.unpack<Tensor>() : Tensor());
    }
    return op.vector_jacobian_product(op, which, constants, saved, grads, needed);
  };
  std::vector<at::TypePtr> types{packed_type<Flags>()};
  types.insert(types.end(), constant_count, packed_type<c10::Scalar>());
  types.insert(types.end(), std::count(given.begin(), given.end(), true), packed_type<Tensor>());
  const auto& python = recorder::getPyCompilerInterface();
  auto result = python->bind_function(compiler, name, run, types);
  const std::lock_guard lock(mutex);
  return bound.emplace(std::pair(name, given), std::move(result)).first->second;
}

}  // namespace

void Node::compiled_args(recorder::CompiledNodeArgs& args) const {
  for (const auto& s : saved_) args.collect(s, saves_result_);
  for (const c10::Scalar& c : constants_) args.collect(c);
}

variable_list Node::apply_with_saved(const variable_list& grads,
                                     recorder::SwapSavedVariables& swap) {
  for (auto& s : saved_) swap.before(s);
  const auto bits = needed();
  recorder::PackedArgs arguments;
  arguments.pack(Flags(bits.begin(), bits.end()));
  for (const c10::Scalar& c : constants_) arguments.pack(c);
  Flags given;
  for (auto& s : saved_) {
    const Tensor t = unpacked(s);
    given.push_back(t.defined());
    if (t.defined()) arguments.pack(t);
  }

  using Metadata = std::vector<std::optional<torch::autograd::InputMetadata>>;
  PyObject* compiler = swap.get_py_compiler();
  const auto& bound = bound_name(compiler, name(), *op_, which_, constants_.size(), given);
  const auto metadata =
      recorder::IValuePacker<Metadata>::pack(recorder::get_input_metadata(next_edges()));
  variable_list result = recorder::getPyCompilerInterface()->call_function(
      compiler, "apply_functional", bound, grads, arguments.vec(), metadata);
  for (auto& s : saved_) swap.after(s);
  return result;
}

}  // namespace nonlin
