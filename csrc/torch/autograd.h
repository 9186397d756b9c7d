#pragma once
/// The one autograd node. Its base class asks for much; the mathematics is in
/// vector_jacobian_product.
#include <torch/csrc/autograd/saved_variable.h>

#include "compatibility.h"
#include "operator.h"

namespace nonlin {

/// The operator that a node differentiates.
enum class Derivative : int { of_value, of_backward, of_double_backward };
inline constexpr int derivatives = 3;

/// What PyTorch calls the node: the operator's name in camel case and "Backward",
/// "BackwardBackward", …
NONLIN_EXPORT std::string node_name(const pointwise::descriptor&, Derivative);

/// Gradients with respect to the operator's tensors `in`, where `needed`.
torch::autograd::variable_list vector_jacobian_product(Derivative, const Operator&,
                                                       const Parameters&, at::ArrayRef<Tensor> in,
                                                       const torch::autograd::variable_list& grads,
                                                       at::ArrayRef<bool> needed);

class Node : public torch::autograd::TraceableFunction {
 public:
  /// Called once, before the node is shared. `saved`: the tensors that the operator was given.
  void remember(const Operator&, Derivative, const Parameters&, at::ArrayRef<Tensor> saved);

  std::string name() const override;
  void release_variables() override;
  torch::autograd::variable_list apply(torch::autograd::variable_list&& grads) override;
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override;
  torch::autograd::variable_list apply_with_saved(
      const torch::autograd::variable_list& grads,
      torch::dynamo::autograd::SwapSavedVariables&) override;

 private:
  const Operator* op_ = nullptr;
  Derivative derivative_ = Derivative::of_value;
  Parameters parameters_{};
  c10::SmallVector<torch::autograd::SavedVariable, 3> saved_;
};

/// The same node under a type of its own, which is how Python finds the name of the class.
template <class Formula, Derivative D> class NodeOf final : public Node {};

}  // namespace nonlin
