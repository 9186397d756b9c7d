/// Compiled autograd: a backward pass recorded as a graph and compiled. Incoming gradients have no
/// true shape while it records, so a node does not run then; it records a pure function of packed
/// arguments, which is traced later.
#include <torch/csrc/dynamo/compiled_autograd.h>

#include <map>

#include "autograd.h"

namespace nonlin {

using torch::autograd::variable_list;
namespace recorder = torch::dynamo::autograd;

namespace {

using Needed = std::vector<bool>;
using Values = std::vector<double>;

template <class T> at::TypePtr packed_type() { return recorder::IValuePacker<T>::packed_type(); }

/// The name under which the recorder knows the derivative of an operator.
const std::string& bound_name(PyObject* compiler, const std::string& name, const Operator& op,
                              Derivative derivative, std::size_t saved) {
  // Used under the interpreter's lock, as all recording is.
  static std::map<std::string, std::string> bound;
  const auto found = bound.find(name);
  if (found != bound.end()) return found->second;

  const auto run = [&op, derivative, saved](const variable_list& grads,
                                            const std::vector<at::IValue>& packed) {
    recorder::PackedArgs arguments(packed);
    const auto bits = arguments.unpack<Needed>();
    const c10::SmallVector<bool, 3> needed(bits.begin(), bits.end());
    const auto values = arguments.unpack<Values>();
    Parameters parameters{};
    std::copy(values.begin(), values.end(), parameters.begin());
    c10::SmallVector<Tensor, 3> in;
    for (std::size_t i = 0; i < saved; ++i) in.push_back(arguments.unpack<Tensor>());
    return vector_jacobian_product(derivative, op, parameters, in, grads, needed);
  };
  std::vector<at::TypePtr> types{packed_type<Needed>(), packed_type<Values>()};
  types.insert(types.end(), saved, packed_type<Tensor>());
  const auto& python = recorder::getPyCompilerInterface();
  return bound.emplace(name, python->bind_function(compiler, name, run, types)).first->second;
}

}  // namespace

void Node::compiled_args(recorder::CompiledNodeArgs& args) const {
  for (const auto& s : saved_) args.collect(s, /*is_output=*/false);
  for (int i = 0; i < op_->parameter_count(); ++i) args.collect(parameters_[i]);
}

variable_list Node::apply_with_saved(const variable_list& grads,
                                     recorder::SwapSavedVariables& swap) {
  for (auto& s : saved_) swap.before(s);
  Needed needed;
  for (std::size_t i = 0; i < saved_.size(); ++i) needed.push_back(task_should_compute_output(i));
  recorder::PackedArgs arguments;
  arguments.pack(needed);
  arguments.pack(Values(parameters_.begin(), parameters_.begin() + op_->parameter_count()));
  for (auto& s : saved_) arguments.pack(s.unpack());

  using Metadata = std::vector<std::optional<torch::autograd::InputMetadata>>;
  PyObject* compiler = swap.get_py_compiler();
  const auto& bound = bound_name(compiler, name(), *op_, derivative_, saved_.size());
  const auto metadata =
      recorder::IValuePacker<Metadata>::pack(recorder::get_input_metadata(next_edges()));
  variable_list result = recorder::getPyCompilerInterface()->call_function(
      compiler, "apply_functional", bound, grads, arguments.vec(), metadata);
  for (auto& s : saved_) swap.after(s);
  return result;
}

}  // namespace nonlin
