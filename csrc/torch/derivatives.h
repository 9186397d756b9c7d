#pragma once
/// Derivatives of a family's operators, of every order and in both modes, from six rules. Let B(g)
/// be backward, D(t) the derivative along t, S(u, g) what double backward gives for the tensors, T₀
/// and T(u, b, g) the derivatives of D and S along b:
///
///                                        reverse                           forward
///   y = f(x)                             B(g)                              D(ẋ)
///   backward                             D(v), S(v, g)                     B(ġ) + S(ẋ, g)
///   (r, s) = double backward, of whose   u: B(a) + S(b, g)                 r: D(u̇) + T₀(u, ẋ)
///   results the gradients are a and b    g: T₀(u, b)                       s: S(u, ġ) + S(u̇, g)
///                                        x: S(u, a) + T(u, b, g)              + T(u, ẋ, g)
///
/// B, D and S are kernels, T is an expression of ATen's operators. Of a linear family S and T are
/// zero. An undefined tensor stands for zero, and nothing is computed of it.
#include "operators.h"

namespace nonlin {

template <std::size_t n> using Wanted = std::array<bool, n>;

/// T₀ and T
template <std::size_t n> struct Third {
  Tensor value;
  Tensors<n> gradients;
};

template <std::size_t n> bool any(const Wanted<n>& wanted) {
  return std::find(wanted.begin(), wanted.end(), true) != wanted.end();
}
template <std::size_t n> bool any(const Tensors<n>& ts) {
  return std::any_of(ts.begin(), ts.end(), [](const Tensor& t) { return t.defined(); });
}
template <std::size_t n> Tensors<n> sum(const Tensors<n>& a, const Tensors<n>& b) {
  Tensors<n> result;
  for (std::size_t i = 0; i < n; ++i) result[i] = sum(a[i], b[i]);
  return result;
}
/// n entries of a list, from one on.
template <std::size_t n, class List> auto part(const List& list, std::size_t from) {
  std::array<std::remove_cvref_t<decltype(list[0])>, n> result;
  std::copy_n(list.begin() + from, n, result.begin());
  return result;
}

/// The derivatives of an activation at one point: its tensors, or what is saved in their place.
template <class Family> struct Point {
  using F = facts<Family>;
  static constexpr std::size_t n = F::tensors;
  const Operators<Family>& op;
  Arguments<Family> at;

  Tensors<n> backward(const Tensor& g, const Wanted<n>& wanted) const {  // B(g)
    if (!g.defined() || !any(wanted)) return {};
    Arguments<Family> a = at;
    a.set(F::of_gradient, g);
    std::copy(wanted.begin(), wanted.end(), a.wanted.begin());
    return op.template call<kind::backward>(a);
  }
  Tensor along(const Tensors<n>& t) const {  // D(t)
    if (!any(t)) return {};
    if constexpr (!F::masked && !Family::linear) return std::move(backward(t[0], {true})[0]);
    return std::move(twice(t, no_tensor, {true})[0]);
  }
  Tensors<n> second(const Tensors<n>& u, const Tensor& g, const Wanted<n>& in) const {  // S(u, g)
    if constexpr (!Family::linear) {
      if (g.defined() && any(u) && any(in)) {
        Wanted<n + 1> wanted{false};
        std::copy(in.begin(), in.end(), wanted.begin() + 1);
        return part<n>(twice(u, g, wanted), 1);
      }
    }
    return {};
  }
  /// D(v) and S(v, g), in one call where both are wanted.
  Tensors<n + 1> both(const Tensors<n>& v, const Tensor& g, const Wanted<n + 1>& wanted) const {
    if (!any(v)) return {};
    if constexpr (!Family::linear) {
      if (F::masked || (wanted[0] && wanted[1])) return twice(v, g, wanted);
    }
    Tensors<n + 1> result;
    if (wanted[0]) result[0] = along(v);
    if (wanted[1]) result[1] = std::move(second(v, g, {true})[0]);
    return result;
  }
  Third<n> third(const Tensors<n>& u, const Tensors<n>& b, const Tensor& g, bool in_value,
                 Wanted<n> wanted) const {
    if (!g.defined()) wanted = {};
    if constexpr (!Family::linear) {
      if (any(u) && any(b) && (in_value || any(wanted))) {
        return Family::third(*this, u, b, g, in_value, wanted);
      }
    }
    return {};
  }

 private:
  auto twice(const Tensors<n>& u, const Tensor& g, const Wanted<n + 1>& wanted) const {
    Arguments<Family> a = at;
    for (std::size_t i = 0; i < n; ++i) a.set(i, u[i]);
    a.set(F::of_gradient, g);
    a.wanted = wanted;
    return op.template call<kind::double_backward>(a);
  }
};

/// The arguments of an operator that are no tensors, for its node.
template <class Family> Constants constants_of(const Arguments<Family>& a, kind which) {
  Constants list;
  for (std::size_t i = 0; i < a.numbers.size(); ++i) list.push_back(a.numbers[i]);
  for (const auto option : a.options) list.push_back(option);
  if (facts<Family>::has_mask(which)) {
    list.append(a.wanted.begin(), a.wanted.begin() + facts<Family>::results(which));
  }
  return list;
}

template <class Family>
variable_list Operators<Family>::vector_jacobian_product(const Differentiable& activation,
                                                         int which, const Constants& constants,
                                                         at::ArrayRef<Tensor> saved,
                                                         const variable_list& grads,
                                                         at::ArrayRef<bool> needed) {
  constexpr std::size_t n = F::tensors;
  const auto& op = static_cast<const Operators&>(activation);
  Arguments<Family> at;
  for (std::size_t i = 0; i < op.count; ++i) at.numbers.push_back(constants[i]);
  for (std::size_t i = 0; i < F::options; ++i) at.options[i] = constants[op.count + i].toLong();
  for (std::size_t i = 0; i < F::saved; ++i) {
    at.set_tensor(i, saved[saved.size() - F::saved + i]);
  }
  const Point<Family> point{op, at};
  variable_list result(needed.size());
  const auto give = [&](auto&& part, std::size_t to) {
    std::move(part.begin(), part.end(), result.begin() + to);
  };
  if (which == of_backward) {
    if constexpr (Family::linear)
      result[0] = point.along(part<n>(grads, 0));
    else
      give(point.both(part<n>(grads, 0), saved[0], part<n + 1>(needed, 0)), 0);
  } else if (which == of_value || Family::linear) {
    give(point.backward(grads[0], part<n>(needed, 0)), 0);
  } else {
    const auto u = part<n>(saved, 0), b = part<n>(grads, 1);
    const Tensor &a = grads[0], &g = saved[n];
    const auto in_u = part<n>(needed, 0), in_x = part<n>(needed, n + 1);
    give(sum(point.backward(a, in_u), point.second(b, g, in_u)), 0);
    Third<n> third = point.third(u, b, g, needed[n], in_x);
    result[n] = std::move(third.value);
    // With one tensor the operands change places, which decides on the last bit.
    const auto second = F::masked ? point.second(u, a, in_x) : point.second({a}, u[0], in_x);
    give(sum(second, third.gradients), n + 1);
  }
  return result;
}

}  // namespace nonlin
