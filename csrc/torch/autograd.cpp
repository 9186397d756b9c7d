#include "autograd.h"

#include <ATen/ops/add.h>

namespace nonlin {

void Node::remember(const Differentiable& op, int which, at::ArrayRef<Tensor> saved) {
  op_ = &op;
  which_ = which;
  for (const Tensor& t : saved) saved_.emplace_back(t, /*is_output=*/false);
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

variable_list Node::apply(variable_list&& grads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  c10::SmallVector<Tensor, 5> saved;
  for (const auto& s : saved_) saved.push_back(s.unpack());
  return op_->vector_jacobian_product(which_, constants, saved, grads, needed());
}

NodePtr<Node> new_node(const Differentiable& op, int which, torch::autograd::edge_list edges,
                       at::ArrayRef<Tensor> saved) {
  auto node = op.nodes.make(which);
  node->set_next_edges(std::move(edges));
  node->remember(op, which, saved);
  return node;
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
  if (needs_gradient || needs_tangent) before = x.clone();
  if (needs_gradient) node = op.make(before);
  if (needs_tangent) direction = op.direction(before);
  {
    at::AutoDispatchBelowAutograd guard;  // ADInplaceOrView is still to come
    op.write(keys & c10::after_autograd_keyset);
  }
  if (node) rebase(x, node);
  if (!needs_tangent) return;
  // PyTorch asserts that an in-place operator writes into the tangent that is there.
  if (has_tangent(x)) {
    x._set_fw_grad(tangent(x).copy_(direction), 0, /*is_inplace_op=*/true);
  } else {
    x._set_fw_grad(direction, 0, /*is_inplace_op=*/true);
  }
}

void refuse_derivatives(const std::string& name, bool needs_gradient, bool needs_tangent) {
  if (needs_gradient) torch::autograd::throw_error_out_requires_grad((name + ".out").c_str());
  TORCH_CHECK(!needs_tangent, name, ".out: `out` does not support forward-mode differentiation");
}

}  // namespace nonlin
