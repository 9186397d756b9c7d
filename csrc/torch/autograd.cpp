#include "autograd.h"

#include <ATen/ops/add.h>

namespace nonlin {

Node::Node() = default;
Node::~Node() = default;

void Node::remember(const Differentiable& op, int which, at::ArrayRef<Tensor> saved,
                    Constants&& constants) {
  op_ = &op;
  which_ = which;
  constants_ = std::move(constants);
  for (const Tensor& t : saved) saved_.emplace_back(t, /*is_output=*/false);
}

void Node::remember_result(const Tensor& y, bool for_input) {
  saves_result_ = true;
  for_input_ = for_input;
  saved_.emplace_back(y, /*is_output=*/true, /*is_inplace_on_view=*/y.is_view());
}

std::string Node::name() const { return op_->nodes.names[which_]; }

void Node::release_variables() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto& s : saved_) s.reset_data();
}

c10::SmallVector<bool, 5> Node::needed() const {
  c10::SmallVector<bool, 5> result;
  for (std::size_t i = 0; i < num_outputs(); ++i) result.push_back(task_should_compute_output(i));
  return result;
}

Tensor Node::unpacked(const torch::autograd::SavedVariable& saved) {
  return saves_result_ ? saved.unpack(shared(*this)) : saved.unpack();
}

variable_list Node::apply(variable_list&& grads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  c10::SmallVector<Tensor, 5> saved;
  for (const auto& s : saved_) saved.push_back(unpacked(s));
  auto results = op_->vector_jacobian_product(*op_, which_, constants_, saved, grads, needed());
  if (for_input_) lead_to_input(results[0]);
  return results;
}

/// The node of `gradient`, which backward made of grad_output and of the result, takes the way to
/// the input in place of that to the result. Not where something else was between, as a wrapper.
void Node::lead_to_input(const Tensor& gradient) const {
  if (!gradient.defined() || !gradient.requires_grad()) return;
  auto* node = dynamic_cast<Node*>(gradient.grad_fn().get());
  if (node && node->op_ == op_ && node->which_ == of_backward) {
    node->set_next_edge(1, next_edge(0));
  }
}

bool requires_gradient(at::ArrayRef<const Tensor*> tensors) {
  return at::GradMode::is_enabled() &&
         std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor* t) { return t && t->defined() && t->requires_grad(); });
}

NodePtr<Node> new_node(const Differentiable& op, int which, at::ArrayRef<const Tensor*> from,
                       at::ArrayRef<Tensor> saved, Constants&& constants) {
  torch::autograd::edge_list edges;
  edges.reserve(from.size());
  for (const Tensor* t : from) {
    edges.push_back(t->defined() ? edge_to(*t) : torch::autograd::Edge());
  }
  auto node = op.nodes.make(which);
  node->set_next_edges(std::move(edges));
  node->remember(op, which, saved, std::move(constants));
  return node;
}

std::string in_camel_case(const char* name) {
  std::string camel;
  bool upper = true;
  for (; *name; ++name) {
    if (*name != '_') camel += upper ? static_cast<char>(std::toupper(*name)) : *name;
    upper = *name == '_';
  }
  return camel;
}

void set_origin(at::ArrayRef<Tensor> outputs, const NodePtr<Node>& node) {
  if (!node) return;
  for (const Tensor& t : outputs) torch::autograd::set_history(t, node);
  announce(node);
}

Tensor tangent(const Tensor& t) { return t.defined() ? t._fw_grad(/*level=*/0) : t; }
Tensor primal(const Tensor& t) { return t.defined() ? t._fw_primal(/*level=*/0) : t; }
void set_tangent(const Tensor& t, const Tensor& direction) {
  if (!t.defined() || !direction.defined()) return;
  t._set_fw_grad(direction, /*level=*/0, /*is_inplace_op=*/false);
}

Tensor sum(const Tensor& a, const Tensor& b) {
  if (!a.defined()) return b;
  return b.defined() ? at::add(a, b) : a;
}

void write_in_place(DispatchKeySet keys, Tensor& x, bool needs_gradient, bool needs_tangent,
                    const InPlace& op) {
  const bool leaf = needs_gradient && x.requires_grad() && x.is_leaf() && !x.is_view();
  TORCH_CHECK(!leaf, op.name,
              "_: `self` must not be a leaf of the autograd graph: a leaf Variable that requires "
              "grad is being used in an in-place operation.");
  torch::autograd::check_inplace(x, needs_gradient);
  Tensor before, direction;
  NodePtr<Node> node;
  if ((needs_gradient || needs_tangent) && !op.saves_result) before = x.clone();
  if (needs_gradient) node = op.make(before);
  if (needs_tangent && !op.saves_result) direction = op.direction(before);
  {
    at::AutoDispatchBelowAutograd guard;  // ADInplaceOrView is still to come
    op.write(keys & c10::after_autograd_keyset);
  }
  if (node) rebase(x, node);
  if (needs_tangent) {
    if (op.saves_result) direction = op.direction(x);
    // PyTorch asserts that an in-place operator writes into the tangent that is there.
    if (has_tangent(x)) direction = tangent(x).copy_(direction);
    x._set_fw_grad(direction, 0, /*is_inplace_op=*/true);
  }
  if (node && op.saves_result) node->remember_result(x, op.for_input);
}

void refuse_derivatives(const std::string& name, bool needs_gradient, bool needs_tangent) {
  if (needs_gradient) torch::autograd::throw_error_out_requires_grad((name + ".out").c_str());
  TORCH_CHECK(!needs_tangent, name, ".out: `out` does not support forward-mode differentiation");
}

}  // namespace nonlin
