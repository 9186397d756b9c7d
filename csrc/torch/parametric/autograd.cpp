/// Derivatives of the parametric operators. Every derivative of the value and of its backward,
/// reverse or forward, is a sum of backward and double backward, which are kernels. Those of the
/// double backward need third derivatives of f besides, an ATen expression.
#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sum.h>

#include "operator.h"

namespace nonlin::parametric {
namespace {

bool is_single(const Tensor& weight) { return weight.sym_numel() == 1; }

Tensor product(const Tensor& a, const Tensor& b) { return at::mul(a, b); }

TensorPair sum(const TensorPair& a, const TensorPair& b) {
  return {nonlin::sum(std::get<0>(a), std::get<0>(b)), nonlin::sum(std::get<1>(a), std::get<1>(b))};
}

/// The operators of one activation at one point (x, w). What is undefined counts as zero, and
/// nothing is computed of it.
struct Point {
  const Operators& op;
  const Tensor &x, &w;
  std::int64_t dim;

  /// g·f_x, Σ g·f_w
  TensorPair backward(const Tensor& g, bool in_x, bool in_w) const {
    if (!g.defined() || (!in_x && !in_w)) return {};
    return op.backward.call(g, x, w, dim, {in_x, in_w});
  }
  /// u·f_x + v·f_w
  Tensor along(const Tensor& u, const Tensor& v) const {
    if (!u.defined() && !v.defined()) return {};
    return std::get<0>(op.double_backward.call(u, v, {}, x, w, dim, {true, false, false}));
  }
  /// g·(u·f_xx + v·f_xw), Σ g·(u·f_xw + v·f_ww)
  TensorPair second(const Tensor& u, const Tensor& v, const Tensor& g, bool in_x, bool in_w) const {
    if (!g.defined() || (!u.defined() && !v.defined()) || (!in_x && !in_w)) return {};
    auto [unused, first, last] = op.double_backward.call(u, v, g, x, w, dim, {false, in_x, in_w});
    return {first, last};
  }
  /// f's derivative along (u, v), then (b, c), and g times its derivatives in x and w.
  struct Third {
    Tensor value;
    TensorPair gradients;
  };
  Third third(const Tensor& u, const Tensor& v, const Tensor& b, const Tensor& c, const Tensor& g,
              bool in_value, bool in_x, bool in_w) const {
    if ((!u.defined() && !v.defined()) || (!b.defined() && !c.defined())) return {};
    if (!in_value && (!g.defined() || (!in_x && !in_w))) return {};
    TORCH_CHECK_NOT_IMPLEMENTED(!x.is_nested(), op.name,
                                "_double_backward: `self` must be dense to be differentiated again,"
                                " got a nested tensor; use its values");
    const Mixed mixed = op.activation.mixed(x, broadcast(w), u, broadcast(v), b, broadcast(c));
    Third result;
    if (in_value) result.value = mixed.value.expand_as(x).to(x.scalar_type());
    if (!g.defined()) return result;
    if (in_x) std::get<0>(result.gradients) = product(mixed.x, g).to(x.scalar_type());
    if (in_w) std::get<1>(result.gradients) = reduced(product(mixed.w, g));
    return result;
  }

 private:
  /// A weight with the dimensions of x, all but `dim` of size 1.
  Tensor broadcast(const Tensor& weight) const {
    if (!weight.defined()) return {};
    c10::SymDimVector sizes(x.dim(), 1);
    if (!is_single(w)) sizes[at::maybe_wrap_dim(dim, x.dim())] = w.sym_numel();
    return weight.reshape_symint(sizes);
  }
  /// The sums over all elements that share a weight.
  Tensor reduced(const Tensor& t) const {
    c10::SmallVector<std::int64_t, 8> others;
    const auto kept = is_single(w) ? -1 : at::maybe_wrap_dim(dim, x.dim());
    for (std::int64_t d = 0; d < t.dim(); ++d) {
      if (d != kept) others.push_back(d);
    }
    const Tensor all = others.empty() ? t : at::sum(t, others);
    return all.reshape_symint(w.sym_sizes()).to(w.scalar_type());
  }
};

auto constants(std::int64_t dim) {
  return [dim](Constants& list) { list = {dim}; };
}
template <std::size_t N> auto constants(std::int64_t dim, const std::array<bool, N>& mask) {
  return [dim, &mask](Constants& list) {
    list = {dim};
    list.append(mask.begin(), mask.end());
  };
}

}  // namespace

variable_list Operators::vector_jacobian_product(int which, const Constants& constants,
                                                 at::ArrayRef<Tensor> in,
                                                 const variable_list& grads,
                                                 at::ArrayRef<bool> needed) const {
  variable_list result(in.size());
  const auto dim = constants[0].toLong();
  const Point at{*this, in[in.size() - 2], in[in.size() - 1], dim};
  switch (which) {
    case of_value: {
      std::tie(result[0], result[1]) = at.backward(grads[0], needed[0], needed[1]);
      break;
    }
    case of_backward: {  // in: g, x, w
      const Tensor &a = grads[0], &b = grads[1], &g = in[0];
      if (!a.defined() && !b.defined()) break;
      std::tie(result[0], result[1], result[2]) =
          double_backward.call(a, b, g, at.x, at.w, dim, {needed[0], needed[1], needed[2]});
      break;
    }
    case of_double_backward: {  // in: u, v, g, x, w
      const Tensor &a = grads[0], &b = grads[1], &c = grads[2], &u = in[0], &v = in[1], &g = in[2];
      std::tie(result[0], result[1]) =
          sum(at.backward(a, needed[0], needed[1]), at.second(b, c, g, needed[0], needed[1]));
      const auto third = at.third(u, v, b, c, g, needed[2], needed[3], needed[4]);
      result[2] = third.value;
      std::tie(result[3], result[4]) =
          sum(at.second(u, v, a, needed[3], needed[4]), third.gradients);
      break;
    }
  }
  return result;
}

namespace {

Tensor value(DispatchKeySet keys, const Operators& op, const Tensor& x, const Tensor& w,
             std::int64_t dim) {
  const auto node = record(op, of_value, constants(dim), x, w);
  Tensor y = below_autograd(keys, [&](auto k) { return op.value.redispatch(k, x, w, dim); });
  set_origin({y}, node);
  if (has_tangent(x) || has_tangent(w)) {
    const Tensor x0 = primal(x), w0 = primal(w);
    set_tangent(y, Point{op, x0, w0, dim}.along(tangent(x), tangent(w)));
  }
  return y;
}

TensorPair backward(DispatchKeySet keys, const Operators& op, const Tensor& g, const Tensor& x,
                    const Tensor& w, std::int64_t dim, Mask2 mask) {
  const auto node = record(op, of_backward, constants(dim, mask), g, x, w);
  TensorPair y =
      below_autograd(keys, [&](auto k) { return op.backward.redispatch(k, g, x, w, dim, mask); });
  auto& [in_x, in_w] = y;
  set_origin({in_x, in_w}, node);
  if (has_tangent(g) || has_tangent(x) || has_tangent(w)) {
    const Tensor x0 = primal(x), w0 = primal(w);
    const Point at{op, x0, w0, dim};
    const auto [dx, dw] = sum(at.backward(tangent(g), mask[0], mask[1]),
                              at.second(tangent(x), tangent(w), primal(g), mask[0], mask[1]));
    set_tangent(in_x, dx);
    set_tangent(in_w, dw);
  }
  return y;
}

TensorTriple double_backward(DispatchKeySet keys, const Operators& op, const OptionalTensor& uu,
                             const OptionalTensor& vv, const OptionalTensor& gg, const Tensor& x,
                             const Tensor& w, std::int64_t dim, Mask3 mask) {
  const Tensor u = uu.value_or(Tensor()), v = vv.value_or(Tensor()), g = gg.value_or(Tensor());
  const auto node = record(op, of_double_backward, constants(dim, mask), u, v, g, x, w);
  TensorTriple y = below_autograd(
      keys, [&](auto k) { return op.double_backward.redispatch(k, uu, vv, gg, x, w, dim, mask); });
  auto& [in_g, in_x, in_w] = y;
  set_origin({in_g, in_x, in_w}, node);
  if (has_tangent(u) || has_tangent(v) || has_tangent(g) || has_tangent(x) || has_tangent(w)) {
    const Tensor x0 = primal(x), w0 = primal(w), u0 = primal(u), v0 = primal(v), g0 = primal(g);
    const Tensor du = tangent(u), dv = tangent(v), dx = tangent(x), dw = tangent(w);
    const Point at{op, x0, w0, dim};
    const auto third = at.third(u0, v0, dx, dw, g0, mask[0], mask[1], mask[2]);
    if (mask[0]) set_tangent(in_g, nonlin::sum(at.along(du, dv), third.value));
    const auto [first, last] = sum(sum(at.second(u0, v0, tangent(g), mask[1], mask[2]),
                                       at.second(du, dv, g0, mask[1], mask[2])),
                                   third.gradients);
    set_tangent(in_x, first);
    set_tangent(in_w, last);
  }
  return y;
}

Tensor& in_place(DispatchKeySet keys, const Operators& op, Tensor& x, const Tensor& w,
                 std::int64_t dim) {
  const auto make = [&](const Tensor& before) {
    return new_node(op, of_value, constants(dim), torch::autograd::collect_next_edges(x, w),
                    {before, w});
  };
  const auto direction = [&](const Tensor& before) {
    const Tensor x0 = primal(before), w0 = primal(w);
    return Point{op, x0, w0, dim}.along(tangent(before), tangent(w));
  };
  const auto write = [&](DispatchKeySet below) { op.in_place.redispatch(below, x, w, dim); };
  write_in_place(keys, x, compute_requires_grad(x, w), has_tangent(x) || has_tangent(w),
                 {op.name, make, direction, write});
  return x;
}

Tensor& out(DispatchKeySet keys, const Operators& op, const Tensor& x, const Tensor& w,
            std::int64_t dim, Tensor& result) {
  refuse_derivatives(op.name, compute_requires_grad(x, w, result),
                     has_tangent(x) || has_tangent(w) || has_tangent(result));
  at::AutoDispatchBelowAutograd guard;
  return op.out.redispatch(keys & c10::after_autograd_keyset, x, w, dim, result);
}

}  // namespace

Kernels autograd_kernels() { return {value, in_place, out, backward, double_backward}; }

}  // namespace nonlin::parametric
