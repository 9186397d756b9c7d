#pragma once
/// The one autograd node of all operators, and what Autograd kernels share. Each family says what
/// its derivatives are.
#include <torch/csrc/autograd/VariableTypeUtils.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include "../descriptor.h"
#include "compatibility.h"

namespace nonlin {

using at::Tensor;
using c10::DispatchKeySet;
using torch::autograd::compute_requires_grad;
using torch::autograd::variable_list;

/// The arguments of an operator that are no tensors. Hyper-parameters among them stay unread.
using Constants = c10::SmallVector<c10::Scalar, 1>;

class Node;

/// The differentiable operators of each activation.
enum : int { of_value, of_backward, of_double_backward, derivatives };

/// An activation's classes of nodes, one for each of those operators.
struct Nodes {
  std::array<std::string, derivatives> names;
  NodePtr<Node> (*make)(int which);
  const std::type_info* types[derivatives];
};

/// An activation as its nodes see it. `which` is one of its differentiable operators.
struct Differentiable {
  const Nodes& nodes;
  /// Gradients with respect to the tensors that the operator was given, where `needed`, from what
  /// it `saved` and from the gradients of its results, which may be undefined.
  variable_list (*vector_jacobian_product)(const Differentiable&, int which, const Constants&,
                                           at::ArrayRef<Tensor> saved, const variable_list& grads,
                                           at::ArrayRef<bool> needed);
};

class Node : public torch::autograd::TraceableFunction {
 public:
  // Not inline: they would be compiled for each class of each activation.
  Node();
  ~Node() override;
  /// Called once, before the node is shared.
  void remember(const Differentiable&, int which, at::ArrayRef<Tensor> saved, Constants&&);
  /// Saves the result, of which the node is the origin by now. Where it stands for the input, as it
  /// has the same derivatives, second derivatives go to the input, not through the node again.
  void remember_result(const Tensor&, bool for_input);

  std::string name() const override;
  void release_variables() override;
  variable_list apply(variable_list&& grads) override;
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override;
  variable_list apply_with_saved(const variable_list& grads,
                                 torch::dynamo::autograd::SwapSavedVariables&) override;

 private:
  void lead_to_input(const Tensor& gradient) const;
  c10::SmallVector<bool, 5> needed() const;
  Tensor unpacked(const torch::autograd::SavedVariable&);

  const Differentiable* op_ = nullptr;
  int which_ = 0;
  bool saves_result_ = false, for_input_ = false;
  Constants constants_;
  c10::SmallVector<torch::autograd::SavedVariable, 5> saved_;
};

/// The same node under a type of its own, which is how Python finds the name of the class.
template <class Formula, int Which> class NodeOf final : public Node {};

/// "SomeName" of "some_name"
std::string in_camel_case(const char* name);

/// The classes of an activation's nodes, for which `Tag` is a type of its own. PyTorch calls them
/// MishBackward, MishBackwardBackward and MishDoubleBackwardBackward, say.
template <class Tag> Nodes make_nodes(const char* name, const char* last = "DoubleBackward") {
  const auto make = [](int which) -> NodePtr<Node> {
    if (which == of_value) return make_node<NodeOf<Tag, of_value>>();
    if (which == of_backward) return make_node<NodeOf<Tag, of_backward>>();
    return make_node<NodeOf<Tag, of_double_backward>>();
  };
  const std::string camel = in_camel_case(name);
  return {{camel + "Backward", camel + "BackwardBackward", camel + last + "Backward"},
          make,
          {&typeid(NodeOf<Tag, of_value>), &typeid(NodeOf<Tag, of_backward>),
           &typeid(NodeOf<Tag, of_double_backward>)}};
}
/// Whether gradients are recorded and one of these tensors requires one. Null: absent.
bool requires_gradient(at::ArrayRef<const Tensor*>);

/// A node with edges to what leads to the tensors `from`.
NodePtr<Node> new_node(const Differentiable&, int which, at::ArrayRef<const Tensor*> from,
                       at::ArrayRef<Tensor> saved, Constants&&);

/// `node`, if there is one, becomes the origin of all that the operator returned.
void set_origin(at::ArrayRef<Tensor> outputs, const NodePtr<Node>& node);

inline bool has_tangent(const Tensor& t) { return torch::autograd::isFwGradDefined(t); }
Tensor tangent(const Tensor&);  // undefined where there is none
Tensor primal(const Tensor&);
/// `t`, unless undefined, takes `direction`, unless undefined.
void set_tangent(const Tensor& t, const Tensor& direction);

/// a + b, where an undefined tensor is zero.
Tensor sum(const Tensor& a, const Tensor& b);

/// How an operator writes in place. The input is kept as a copy, so that one form serves functions
/// with and without an inverse.
struct InPlace {
  const std::string& name;  // without the underscore
  std::function<NodePtr<Node>(const Tensor& before)> make;
  std::function<Tensor(const Tensor& saved)> direction;  // the tangent of the result
  std::function<void(DispatchKeySet)> write;
  bool saves_result;  // and no copy of the input
  bool for_input;     // Node::remember_result
};
void write_in_place(DispatchKeySet keys, Tensor& x, bool needs_gradient, bool needs_tangent,
                    const InPlace&);

/// Refuses what requires gradients or has tangents: out operators are not differentiable.
void refuse_derivatives(const std::string& name, bool needs_gradient, bool needs_tangent);

}  // namespace nonlin
