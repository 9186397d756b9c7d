/// Derivatives of the pointwise operators. With D_k(g, x) = g·f⁽ᵏ⁾(x) the value is D_0 at g = 1,
/// its backward D_1 and the double backward the pair (D_1(v, x), v·D_2(g, x)); every derivative of
/// these, reverse or forward, is a sum of D_1, D_2 and D_3. D_1 and D_2 are kernels, D_3 is an ATen
/// expression.
#include <ATen/ops/mul.h>

#include "operator.h"

namespace nonlin::pointwise {
namespace {

/// The D_k of one activation at one point; undefined where a factor is.
struct Products {
  const Operators& op;
  const Numbers& numbers;
  const Tensor& x;

  Tensor first(const Tensor& g) const {
    return g.defined() ? op.backward(g, x, numbers) : Tensor();
  }
  Tensor second(const Tensor& v, const Tensor& g) const {
    if (!v.defined() || !g.defined()) return {};
    return std::get<1>(op.double_backward(v, g, x, numbers));
  }
  Tensor third(const Tensor& u, const Tensor& v, const Tensor& g) const {
    if (!u.defined() || !v.defined() || !g.defined()) return {};
    TORCH_CHECK_NOT_IMPLEMENTED(!x.is_nested() || x.layout() == c10::kJagged, op.name,
                                "_double_backward: `self` must be jagged where it is nested, to "
                                "be differentiated again; make it with layout=torch.jagged");
    const Tensor slope = op.activation.derivative(3, x, numbers);
    return at::mul(at::mul(at::mul(slope, g), v), u).to(x.scalar_type());
  }
};

}  // namespace

variable_list Operators::vector_jacobian_product(int which, const Constants& constants,
                                                 at::ArrayRef<Tensor> in,
                                                 const variable_list& grads,
                                                 at::ArrayRef<bool> needed) const {
  const Numbers numbers(constants);
  variable_list result(in.size());
  const Products d{*this, numbers, in.back()};
  switch (which) {
    case of_value:  // D_0(1, x)
      if (needed[0]) result[0] = d.first(grads[0]);
      break;
    case of_backward: {  // D_1(g, x)
      const Tensor &v = grads[0], &g = in[0];
      if (v.defined() && needed[0] && needed[1]) {
        std::tie(result[0], result[1]) = double_backward(v, g, d.x, numbers);
      } else if (needed[0]) {
        result[0] = d.first(v);
      } else if (needed[1]) {
        result[1] = d.second(v, g);
      }
      break;
    }
    case of_double_backward: {  // D_1(v, x), v·D_2(g, x)
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

auto constants(const Operators& op, const Numbers& p) {
  return [&op, &p](Constants& list) {
    for (int i = 0; i < op.parameter_count(); ++i) list.push_back(p[i]);
  };
}

Tensor value(DispatchKeySet keys, const Operators& op, const Tensor& x, const Numbers& p) {
  const auto node = record(op, of_value, constants(op, p), x);
  Tensor y = below_autograd(keys, [&](auto k) { return op.value(x, p, k); });
  set_origin({y}, node);
  if (has_tangent(x)) set_tangent(y, op.backward(tangent(x), primal(x), p));
  return y;
}

Tensor backward(DispatchKeySet keys, const Operators& op, const Tensor& g, const Tensor& x,
                const Numbers& p) {
  const auto node = record(op, of_backward, constants(op, p), g, x);
  Tensor y = below_autograd(keys, [&](auto k) { return op.backward(g, x, p, k); });
  set_origin({y}, node);
  if (has_tangent(g) || has_tangent(x)) {
    const Tensor at = primal(x);
    const Products d{op, p, at};
    set_tangent(y, sum(d.first(tangent(g)), d.second(tangent(x), primal(g))));
  }
  return y;
}

TensorPair double_backward(DispatchKeySet keys, const Operators& op, const Tensor& v,
                           const Tensor& g, const Tensor& x, const Numbers& p) {
  const auto node = record(op, of_double_backward, constants(op, p), v, g, x);
  TensorPair y = below_autograd(keys, [&](auto k) { return op.double_backward(v, g, x, p, k); });
  set_origin({std::get<0>(y), std::get<1>(y)}, node);
  if (has_tangent(v) || has_tangent(g) || has_tangent(x)) {
    const Tensor at = primal(x), v0 = primal(v), g0 = primal(g);
    const Products d{op, p, at};
    const Tensor first = sum(d.first(tangent(v)), d.second(tangent(x), v0));
    const Tensor second =
        sum(sum(d.second(tangent(v), g0), d.second(v0, tangent(g))), d.third(tangent(x), v0, g0));
    set_tangent(std::get<0>(y), first);
    set_tangent(std::get<1>(y), second);
  }
  return y;
}

Tensor& in_place(DispatchKeySet keys, const Operators& op, Tensor& x, const Numbers& p) {
  const auto make = [&](const Tensor& before) {
    return new_node(op, of_value, constants(op, p), torch::autograd::collect_next_edges(x),
                    {before});
  };
  const auto direction = [&](const Tensor& before) {
    return op.backward(tangent(before), primal(before), p);
  };
  const auto write = [&](DispatchKeySet below) { op.value_(x, p, below); };
  write_in_place(keys, x, compute_requires_grad(x), has_tangent(x),
                 {op.name, make, direction, write});
  return x;
}

Tensor& out(DispatchKeySet keys, const Operators& op, const Tensor& x, const Numbers& p,
            Tensor& result) {
  refuse_derivatives(op.name, compute_requires_grad(x, result),
                     has_tangent(x) || has_tangent(result));
  at::AutoDispatchBelowAutograd guard;
  return op.value_out(result, x, p, keys & c10::after_autograd_keyset);
}

}  // namespace

Kernels autograd_kernels() { return {value, in_place, out, backward, double_backward}; }

}  // namespace nonlin::pointwise
