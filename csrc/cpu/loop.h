#pragma once
#include "../family/pointwise.h"
#include "../simd/unrolled.h"
#include "elements.h"

/// The pointwise family: each pass and type has one kernel, whose formula is inlined once; every
/// element goes through it in whole lanes, so that a result depends on its inputs alone.

/// The lane that computes for a storage type.
template <class T, template <int> class Lane>
using lane_for =
    std::conditional_t<std::is_same_v<T, double>, double_lane, Lane<significant_bits<T>>>;

template <class Pass, class V, class F, class T, std::size_t... O, std::size_t... I>
NONLIN_INLINE void step(const F& f, void* const* at, std::int64_t i, T*, std::index_sequence<O...>,
                        std::index_sequence<I...>) {
  const auto result = Pass::of(f, V::load(static_cast<const T*>(at[Pass::outputs + I]) + i)...);
  (result[O].store(static_cast<T*>(at[O]) + i), ...);
}

/// Asks for what a step computes some steps later, in every tensor. Processors see streams coming
/// up to the end of a page, where several of them begin anew at once.
template <class Pass, class V, class T>
NONLIN_INLINE void fetch_ahead(void* const* at, std::int64_t i) {
  constexpr int ahead = 1024, line = 64, bytes = V::size * sizeof(T);
  for (int t = 0; t < Pass::outputs + Pass::inputs; ++t) {
    const char* const from = static_cast<const char*>(at[t]) + i * sizeof(T) + ahead;
    NONLIN_UNROLL
    for (int b = 0; b < bytes; b += line) __builtin_prefetch(from + b);
  }
}

/// What `element_kernel` says.
template <class Pass, class V, class T, class F>
static void steps(const void* formula, void* const* at, std::int64_t count) {
  const F& f = *static_cast<const F*>(formula);
  for (std::int64_t i = 0; i < count; i += V::size) {
    if constexpr (V::size > 1 && requires { f.from_memory; }) {
      if (f.from_memory) fetch_ahead<Pass, V, T>(at, i);
    }
    step<Pass, V>(f, at, i, static_cast<T*>(nullptr), std::make_index_sequence<Pass::outputs>{},
                  std::make_index_sequence<Pass::inputs>{});
  }
}
template <class Pass, class V, class T, class F>
constexpr element_kernel element_kernel_of{sizeof(T), V::size, Pass::outputs,
                                           Pass::outputs + Pass::inputs, steps<Pass, V, T, F>};

template <class F, class Pass, class T, template <int> class Lane>
static void kernel(const double* parameters, const pointwise::operands& o, std::int64_t begin,
                   std::int64_t end) {
  with_formula<F>(parameters, [&]<class G>(const G& f) {
    run_elements(o, begin, end, element_kernel_of<Pass, unrolled<lane_for<T, Lane>>, T, G>, &f);
  });
}

template <class F, template <int> class Lane>
requires pointwise_formula<F, double_lane>
constexpr pointwise::cpu_unit unit_of() {
  pointwise::cpu_unit unit{};
  unit.parameter_count = parameter_count<F>();
  describe<F>(unit.parameters);
  const auto fill = [&]<class Pass>(pointwise::pass pass, Pass) {
    auto& kernels = unit.at[static_cast<int>(pass)];
    kernels[static_cast<int>(dtype::float64)] = kernel<F, Pass, double, Lane>;
    kernels[static_cast<int>(dtype::float32)] = kernel<F, Pass, float, Lane>;
    kernels[static_cast<int>(dtype::float16)] = kernel<F, Pass, half, Lane>;
    kernels[static_cast<int>(dtype::bfloat16)] = kernel<F, Pass, bfloat16, Lane>;
  };
  if constexpr (particular<F>) {
    unit.refused = [](const double* parameters) { return formula<F>(parameters).refused(); };
  }
  if constexpr (saves_its_result<F>) {
    unit.saves_result = [](const double* parameters, dtype type) {
      return formula<F>(parameters).saves_result(type);
    };
  }
  fill(pointwise::pass::value, value_pass{});
  fill(pointwise::pass::backward, backward_pass{});
  fill(pointwise::pass::double_backward, double_backward_pass{});
  return unit;
}
