#pragma once
#include "../family/gated.h"
#include "loop.h"

/// The gated family: kernels of a formula like the pointwise ones, of more tensors.

/// A call whose tensors, `from_memory`, are more than what a core keeps at hand.
template <class A> struct gated_cpu_call : gated_call<A> { bool from_memory; };

template <class F, class Pass, class T, template <int> class Lane>
static void gated_kernel(const double* parameters, const gated::operands& o, std::int64_t begin,
                         std::int64_t end) {
  with_formula<typename F::activation>(parameters, [&]<class A>(const A& act) {
    constexpr std::int64_t tensors = Pass::inputs + Pass::outputs;
    const gated_cpu_call<A> call{gated_call_of<Pass>(act, o),
                                 (end - begin) * tensors * std::int64_t{sizeof(T)} > cached_bytes};
    run_elements(o, begin, end,
                 element_kernel_of<Pass, unrolled<lane_for<T, Lane>>, T, gated_cpu_call<A>>, &call);
  });
}

template <class F, template <int> class Lane>
requires gated_formula<F>
constexpr gated::cpu_unit unit_of() {
  using A = typename F::activation;
  gated::cpu_unit unit{};
  unit.parameter_count = parameter_count<A>();
  describe<A>(unit.parameters);
  const auto fill = [&]<class Pass>(gated::pass pass, Pass) {
    auto& kernels = unit.at[static_cast<int>(pass)];
    kernels[static_cast<int>(dtype::float64)] = gated_kernel<F, Pass, double, Lane>;
    kernels[static_cast<int>(dtype::float32)] = gated_kernel<F, Pass, float, Lane>;
    kernels[static_cast<int>(dtype::float16)] = gated_kernel<F, Pass, half, Lane>;
    kernels[static_cast<int>(dtype::bfloat16)] = gated_kernel<F, Pass, bfloat16, Lane>;
  };
  if constexpr (particular<A>) {
    unit.refused = [](const double* parameters) { return formula<A>(parameters).refused(); };
  }
  fill(gated::pass::value, gated_value{});
  fill(gated::pass::backward, gated_backward{});
  fill(gated::pass::double_backward, gated_double_backward{});
  return unit;
}
