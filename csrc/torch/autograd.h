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
inline constexpr int derivatives = 3;

/// An activation's classes of nodes, one for each of those operators.
struct Nodes {
  std::array<std::string, derivatives> names;
  NodePtr<Node> (*make)(int which);
  const std::type_info* types[derivatives];
};

/// An activation as its nodes see it. `which` is one of its differentiable operators.
class Differentiable {
 public:
  explicit Differentiable(const Nodes& classes) : nodes(classes) {}
  virtual ~Differentiable() = default;

  /// Gradients with respect to the tensors that the operator was given, where `needed`, from what
  /// it `saved` and from the gradients of its results, which may be undefined.
  virtual variable_list vector_jacobian_product(int which, const Constants&,
                                                at::ArrayRef<Tensor> saved,
                                                const variable_list& grads,
                                                at::ArrayRef<bool> needed) const = 0;
  const Nodes& nodes;
};

class Node : public torch::autograd::TraceableFunction {
 public:
  /// Called once, before the node is shared.
  void remember(const Differentiable&, int which, at::ArrayRef<Tensor> saved);
  Constants constants;

  std::string name() const override;
  void release_variables() override;
  variable_list apply(variable_list&& grads) override;
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override;
  variable_list apply_with_saved(const variable_list& grads,
                                 torch::dynamo::autograd::SwapSavedVariables&) override;

 private:
  c10::SmallVector<bool, 5> needed() const;

  const Differentiable* op_ = nullptr;
  int which_ = 0;
  c10::SmallVector<torch::autograd::SavedVariable, 5> saved_;
};

/// The same node under a type of its own, which is how Python finds the name of the class.
template <class Formula, int Which> class NodeOf final : public Node {};

/// A node with edges to what leads to an operator's tensors, as yet without constants.
NodePtr<Node> new_node(const Differentiable&, int which, torch::autograd::edge_list,
                       at::ArrayRef<Tensor> saved);
/// The same with those that add(constants) adds.
template <class Add>
NodePtr<Node> new_node(const Differentiable& op, int which, const Add& add,
                       torch::autograd::edge_list edges, at::ArrayRef<Tensor> saved) {
  auto node = new_node(op, which, std::move(edges), saved);
  add(node->constants);
  return node;
}

/// A node that saves `in`, with edges to them, or null when nothing of `in` requires a gradient.
template <class Add, class... In>
NodePtr<Node> record(const Differentiable& op, int which, const Add& add, const In&... in) {
  if (!compute_requires_grad(in...)) return {};
  return new_node(op, which, add, torch::autograd::collect_next_edges(in...), {in...});
}

/// `node`, if there is one, becomes the origin of all that the operator returned.
void set_origin(at::ArrayRef<Tensor> outputs, const NodePtr<Node>& node);

/// Runs `f(keys)` below autograd.
template <class F> auto below_autograd(DispatchKeySet keys, F f) {
  at::AutoDispatchBelowADInplaceOrView guard;
  return f(keys & c10::after_autograd_keyset);
}

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
  std::function<Tensor(const Tensor& before)> direction;  // the tangent of the result
  std::function<void(DispatchKeySet)> write;
};
void write_in_place(DispatchKeySet keys, Tensor& x, bool needs_gradient, bool needs_tangent,
                    const InPlace&);

/// Refuses what requires gradients or has tangents: out operators are not differentiable.
void refuse_derivatives(const std::string& name, bool needs_gradient, bool needs_tangent);

}  // namespace nonlin
