#pragma once
#include "loop.h"
#include "weighted.h"

/// The parametric family: each pass has one kernel for blocks of one weight and one for blocks of
/// many; tile.h brings the tensors before them.

template <class Pass, class F, class T, class V>
static void run(const parametric::job& job, const parametric::tile& tile,
                unsigned used = Pass::always | Pass::optional) {
  run_tile(job, tile, used, kernels_of<Pass, F, T, V>);
}

template <class F, class T, class V>
static void value(const parametric::job& job, const parametric::tile& tile) {
  run<parametric_value, F, T, V>(job, tile);
}

template <class F, class T, class V>
static void backward(const parametric::job& job, const parametric::tile& tile) {
  if (tile.sums) {
    run<any_backward, F, T, V>(job, tile);
  } else {
    run<parametric_backward<true, false>, F, T, V>(job, tile);
  }
}

/// Without directions all results are zero, whatever grad_output holds.
template <class F, class T, class V>
static void double_backward(const parametric::job& job, const parametric::tile& tile) {
  using elements = parametric_double_backward<false>;
  const bool zero = !job.data[parametric::grad_grad_self] && !job.grad_grad_weight;
  constexpr unsigned every = elements::always | elements::optional;
  const bool uses_gradient = (tile.sums || job.data[parametric::result]) && !zero;
  const unsigned used = every & ~(uses_gradient ? 0u : slot_bits(parametric::grad_output));
  if (tile.sums) {
    run<parametric_double_backward<true>, F, T, V>(job, tile, used);
  } else {
    run<elements, F, T, V>(job, tile, used);
  }
}

template <class F, template <int> class Lane>
requires parametric_formula<F, double_lane>
constexpr parametric::cpu_unit unit_of() {
  parametric::cpu_unit unit{};
  unit.casts = autocast_of<F>();
  const auto fill = [&]<class T>(dtype type, T) {
    const int t = static_cast<int>(type);
    using V = lane_for<T, Lane>;
    unit.at[static_cast<int>(pass::value)][t] = value<F, T, V>;
    unit.at[static_cast<int>(pass::backward)][t] = backward<F, T, V>;
    unit.at[static_cast<int>(pass::double_backward)][t] = double_backward<F, T, V>;
  };
  fill(dtype::float64, double{});
  fill(dtype::float32, float{});
  fill(dtype::float16, half{});
  fill(dtype::bfloat16, bfloat16{});
  return unit;
}
