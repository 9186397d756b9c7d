#pragma once
/// What only templates over a formula can give the torch layer: evaluation with ATen operators.
/// activation.cpp.in instantiates it for each activation, own_activation.cpp.in for those of
/// others.
#include "csrc/torch/expression_lane.h"

using V = dual<tensor>;

/// 16-bit tensors are widened: an expression of many operations must not round after each.
Tensor at_least_float(const Tensor& t) {
  return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat);
}
template <class Lane = tensor> Lane lane_of(const Tensor& t) {
  return t.defined() ? Lane(at_least_float(t)) : Lane(0);
}

/// The formula with its hyper-parameters set, in the type and on the device of `like`. Of what a
/// compiler knows as a number only constants remain; what it knows as a symbol is not read.
template <class F>
F formula([[maybe_unused]] const Numbers& numbers, const Tensor& like, bool fold = false) {
  F f;
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto list = F::parameters();
    for (int i = 0; i < parameter_count<F>(); ++i) {
      const c10::Scalar& number = numbers[i];
      f.*list[i].member =
          fold && !number.isSymbolic()
              ? parameter(number.toDouble())
              : parameter(number_as_tensor(number, like.scalar_type(), like.device()));
    }
  }
  return f;
}

/// Calls use(pass) with the one of three types that `which` names.
template <class Value, class Backward, class DoubleBackward, class Use>
void with_pass(pass which, const Use& use) {
  if (which == pass::value) return use(Value{});
  if (which == pass::backward) return use(Backward{});
  use(DoubleBackward{});
}
/// Evaluates the lanes that are wanted. One of parameters alone has no dimensions.
template <std::size_t n>
void evaluate(const std::array<expression, n>& lanes, const Tensor& like, at::ArrayRef<bool> wanted,
              std::span<Tensor> to) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!wanted[i]) continue;
    to[i] = lanes[i].evaluate(like);
    if (to[i].dim() != like.dim()) to[i] = to[i].expand_as(like);
  }
}
/// What Pass makes of the formula, or a call of it, and of so many tensors.
template <class Pass, class Call> auto run(const Call& call, at::ArrayRef<Tensor> from) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return Pass::of(call, lane_of<expression>(from[i])...);
  }
  (std::make_index_sequence<Pass::inputs>());
}

template <class F>
void pointwise_expression(pass which, at::ArrayRef<Tensor> from, const Numbers& numbers,
                          at::ArrayRef<bool> wanted, std::span<Tensor> to) {
  const Tensor input = at_least_float(from.back());
  const F f = formula<F>(numbers, input, /*fold=*/true);
  with_pass<value_pass, backward_pass, double_backward_pass>(
      which, [&]<class Pass>(Pass) { evaluate(run<Pass>(f, from), input, wanted, to); });
}

template <class A>
void gated_expression(pass which, at::ArrayRef<Tensor> from, const Numbers& numbers,
                      at::ArrayRef<bool> wanted, std::span<Tensor> to) {
  const Tensor input = at_least_float(from.back());
  const bool twice = which == pass::double_backward;
  const gated_call<A> call{formula<A>(numbers, input, /*fold=*/true), !twice || from[0].defined(),
                           !twice || from[1].defined()};
  with_pass<gated_value, gated_backward, gated_double_backward>(
      which, [&]<class Pass>(Pass) { evaluate(run<Pass>(call, from), input, wanted, to); });
}

template <class F>
void parametric_expression(pass which, at::ArrayRef<Tensor> from, const Numbers&,
                           at::ArrayRef<bool> wanted, std::span<Tensor> to) {
  const Tensor input = at_least_float(from[0]);
  const auto lane = [&](int i) { return lane_of<expression>(from[i]); };
  const parametric_point<expression> point{lane(0), lane(1),           lane(2),          lane(3),
                                           lane(4), from[3].defined(), from[4].defined()};
  using Backward = parametric_backward<true, true>;
  using DoubleBackward = parametric_double_backward<true>;
  with_pass<parametric_value, Backward, DoubleBackward>(which, [&]<class Pass>(Pass) {
    const auto [result, first, term] = Pass::of(F{}, point);
    evaluate(std::array{result, first, point.g * term}, input, wanted, to);
  });
}

template <class F> Tensor replaces(const Tensor& best, const Tensor& next) {
  return F{}.replaces(lane_of<expression>(best), lane_of<expression>(next)).where;
}
template <class F> constexpr auto choice_of() -> Tensor (*)(const Tensor&, const Tensor&) {
  if constexpr (requires(const F& f, const expression& e) { f.choice(e, e); }) {
    return [](const Tensor& best, const Tensor& next) {
      return F{}.choice(expression(best), expression(next)).evaluate(best);
    };
  } else {
    return nullptr;
  }
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
  gated::Entry entry{
      {unit.name, nullptr, autocast::widest}, &unit, gated_expression<A>, derivative<A>, nullptr};
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
    return parametric::Entry{{unit.name, nullptr, autocast_of<F>()},
                             &unit,
                             parametric_expression<F>,
                             F::weight,
                             mixed<F>,
                             member<F>};
  } else if constexpr (is_gated<F>) {
    return gated_entry_of<F>(unit);
  } else if constexpr (is_groupwise<F>) {
    return groupwise::Entry{
        {unit.name, nullptr, autocast::none}, &unit, replaces<F>, choice_of<F>()};
  } else {
    return pointwise::Entry{
        {unit.name, nullptr, autocast::none}, &unit, pointwise_expression<F>, derivative<F>};
  }
}
