#pragma once
#include "gated.h"
#include "launch.cuh"
#include "pointwise.cuh"

/// The kernels of a gated formula.

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, resident<T>)
    gated_elements(const F f, const __grid_constant__ gated_rows<Pass> r) {
  gated_share<Pass, T>(f, r, static_cast<int>(blockIdx.x), static_cast<int>(threadIdx.x));
}

template <class F, class Pass, class T>
cudaError_t launch_gated_part(const double* parameters, const gated::operands& o,
                              cudaStream_t stream) {
  using A = typename F::activation;
  const auto r = plan_gated<Pass, T>(o);
  return with_text<A, gated_pays_at_defaults<Pass>>(parameters, [&]<class G>(const G& act) {
    return start(blocks_of<Pass>(r), stream, gated_elements<gated_call<G>, Pass, T>,
                 gated_call_of<Pass>(act, o), r);
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
