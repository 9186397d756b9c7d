#pragma once
#include "arrange.h"
#include "launch.cuh"

/// The kernels of a formula with a weight, and the choice between them.

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, weighted_resident<T>)
    weighted_dense(const F f, const weighted_run<Width> w) {
  weighted_shares<Pass, T>(f, w, blockIdx.x, static_cast<int>(threadIdx.x));
}

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, sizeof(T) == 8 ? 3 : 4)
    weighted_in_rows(const F f, const __grid_constant__ parametric_rows r) {
  const std::int64_t i = thread_index();
  if (i < r.items) weighted_piece<Pass, T>(f, r, i);
}

/// Adds the rows of a block's threads.
template <int Width> __device__ __forceinline__ void fold_all(double* sum, int across, int down) {
  for (int count = down; count > 1; count -= count / 2) {
    __syncthreads();
    fold<Width>(sum, across, count, threadIdx.x);
  }
  __syncthreads();
}

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, 2)
    weighted_planes(const F f, const __grid_constant__ planes p) {
  __shared__ double sum[threads];
  sum[threadIdx.x] = plane_sum<Pass, T>(f, p, blockIdx.x, threadIdx.x);
  fold_all<1>(sum, 1, threads);
  if (threadIdx.x == 0) deliver_plane<T>(p, sum, blockIdx.x);
}

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, 2)
    weighted_columns(const F f, const __grid_constant__ columns c) {
  constexpr int width = vector_bytes / sizeof(T);
  __shared__ double sum[width * threads];
  double mine[width];
  column_sums<Pass, T>(f, c, blockIdx.x, threadIdx.x, mine);
  each<width>([&](int k) { sum[k * threads + threadIdx.x] = mine[k]; });
  fold_all<width>(sum, c.across, c.down);
  deliver_columns<T, width>(c, sum, blockIdx.x, threadIdx.x);
}

template <class T> __global__ void __launch_bounds__(threads) add_slices(const slice_sums s) {
  __shared__ double sum[threads];
  sum[threadIdx.x] = slice_sum(s, blockIdx.x, threadIdx.x);
  fold_all<1>(sum, s.across, s.down);
  deliver_slices<T>(s, sum, blockIdx.x, threadIdx.x);
}

/// The results alone.
template <class F, class Pass, class T>
cudaError_t launch_results(const F& f, const parametric::job& job, cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T);
  if (job_shape(job).size() == 0) return cudaSuccess;
  if (is_dense<T>(job)) {
    const auto w = plan_run<T, width>(job);
    return start(ceil_div(w.run.shares(), weighted_batch<Pass, T> * threads), stream,
                 weighted_dense<F, Pass, T, width>, f, w);
  }
  const auto r = plan_rows<T, parametric::self>(parametric_data(job).at, all_dims(job));
  return start(ceil_div(r.items, threads), stream, weighted_in_rows<F, Pass, T>, f, r);
}

/// The results and the weight gradient.
template <class F, class Pass, class T>
cudaError_t launch_sums(const F& f, const parametric::job& job, void* grad_weight, void* workspace,
                        cudaStream_t stream) {
  const job_shape shape(job);
  const sums target{shape.channels, slices_of<T>(shape), static_cast<double*>(workspace),
                    grad_weight};
  cudaError_t error;
  if (in_columns(job)) {
    const auto plan = plan_columns<T>(job, target);
    error = start(static_cast<std::int64_t>(plan.tiles.value) * target.slices, stream,
                  weighted_columns<F, Pass, T>, f, plan);
  } else {
    error = start(target.channels * target.slices, stream, weighted_planes<F, Pass, T>, f,
                  plan_planes<T>(job, target));
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
requires parametric_formula<F, double_lane>
constexpr parametric::cuda_unit unit_of() {
  return {.workspace = sums_workspace, .launch = launch_parametric<F>};
}
