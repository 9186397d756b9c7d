#pragma once
#include "arrange.h"
#include "launch.cuh"

/// The kernels of a formula with a weight, and the choice between them.

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, resident<T>)
    weighted_dense(const F f, const weighted_run<Width> w) {
  const std::int64_t i = thread_index();
  if (i < w.run.shares()) weighted_share<Pass, T>(f, w, i);
}

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, resident<T>)
    weighted_strided(const F f, const __grid_constant__ weighted_walk w, const std::int64_t size) {
  const std::int64_t i = thread_index();
  if (i < size) weighted_element<Pass, T>(f, w, i);
}

/// Adds the rows of a block's threads.
template <int Width> __device__ __forceinline__ void fold_all(double* sum, int across, int down) {
  for (int count = down; count > 1; count -= count / 2) {
    __syncthreads();
    fold<Width>(sum, across, count, threadIdx.x);
  }
  __syncthreads();
}

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, 2)
    weighted_planes(const F f, const __grid_constant__ planes p) {
  __shared__ double sum[threads];
  sum[threadIdx.x] = plane_sum<Pass, T, Width>(f, p, blockIdx.x, threadIdx.x);
  fold_all<1>(sum, 1, threads);
  if (threadIdx.x == 0) deliver_plane<T>(p, sum, blockIdx.x);
}

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, 2)
    weighted_columns(const F f, const __grid_constant__ columns c) {
  __shared__ double sum[Width * threads];
  double mine[Width];
  column_sums<Pass, T>(f, c, blockIdx.x, threadIdx.x, mine);
  each<Width>([&](int k) { sum[k * threads + threadIdx.x] = mine[k]; });
  fold_all<Width>(sum, c.across, c.down);
  deliver_columns<T, Width>(c, sum, blockIdx.x, threadIdx.x);
}

template <class T> __global__ void __launch_bounds__(threads) add_slices(const slice_sums s) {
  __shared__ double sum[threads];
  sum[threadIdx.x] = slice_sum(s, blockIdx.x, threadIdx.x);
  fold_all<1>(sum, s.across, s.down);
  deliver_slices<T>(s, sum, blockIdx.x, threadIdx.x);
}

/// Calls `kernel` with enough blocks.
template <class... Parameters, class... Arguments>
cudaError_t start(std::int64_t blocks, cudaStream_t stream, void (*kernel)(Parameters...),
                  const Arguments&... arguments) {
  if (blocks > max_blocks) return cudaErrorInvalidConfiguration;
  if (blocks > 0) kernel<<<blocks, threads, 0, stream>>>(arguments...);
  return cudaGetLastError();
}

/// The results alone.
template <class F, class Pass, class T>
cudaError_t launch_results(const F& f, const parametric::job& job, cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T);
  if (run_width<T>(job) > 1) {
    const auto w = plan_run<T, width>(job);
    return start(ceil_div(w.run.shares(), threads), stream, weighted_dense<F, Pass, T, width>, f,
                 w);
  }
  const std::int64_t size = job_shape(job).size();
  const weighted_walk w{parametric_data(job), all_dims(job)};
  return start(ceil_div(size, threads), stream, weighted_strided<F, Pass, T>, f, w, size);
}

/// The results and the weight gradient.
template <class F, class Pass, class T>
cudaError_t launch_sums(const F& f, const parametric::job& job, void* grad_weight, void* workspace,
                        cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T);
  const job_shape shape(job);
  const sums target{shape.channels, slices_of<T>(shape), static_cast<double*>(workspace),
                    grad_weight};
  cudaError_t error;
  if (in_columns(shape)) {
    const int taken = column_width<T>(job);
    const auto plan = plan_columns<T>(job, target, taken);
    error = start(plan.tiles * target.slices, stream,
                  taken > 1 ? weighted_columns<F, Pass, T, width> : weighted_columns<F, Pass, T, 1>,
                  f, plan);
  } else {
    const int taken = plane_width<T>(job);
    const auto plan = plan_planes<T>(job, target, taken);
    error = start(target.channels * target.slices, stream,
                  taken > 1 ? weighted_planes<F, Pass, T, width> : weighted_planes<F, Pass, T, 1>,
                  f, plan);
  }
  if (error != cudaSuccess || target.slices == 1) return error;
  const slice_sums plan = plan_slices(target);
  return start(ceil_div(target.channels, plan.across), stream, add_slices<T>, plan);
}

inline std::int64_t sums_workspace(parametric::pass pass, dtype type, const parametric::job& job) {
  if (pass == parametric::pass::value) return 0;
  const job_shape shape(job);
  const std::int64_t slices = with_type(type, [&]<class T>(T) { return slices_of<T>(shape); });
  return slices > 1 ? slices * shape.channels * std::int64_t{sizeof(double)} : 0;
}

template <class F>
int launch_parametric(parametric::pass pass, dtype type, const parametric::job& job,
                      void* grad_weight, void* workspace, void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return with_type(type, [&]<class T>(T) -> int {
    const F f{};
    const auto derivative = [&]<class Pass>(Pass) {
      return grad_weight == nullptr
                 ? launch_results<F, Pass, T>(f, job, queue)
                 : launch_sums<F, Pass, T>(f, job, grad_weight, workspace, queue);
    };
    switch (pass) {
      case parametric::pass::value:
        return launch_results<F, parametric_value, T>(f, job, queue);
      case parametric::pass::backward:
        return derivative(parametric_gradient{});
      case parametric::pass::double_backward:
        return derivative(parametric_second{});
    }
    return cudaErrorInvalidValue;
  });
}

template <class F>
requires parametric_formula<F, cuda_wide>
constexpr parametric::cuda_unit unit_of() {
  return {.workspace = sums_workspace, .launch = launch_parametric<F>};
}
