/// Derivatives of the pointwise operators. With D_k(g, x) = g·f⁽ᵏ⁾(x) the value is D_0 at g = 1,
/// its backward D_1 and the double backward the pair (D_1(v, x), v·D_2(g, x)); every derivative of
/// these, reverse or forward, is a sum of D_1, D_2 and D_3. D_1 and D_2 are kernels, D_3 is an ATen
/// expression.
#include "autograd.h"

#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>
#include <torch/csrc/autograd/functions/utils.h>

#include "expression.h"

namespace nonlin {
namespace {

using torch::autograd::compute_requires_grad;
using torch::autograd::variable_list;

/// a + b, where an undefined tensor is zero.
Tensor sum(const Tensor& a, const Tensor& b) {
  if (!a.defined()) return b;
  return b.defined() ? at::add(a, b) : a;
}

/// The D_k of one activation at one point; undefined where a factor is.
struct Products {
  const Operator& op;
  const Parameters& parameters;
  const Tensor& x;

  Tensor first(const Tensor& g) const {
    return g.defined() ? op.backward(g, x, parameters) : Tensor();
  }
  Tensor second(const Tensor& v, const Tensor& g) const {
    if (!v.defined() || !g.defined()) return {};
    return std::get<1>(op.double_backward(v, g, x, parameters));
  }
  Tensor third(const Tensor& u, const Tensor& v, const Tensor& g) const {
    if (!u.defined() || !v.defined() || !g.defined()) return {};
    const Tensor slope = op.expressions.third_derivative(x, parameters);
    return at::mul(at::mul(at::mul(slope, g), v), u).to(x.scalar_type());
  }
};

}  // namespace

variable_list vector_jacobian_product(Derivative derivative, const Operator& op,
                                      const Parameters& parameters, at::ArrayRef<Tensor> in,
                                      const variable_list& grads, at::ArrayRef<bool> needed) {
  variable_list result(in.size());
  const Products d{op, parameters, in.back()};
  switch (derivative) {
    case Derivative::of_value:  // D_0(1, x)
      if (needed[0]) result[0] = d.first(grads[0]);
      break;
    case Derivative::of_backward: {  // D_1(g, x)
      const Tensor &v = grads[0], &g = in[0];
      if (v.defined() && needed[0] && needed[1]) {
        std::tie(result[0], result[1]) = op.double_backward(v, g, d.x, parameters);
      } else if (needed[0]) {
        result[0] = d.first(v);
      } else if (needed[1]) {
        result[1] = d.second(v, g);
      }
      break;
    }
    case Derivative::of_double_backward: {  // D_1(v, x), v·D_2(g, x)
      const Tensor &a = grads[0], &b = grads[1], &v = in[0], &g = in[1];
      if (needed[0]) result[0] = sum(d.first(a), d.second(b, g));
      if (needed[1]) result[1] = d.second(b, v);
      if (needed[2]) result[2] = sum(d.second(a, v), d.third(b, v, g));
      break;
    }
  }
  return result;
}

namespace {

bool has_tangent(const Tensor& t) { return torch::autograd::isFwGradDefined(t); }
Tensor tangent(const Tensor& t) { return t._fw_grad(/*level=*/0); }
Tensor primal(const Tensor& t) { return t._fw_primal(/*level=*/0); }
void set_tangent(const Tensor& t, const Tensor& value) {
  t._set_fw_grad(value, /*level=*/0, /*is_inplace_op=*/false);
}

NodePtr<Node> new_node(Derivative derivative, const Operator& op, const Parameters& parameters,
                       torch::autograd::edge_list edges, at::ArrayRef<Tensor> saved) {
  auto node = op.expressions.make_node(derivative);
  node->set_next_edges(std::move(edges));
  node->remember(op, derivative, parameters, saved);
  return node;
}

/// A node whose edges lead to `in`, or null when nothing of `in` requires a gradient.
template <class... In>
NodePtr<Node> record(Derivative derivative, const Operator& op, const Parameters& parameters,
                     const In&... in) {
  if (!compute_requires_grad(in...)) return {};
  return new_node(derivative, op, parameters, torch::autograd::collect_next_edges(in...), {in...});
}

/// `node`, if there is one, becomes the origin of what the operator returned.
template <class Outputs> void set_origin(const Outputs& outputs, const NodePtr<Node>& node) {
  if (!node) return;
  torch::autograd::set_history(outputs, node);
  announce(node);
}

/// Runs `f(keys)` below autograd.
template <class F> auto below_autograd(DispatchKeySet keys, F f) {
  at::AutoDispatchBelowADInplaceOrView guard;
  return f(keys & c10::after_autograd_keyset);
}

Tensor value(DispatchKeySet keys, const Operator& op, const Tensor& x, const Parameters& p) {
  const auto node = record(Derivative::of_value, op, p, x);
  Tensor y = below_autograd(keys, [&](auto k) { return op.value(x, p, k); });
  set_origin(y, node);
  if (has_tangent(x)) set_tangent(y, op.backward(tangent(x), primal(x), p));
  return y;
}

Tensor backward(DispatchKeySet keys, const Operator& op, const Tensor& g, const Tensor& x,
                const Parameters& p) {
  const auto node = record(Derivative::of_backward, op, p, g, x);
  Tensor y = below_autograd(keys, [&](auto k) { return op.backward(g, x, p, k); });
  set_origin(y, node);
  if (has_tangent(g) || has_tangent(x)) {
    const Tensor at = primal(x);
    const Products d{op, p, at};
    set_tangent(y, sum(d.first(tangent(g)), d.second(tangent(x), primal(g))));
  }
  return y;
}

TensorPair double_backward(DispatchKeySet keys, const Operator& op, const Tensor& v,
                           const Tensor& g, const Tensor& x, const Parameters& p) {
  const auto node = record(Derivative::of_double_backward, op, p, v, g, x);
  TensorPair y = below_autograd(keys, [&](auto k) { return op.double_backward(v, g, x, p, k); });
  set_origin(variable_list{std::get<0>(y), std::get<1>(y)}, node);
  if (has_tangent(v) || has_tangent(g) || has_tangent(x)) {
    const Tensor at = primal(x), v0 = primal(v), g0 = primal(g);
    const Products d{op, p, at};
    const Tensor first = sum(d.first(tangent(v)), d.second(tangent(x), v0));
    const Tensor second =
        sum(sum(d.second(tangent(v), g0), d.second(v0, tangent(g))), d.third(tangent(x), v0, g0));
    if (first.defined()) set_tangent(std::get<0>(y), first);
    if (second.defined()) set_tangent(std::get<1>(y), second);
  }
  return y;
}

/// The input is kept as a copy, so that one form serves functions with and without an inverse.
Tensor& in_place(DispatchKeySet keys, const Operator& op, Tensor& x, const Parameters& p) {
  const bool needs_gradient = compute_requires_grad(x), needs_tangent = has_tangent(x);
  TORCH_CHECK(
      !(needs_gradient && x.is_leaf() && !x.is_view()), op.name,
      "_: `self` must not be a leaf of the autograd graph: a leaf Variable that requires grad "
      "is being used in an in-place operation.");
  torch::autograd::check_inplace(x, needs_gradient);
  Tensor before, direction;
  NodePtr<Node> node;
  if (needs_gradient || needs_tangent) before = x.clone();
  if (needs_gradient) {
    node = new_node(Derivative::of_value, op, p, torch::autograd::collect_next_edges(x), {before});
  }
  if (needs_tangent) direction = op.backward(tangent(before), primal(before), p);
  {
    at::AutoDispatchBelowAutograd guard;  // ADInplaceOrView is still to come
    op.value_(x, p, keys & c10::after_autograd_keyset);
  }
  if (node) rebase(x, node);
  // PyTorch asserts that an in-place operator writes into the tangent that is there.
  if (needs_tangent) x._set_fw_grad(tangent(x).copy_(direction), 0, /*is_inplace_op=*/true);
  return x;
}

Tensor& out(DispatchKeySet keys, const Operator& op, const Tensor& x, const Parameters& p,
            Tensor& result) {
  if (compute_requires_grad(x, result)) {
    torch::autograd::throw_error_out_requires_grad((op.name + ".out").c_str());
  }
  TORCH_CHECK(!has_tangent(x) && !has_tangent(result), op.name,
              ".out: `out` does not support forward-mode differentiation");
  at::AutoDispatchBelowAutograd guard;
  return op.value_out(result, x, p, keys & c10::after_autograd_keyset);
}

}  // namespace

Kernels autograd_kernels() { return {value, in_place, out, backward, double_backward}; }

void Node::remember(const Operator& op, Derivative derivative, const Parameters& parameters,
                    at::ArrayRef<Tensor> saved) {
  op_ = &op;
  derivative_ = derivative;
  parameters_ = parameters;
  for (const Tensor& t : saved) saved_.emplace_back(t, /*is_output=*/false);
}

std::string Node::name() const { return node_name(op_->unit, derivative_); }

std::string node_name(const pointwise::descriptor& unit, Derivative derivative) {
  constexpr const char* ending[] = {"Backward", "BackwardBackward", "DoubleBackwardBackward"};
  std::string name;
  bool upper = true;
  for (const char* c = unit.name; *c; ++c) {
    if (*c != '_') name += upper ? static_cast<char>(std::toupper(*c)) : *c;
    upper = *c == '_';
  }
  return name + ending[static_cast<int>(derivative)];
}

void Node::release_variables() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto& s : saved_) s.reset_data();
}

variable_list Node::apply(variable_list&& grads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  c10::SmallVector<Tensor, 3> in;
  c10::SmallVector<bool, 3> needed;
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    in.push_back(saved_[i].unpack());
    needed.push_back(task_should_compute_output(i));
  }
  return vector_jacobian_product(derivative_, *op_, parameters_, in, grads, needed);
}

}  // namespace nonlin
