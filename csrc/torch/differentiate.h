#pragma once
/// The Autograd kernels of a family: each records a node and hands tangents on.
#include "check.h"
#include "derivatives.h"

namespace nonlin::autograd {

inline bool any_tangent(at::ArrayRef<const Tensor*> tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor* t) { return t->defined() && has_tangent(*t); });
}

/// The point of a call, and all of its tangents.
template <class Family> struct Tangents {
  using F = facts<Family>;
  explicit Tangents(const Operators<Family>& op, const Arguments<Family>& a) : point{op, a} {
    for (std::size_t i = 0; i < F::places; ++i) {
      primals[i] = primal(a.at(i));
      all[i] = tangent(a.at(i));
      point.at.set(i, primals[i]);
    }
  }
  Tangents(const Tangents&) = delete;
  auto directions() const { return part<F::tensors>(all, 0); }
  auto tensors() const { return part<F::tensors>(all, F::tensors + 1); }
  const Tensor& grad_output() const { return all[F::of_gradient]; }

  Tensors<F::places> primals, all;
  Point<Family> point;
};

/// What a node saves of a call, but for its result, which is all if `result` is true.
template <class Family> auto saved_of(const Arguments<Family>& a, kind which, bool result = false) {
  c10::SmallVector<Tensor, facts<Family>::places> saved;
  if (result) return saved;
  if (facts<Family>::saves_index) {
    saved.push_back(a.tensor(0));
  } else {
    for (const Tensor* t : a.differentiable(which)) saved.push_back(*t);
  }
  return saved;
}

/// Whether a saved result is differentiated as the input is. A family whose derivatives are made of
/// results alone differentiates by the result.
template <class Family> constexpr bool stands_for_input = Family::saved != saves::result;

/// The node of a call, or null where nothing requires a gradient.
template <class Family>
NodePtr<Node> node_of(const Operators<Family>& op, const Arguments<Family>& a, kind which,
                      bool saves_result = false) {
  const auto in = a.differentiable(which);
  if (!requires_gradient(in)) return {};
  const int number = which == kind::value      ? of_value
                     : which == kind::backward ? of_backward
                                               : of_double_backward;
  return new_node(op, number, in, saved_of(a, which, saves_result), constants_of(a, which));
}

/// Nested and dense tensors do not mix, though the class of jagged ones would let them where an
/// operator is pointwise, and write nothing in place.
template <class Family> void check_kinds(const Operators<Family>& op, const Arguments<Family>& a) {
  if constexpr (Family::elementwise && facts<Family>::tensors > 1) {
    for (std::size_t i = 1; i < facts<Family>::tensors; ++i) {
      check_kind({op.name}, Family::name_of(op.entry, i), a.tensor(i), a.self());
    }
  }
}

/// Runs an operator below autograd.
template <kind which, class Family>
auto below(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a) {
  at::AutoDispatchBelowADInplaceOrView guard;
  return op.template call<which>(a, keys & c10::after_autograd_keyset);
}

/// Runs it, and its results get their node.
template <kind which, class Family>
auto recorded(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a) {
  const auto node = node_of(op, a, which);
  auto results = below<which>(keys, op, a);
  set_origin(results, node);
  return results;
}

template <class Family>
Tensors<2> with_index(DispatchKeySet keys, const Operators<Family>& op,
                      const Arguments<Family>& a) {
  auto results = below<kind::with_index>(keys, op, a);
  const auto in = a.differentiable(kind::value);
  if (requires_gradient(in)) {
    set_origin(results[0], new_node(op, of_value, in, results[1], constants_of(a, kind::value)));
  }
  if (any_tangent(in)) {
    Point<Family> point{op, a};
    point.at.set_tensor(0, results[1]);
    set_tangent(results[0], point.along({tangent(a.self())}));
  }
  return results;
}

template <class Family>
Tensors<1> value(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a) {
  check_kinds(op, a);
  const auto in = a.differentiable(kind::value);
  if constexpr (facts<Family>::saves_index) {
    // The index is computed when something will be differentiated. Messages name what was called.
    if (!any_tangent(in) && !requires_gradient(in)) return below<kind::value>(keys, op, a);
    Family::check_value(op, a);
    return {std::move(with_index(keys, op, a)[0])};
  } else {
    const bool saves_result = requires_gradient(in) && Family::saves_result(op, a);
    const auto node = node_of(op, a, kind::value, saves_result);
    auto results = below<kind::value>(keys, op, a);
    set_origin(results, node);
    if (any_tangent(in)) {
      Tangents t(op, a);
      if (Family::saved == saves::result) t.point.at.set_tensor(0, results[0]);
      set_tangent(results[0], t.point.along(t.tensors()));
    }
    // With its tangent, and so after it.
    if (saves_result) node->remember_result(results[0], stands_for_input<Family>);
    return results;
  }
}

template <class Family>
auto backward(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a) {
  constexpr auto n = facts<Family>::tensors;
  auto results = recorded<kind::backward>(keys, op, a);
  if (any_tangent(a.differentiable(kind::backward))) {
    const Tangents t(op, a);
    const auto wanted = part<n>(a.wanted, 0);
    const auto along = sum(t.point.backward(t.grad_output(), wanted),
                           t.point.second(t.tensors(), t.point.at.grad_output(), wanted));
    for (std::size_t i = 0; i < n; ++i) set_tangent(results[i], along[i]);
  }
  return results;
}

template <class Family>
auto double_backward(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a) {
  constexpr auto n = facts<Family>::tensors;
  auto results = recorded<kind::double_backward>(keys, op, a);
  if (!any_tangent(a.differentiable(kind::double_backward))) return results;
  const Tangents t(op, a);
  if constexpr (Family::linear) {
    set_tangent(results[0], t.point.along(t.directions()));
  } else {
    const auto u = part<n>(t.primals, 0);
    const auto wanted = part<n>(a.wanted, 1);
    const Tensor& g = t.point.at.grad_output();
    const auto third = t.point.third(u, t.tensors(), g, a.wanted[0], wanted);
    if (a.wanted[0]) set_tangent(results[0], sum(t.point.along(t.directions()), third.value));
    const auto along = sum(
        sum(t.point.second(u, t.grad_output(), wanted), t.point.second(t.directions(), g, wanted)),
        third.gradients);
    for (std::size_t i = 0; i < n; ++i) set_tangent(results[i + 1], along[i]);
  }
  return results;
}

template <class Family>
Tensor& in_place(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a,
                 Tensor& self) {
  check_kinds(op, a);
  const auto in = a.differentiable(kind::value);
  const bool needs_gradient = requires_gradient(in), needs_tangent = any_tangent(in);
  const bool saves_result = (needs_gradient || needs_tangent) && Family::saves_result(op, a);
  Arguments<Family> kept = a;
  const auto make = [&](const Tensor& before) {
    kept.set_tensor(0, before);
    return new_node(op, of_value, in, saved_of(kept, kind::value, saves_result),
                    constants_of(a, kind::value));
  };
  const auto direction = [&](const Tensor& before) {
    kept.set_tensor(0, before);
    const Tangents t(op, kept);
    return t.point.along(t.tensors());
  };
  const auto write = [&](DispatchKeySet below) {
    op.template write<kind::in_place>(a, self, below);
  };
  write_in_place(keys, self, needs_gradient, needs_tangent,
                 {op.name, make, direction, write, saves_result, stands_for_input<Family>});
  return self;
}

template <class Family>
Tensor& out(DispatchKeySet keys, const Operators<Family>& op, const Arguments<Family>& a,
            Tensor& out) {
  const auto in = a.differentiable(kind::value);
  refuse_derivatives(op.name, requires_gradient(in) || requires_gradient(&out),
                     any_tangent(in) || any_tangent(&out));
  at::AutoDispatchBelowAutograd guard;
  op.template write<kind::out>(a, out, keys & c10::after_autograd_keyset);
  return out;
}

}  // namespace nonlin::autograd
