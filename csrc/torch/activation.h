#pragma once
/// What only templates over a formula can give the torch layer: evaluation with ATen operators.
/// activation.cpp.in instantiates it for each activation, own_activation.cpp.in for those of
/// others.

using V = dual<tensor>;

/// 16-bit tensors are widened: an expression of many operations must not round after each.
Tensor at_least_float(const Tensor& t) {
  return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat);
}
tensor lane_of(const Tensor& t) { return t.defined() ? tensor(at_least_float(t)) : tensor(0); }

/// The formula with its hyper-parameters set, in the type and on the device of `like`.
template <class F> F formula([[maybe_unused]] const Numbers& numbers, const Tensor& like) {
  F f;
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto list = F::parameters();
    const auto options = at::dtype(like.scalar_type()).device(like.device());
    for (int i = 0; i < parameter_count<F>(); ++i) {
      f.*list[i].member = parameter(at::scalar_tensor(numbers[i], options));
    }
  }
  return f;
}

/// Beyond the second by dual numbers over tensors.
template <class F> Tensor derivative(int order, const Tensor& x, const Numbers& numbers) {
  const Tensor input = at_least_float(x);
  const auto jet = formula<F>(numbers, input)(V(tensor(input), 1));
  const V members[] = {value(jet.value), value(jet.slope), value(jet.curvature)};
  const Tensor y = (order < 3 ? members[order].v : members[2].d).evaluate(input);
  return y.dim() == input.dim() ? y : y.expand_as(input);  // of the parameters alone
}

/// The jet's derivatives along (b, c), combined along (u, v).
template <class F>
parametric::Mixed mixed(const Tensor& x, const Tensor& w, const Tensor& u, const Tensor& v,
                        const Tensor& b, const Tensor& c) {
  const Tensor input = at_least_float(x);
  const auto jet = F{}(V(tensor(input), lane_of(b)), V(tensor(at_least_float(w)), lane_of(c)));
  const auto along = [&](V in_x, V in_w) {
    return (lane_of(u) * in_x.d + lane_of(v) * in_w.d).evaluate(input);
  };
  return {along(value(jet.x), value(jet.w)), along(value(jet.xx), value(jet.xw)),
          along(value(jet.xw), value(jet.ww))};
}

template <class F> Tensor member(int which, const Tensor& x, const Tensor& w) {
  const Tensor input = at_least_float(x);
  const auto jet = F{}(tensor(input), tensor(at_least_float(w)));
  const tensor members[] = {value(jet.value), value(jet.x),  value(jet.w),
                            value(jet.xx),    value(jet.xw), value(jet.ww)};
  return members[which].evaluate(input);
}

/// What a gated formula makes of `up`, and its slope, where it makes something of it.
template <class A> Tensor derivative_of_up(int order, const Tensor& up, const Numbers& numbers) {
  const Tensor input = at_least_float(up);
  const auto h = formula<A>(numbers, input).up(tensor(input));
  return (order == 0 ? h.first : h.second).evaluate(input);
}
template <class F> gated::Entry gated_entry_of(const gated::descriptor& unit) {
  using A = typename F::activation;
  gated::Entry entry{{unit.name, nullptr, autocast::widest}, &unit, derivative<A>, nullptr};
  if constexpr (requires(A act, tensor u) { act.up(u); }) entry.up = derivative_of_up<A>;
  return entry;
}

template <class F> constexpr bool is_pointwise = pointwise_formula<F, V>;
template <class F> constexpr bool is_parametric = parametric_formula<F, V>;
template <class F> constexpr bool is_gated = gated_formula<F>;
template <class F> constexpr bool is_groupwise = groupwise_formula<F, reference_lane<53>>;
/// The type of an activation's units.
template <class F>
using family =
    std::conditional_t<is_parametric<F>, parametric::descriptor,
                       std::conditional_t<is_gated<F>, gated::descriptor,
                                          std::conditional_t<is_groupwise<F>, groupwise::descriptor,
                                                             pointwise::descriptor>>>;
template <class F>
using cpu_unit = std::remove_cvref_t<decltype(*std::declval<family<F>>().cpu[0])>;
template <class F> using cuda_unit = std::remove_cvref_t<decltype(*std::declval<family<F>>().cuda)>;

/// The activation as the layer knows it, but for its nodes.
template <class F> auto entry_of(const family<F>& unit) {
  if constexpr (is_parametric<F>) {
    return parametric::Entry{
        {unit.name, nullptr, autocast_of<F>()}, &unit, F::weight, mixed<F>, member<F>};
  } else if constexpr (is_gated<F>) {
    return gated_entry_of<F>(unit);
  } else if constexpr (is_groupwise<F>) {
    return groupwise::Entry{{unit.name, nullptr, autocast::none}, &unit};
  } else {
    return pointwise::Entry{{unit.name, nullptr, autocast::none}, &unit, derivative<F>};
  }
}
