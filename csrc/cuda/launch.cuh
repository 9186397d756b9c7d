#pragma once
#include "loop.h"

/// The kernels, and the choice between them.

constexpr std::int64_t max_blocks = 0x7fffffff;
/// Blocks for which a multiprocessor must have room. 0 leaves them to the compiler, which for
/// double aims at more than it can do without spilling registers, and so it does with weights
/// where a multiprocessor has fewer threads.
template <class T> constexpr int resident = sizeof(T) == 8 ? 3 : 0;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1200
template <class T> constexpr int weighted_resident = sizeof(T) == 8 ? 3 : 4;
#else
template <class T> constexpr int weighted_resident = resident<T>;
#endif

__device__ __forceinline__ std::int64_t thread_index() {
  return std::int64_t{blockIdx.x} * threads + threadIdx.x;
}

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, resident<T>)
    dense(const F f, const pointers<Pass> t, const dense_run<Width> run) {
  dense_shares<Pass, T>(f, t, run, blockIdx.x, static_cast<int>(threadIdx.x));
}

/// The strides are read from the parameter memory with a running index: without __grid_constant__
/// they would be copied.
template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, resident<T>)
    in_rows(const F f, const __grid_constant__ rows<pointers<Pass>::count> r) {
  row_pieces<Pass, T>(f, r, blockIdx.x, static_cast<int>(threadIdx.x));
}

/// Calls `kernel` with enough blocks.
template <class... Parameters, class... Arguments>
cudaError_t start(std::int64_t blocks, cudaStream_t stream, void (*kernel)(Parameters...),
                  const Arguments&... arguments) {
  if (blocks > max_blocks) return cudaErrorInvalidConfiguration;
  if (blocks > 0) kernel<<<blocks, threads, 0, stream>>>(arguments...);
  return cudaGetLastError();
}

/// Calls `run` with a number of the storage type.
template <class Run> auto with_type(dtype type, const Run& run) -> decltype(run(double{})) {
  switch (type) {
    case dtype::float64:
      return run(double{});
    case dtype::float32:
      return run(float{});
    case dtype::float16:
      return run(half{});
    case dtype::bfloat16:
      return run(bfloat16{});
  }
  return {};
}

template <class F, class Pass, class T>
cudaError_t launch(const F& f, const pointwise::operands& o, cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T), count = pointers<Pass>::count;
  const std::int64_t size = element_count(o);
  if (size == 0) return cudaSuccess;
  if (is_dense(o, count, sizeof(T))) {
    const auto run = cut<width>(o.data[0], size);
    pointers<Pass> t;
    for (int i = 0; i < count; ++i) t.data[i] = static_cast<char*>(o.data[i]);
    return start(ceil_div(run.shares(), batch_of<Pass, T> * threads), stream,
                 dense<F, Pass, T, width>, f, t, run);
  }
  const auto r = plan_rows<Pass, T>(o);
  return start(ceil_div(r.items, row_batch_of<Pass, T> * threads), stream, in_rows<F, Pass, T>, f,
               r);
}

template <class F, class Pass>
cudaError_t launch(const F& f, dtype type, const pointwise::operands& o, cudaStream_t stream) {
  return with_type(type, [&]<class T>(T) { return launch<F, Pass, T>(f, o, stream); });
}

template <class F>
int launch(pointwise::pass pass, dtype type, const double* parameters, const pointwise::operands& o,
           void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return with_formula<F>(parameters, [&]<class G>(const G& f) {
    switch (pass) {
      case pointwise::pass::value:
        return launch<G, value_pass>(f, type, o, queue);
      case pointwise::pass::backward:
        return launch<G, backward_pass>(f, type, o, queue);
      case pointwise::pass::double_backward:
        return launch<G, double_backward_pass>(f, type, o, queue);
    }
    return cudaErrorInvalidValue;
  });
}

template <class F>
requires pointwise_formula<F, double_lane>
constexpr pointwise::cuda_unit unit_of() { return {.launch = launch<F>}; }
