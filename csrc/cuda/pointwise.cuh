#pragma once
#include "launch.cuh"
#include "pointwise.h"

/// The kernels of a formula without weights, and the choice between them.

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, resident<T>)
    dense(const F f, const pointers<Pass> t, const dense_run<Width, std::int64_t> run) {
  dense_shares<Pass, T>(f, t, run, blockIdx.x, static_cast<int>(threadIdx.x));
}

/// The strides are read from the parameter memory with a running index: without __grid_constant__
/// they would be copied.
template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, resident<T>)
    in_rows(const F f, const __grid_constant__ rows<pointers<Pass>::count> r) {
  row_pieces<Pass, T>(f, r, static_cast<int>(blockIdx.x), static_cast<int>(threadIdx.x));
}

/// Calls use(f) with the formula at these values; with its second text for the defaults where that
/// `pays`.
template <class F, bool Pays, class Use> auto with_text(const double* parameters, const Use& use) {
  if constexpr (Pays) {
    return with_formula<F>(parameters, use);
  } else {
    return use(formula<F>(parameters));
  }
}

template <class F, class Pass, class T>
cudaError_t launch_part(const double* parameters, const pointwise::operands& o,
                        cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T), count = pointers<Pass>::count;
  if constexpr (has_dense_kernel<F, Pass, T>) {
    if (is_dense(o, count, sizeof(T))) {
      const auto run = cut<width, std::int64_t>(o.data[0], element_count(o));
      pointers<Pass> t;
      for (int i = 0; i < count; ++i) t.data[i] = static_cast<char*>(o.data[i]);
      return with_text<F, pays_at_defaults<Pass>>(parameters, [&]<class G>(const G& f) {
        return start(ceil_div(run.shares(), batch_of<Pass, T> * threads), stream,
                     dense<G, Pass, T, width>, f, t, run);
      });
    }
  }
  const auto r = plan_elements<Pass, T>(o);
  return with_text<F, pays_in_rows_at_defaults<Pass>>(parameters, [&]<class G>(const G& f) {
    return start(ceil_div(r.items, row_batch_of<Pass, T> * threads), stream, in_rows<G, Pass, T>, f,
                 r);
  });
}

template <class F>
int launch(pointwise::pass pass, dtype type, const double* parameters, const pointwise::operands& o,
           void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return with_type(type, [&]<class T>(T) {
    return in_parts(o, [&](const pointwise::operands& part) {
      switch (pass) {
        case pointwise::pass::value:
          return launch_part<F, value_pass, T>(parameters, part, queue);
        case pointwise::pass::backward:
          return launch_part<F, backward_pass, T>(parameters, part, queue);
        case pointwise::pass::double_backward:
          return launch_part<F, double_backward_pass, T>(parameters, part, queue);
      }
      return cudaErrorInvalidValue;
    });
  });
}

template <class F>
requires pointwise_formula<F, double_lane>
constexpr pointwise::cuda_unit unit_of() { return {.launch = launch<F>}; }
