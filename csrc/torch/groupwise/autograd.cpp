/// Derivatives of the groupwise operators. Backward and gather are linear and each other's adjoint;
/// what is saved is the index alone.
#include "kernel.h"

namespace nonlin::groupwise {
namespace {

auto constants(std::int64_t k, std::int64_t dim) {
  return [k, dim](Constants& list) { list = {k, dim}; };
}

/// A node with an edge to `in`, or null when that does not require a gradient.
NodePtr<Node> record_index(const Operators& op, int which, const Tensor& in, const Tensor& index,
                           std::int64_t k, std::int64_t dim) {
  if (!compute_requires_grad(in)) return {};
  return new_node(op, which, constants(k, dim), torch::autograd::collect_next_edges(in), {index});
}

TensorPair with_index(DispatchKeySet keys, const Operators& op, const Tensor& x, std::int64_t k,
                      std::int64_t dim) {
  TensorPair result =
      below_autograd(keys, [&](auto below) { return op.with_index.redispatch(below, x, k, dim); });
  auto& [y, index] = result;
  set_origin({y}, record_index(op, of_value, x, index, k, dim));
  if (has_tangent(x)) set_tangent(y, op.gather.call(tangent(x), index, k, dim));
  return result;
}

/// The index is computed when something will be differentiated. Messages name what was called.
Tensor value(DispatchKeySet keys, const Operators& op, const Tensor& x, std::int64_t k,
             std::int64_t dim) {
  if (compute_requires_grad(x) || has_tangent(x)) {
    check_value(op, x, k, dim);
    return std::get<0>(with_index(keys, op, x, k, dim));
  }
  return below_autograd(keys, [&](auto below) { return op.value.redispatch(below, x, k, dim); });
}

Tensor backward(DispatchKeySet keys, const Operators& op, const Tensor& g, const Tensor& index,
                std::int64_t k, std::int64_t dim) {
  Tensor y = below_autograd(
      keys, [&](auto below) { return op.backward.redispatch(below, g, index, k, dim); });
  set_origin({y}, record_index(op, of_backward, g, index, k, dim));
  if (has_tangent(g)) set_tangent(y, op.backward.call(tangent(g), index, k, dim));
  return y;
}

Tensor gather(DispatchKeySet keys, const Operators& op, const Tensor& t, const Tensor& index,
              std::int64_t k, std::int64_t dim) {
  Tensor y = below_autograd(
      keys, [&](auto below) { return op.gather.redispatch(below, t, index, k, dim); });
  set_origin({y}, record_index(op, of_gather, t, index, k, dim));
  if (has_tangent(t)) set_tangent(y, op.gather.call(tangent(t), index, k, dim));
  return y;
}

Tensor& out(DispatchKeySet keys, const Operators& op, const Tensor& x, std::int64_t k,
            std::int64_t dim, Tensor& result) {
  refuse_derivatives(op.name, compute_requires_grad(x, result),
                     has_tangent(x) || has_tangent(result));
  at::AutoDispatchBelowAutograd guard;
  return op.out.redispatch(keys & c10::after_autograd_keyset, x, k, dim, result);
}

}  // namespace

variable_list Operators::vector_jacobian_product(int which, const Constants& constants,
                                                 at::ArrayRef<Tensor> saved,
                                                 const variable_list& grads,
                                                 at::ArrayRef<bool> needed) const {
  const Tensor &g = grads[0], &index = saved[0];
  if (!g.defined() || !needed[0]) return variable_list(1);
  const auto k = constants[0].toLong(), dim = constants[1].toLong();
  return {which == of_backward ? gather.call(g, index, k, dim) : backward.call(g, index, k, dim)};
}

Kernels autograd_kernels() { return {value, out, with_index, backward, gather}; }

}  // namespace nonlin::groupwise
