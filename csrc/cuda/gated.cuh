#pragma once
#include "gated.h"
#include "pointwise.cuh"

/// The kernels of a gated formula: those of a pointwise one, of more tensors.

template <class F, class Pass, class T>
cudaError_t launch_gated_part(const double* parameters, const gated::operands& o,
                              cudaStream_t stream) {
  using A = typename F::activation;
  constexpr int width = vector_bytes / sizeof(T), count = pointers<Pass>::count;
  return with_text<A, gated_pays_at_defaults<Pass>>(parameters, [&]<class G>(const G& act) {
    const auto call = gated_call_of<Pass>(act, o);
    using Call = gated_call<G>;
    if constexpr (has_gated_dense_kernel<Pass, T>) {
      constexpr int reference = reference_of<Pass>;
      if (is_dense(o, count, sizeof(T), reference)) {
        const auto run = cut<width, std::int64_t>(o.data[reference], element_count(o));
        pointers<Pass> t;
        for (int i = 0; i < count; ++i) t.data[i] = static_cast<char*>(o.data[i]);
        return start(ceil_div(run.shares(), batch_of<Pass, T> * threads), stream,
                     dense<Call, Pass, T, width>, call, t, run);
      }
    }
    const auto r = plan_elements<Pass, T>(o);
    return start(ceil_div(r.items, row_batch_of<Pass, T> * threads), stream, in_rows<Call, Pass, T>,
                 call, r);
  });
}

template <class F>
int launch_gated(gated::pass pass, dtype type, const double* parameters, const gated::operands& o,
                 void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return with_type(type, [&]<class T>(T) {
    return in_parts(o, [&](const gated::operands& part) {
      switch (pass) {
        case gated::pass::value:
          return launch_gated_part<F, gated_value, T>(parameters, part, queue);
        case gated::pass::backward:
          return launch_gated_part<F, gated_backward, T>(parameters, part, queue);
        case gated::pass::double_backward:
          return launch_gated_part<F, gated_double_backward, T>(parameters, part, queue);
      }
      return cudaErrorInvalidValue;
    });
  });
}

template <class F>
requires gated_formula<F>
constexpr gated::cuda_unit unit_of() { return {.launch = launch_gated<F>}; }
