#pragma once
#include "../family/pointwise.h"
#include "../simd/twice.h"

/// The loop over the elements of one run. Every element goes through the same vector code, in whole
/// vectors, wherever it lies in memory and however many there are: a result depends on its inputs
/// alone.

/// The lane that computes for a storage type.
template <class T, template <int> class Lane>
using lane_for = std::conditional_t<std::is_same_v<T, double>, double_lane, Lane<significant_bits<T>>>;

template <class Pass, class T> using inputs_of = std::array<const T*, Pass::inputs>;
template <class Pass, class T> using outputs_of = std::array<T*, Pass::outputs>;

template <class Pass, class V, class F, class T, std::size_t... I, std::size_t... O>
NONLIN_INLINE void step(const F& f, const inputs_of<Pass, T>& in, const outputs_of<Pass, T>& out,
                        std::int64_t at, std::index_sequence<I...>, std::index_sequence<O...>) {
  const auto result = Pass::of(f, V::load(in[I] + at)...);
  (result[O].store(out[O] + at), ...);
}

/// in[i] → out[j]: as many elements as make whole lanes.
template <class Pass, class V, class T, class F>
[[gnu::noinline]] static void steps(const F& f, const inputs_of<Pass, T>& in,
                                    const outputs_of<Pass, T>& out, std::int64_t count) {
  for (std::int64_t at = 0; at < count; at += V::size) {
    step<Pass, V>(f, in, out, at, std::make_index_sequence<Pass::inputs>{},
                  std::make_index_sequence<Pass::outputs>{});
  }
}

/// Elements [begin, end) by way of a buffer: strided runs, and the end of dense ones.
template <class Pass, class V, class T, class F>
static void buffered(const F& f, const pointwise::run& run, std::int64_t begin, std::int64_t end) {
  constexpr std::int64_t block = 256;
  static_assert(block % V::size == 0);
  alignas(64) T in[Pass::inputs][block], out[Pass::outputs][block];
  inputs_of<Pass, T> from;
  outputs_of<Pass, T> to;
  for (int i = 0; i < Pass::inputs; ++i) from[i] = in[i];
  for (int i = 0; i < Pass::outputs; ++i) to[i] = out[i];
  for (; begin < end; begin += block) {
    const std::int64_t count = end - begin < block ? end - begin : block;
    const std::int64_t padded = (count + V::size - 1) / V::size * V::size;
    for (int i = 0; i < Pass::inputs; ++i) {
      const char* source = run.input[i] + begin * run.input_stride[i];
      for (std::int64_t k = 0; k < count; ++k, source += run.input_stride[i]) {
        std::memcpy(&in[i][k], source, sizeof(T));
      }
      std::memset(static_cast<void*>(in[i] + count), 0, (padded - count) * sizeof(T));
    }
    steps<Pass, V>(f, from, to, padded);
    for (int i = 0; i < Pass::outputs; ++i) {
      char* target = run.output[i] + begin * run.output_stride[i];
      for (std::int64_t k = 0; k < count; ++k, target += run.output_stride[i]) {
        std::memcpy(target, &out[i][k], sizeof(T));
      }
    }
  }
}

template <class Pass, class T> static bool is_dense(const pointwise::run& run) {
  for (int i = 0; i < Pass::inputs; ++i) {
    if (run.input_stride[i] != sizeof(T)) return false;
  }
  for (int i = 0; i < Pass::outputs; ++i) {
    if (run.output_stride[i] != sizeof(T)) return false;
  }
  return true;
}

template <class Pass, class V, class T, class F>
static void elements(const F& f, const pointwise::run& run) {
  std::int64_t done = 0;
  if (is_dense<Pass, T>(run)) {
    inputs_of<Pass, T> in;
    outputs_of<Pass, T> out;
    for (int i = 0; i < Pass::inputs; ++i) in[i] = reinterpret_cast<const T*>(run.input[i]);
    for (int i = 0; i < Pass::outputs; ++i) out[i] = reinterpret_cast<T*>(run.output[i]);
    done = run.size / V::size * V::size;
    steps<Pass, V>(f, in, out, done);
  }
  buffered<Pass, V, T>(f, run, done, run.size);
}

template <class F, class Pass, class T, template <int> class Lane>
static void kernel(const double* parameters, const pointwise::run& run) {
  with_formula<F>(parameters,
                  [&](const auto& f) { elements<Pass, several<lane_for<T, Lane>>, T>(f, run); });
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
  fill(pointwise::pass::value, value_pass{});
  fill(pointwise::pass::backward, backward_pass{});
  fill(pointwise::pass::double_backward, double_backward_pass{});
  return unit;
}
