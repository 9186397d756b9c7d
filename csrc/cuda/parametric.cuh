#pragma once
#include "fold.cuh"
#include "launch.cuh"
#include "launch_plan.h"

/// The kernels of a formula with a weight, and the choice between them.

/// As `resident`, where a multiprocessor may have fewer threads, and the compiler aims at too many;
/// for gradients, where it would take half as many registers again as it needs.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1200
template <class Pass, class T>
constexpr int weighted_resident = std::is_same_v<Pass, parametric_second> && sizeof(T) == 2
                                      ? 0  // with a number it takes them all, and a stack
                                  : sizeof(T) == 8 ? 3
                                                   : 4;
#else
template <class Pass, class T>
constexpr int weighted_resident = std::is_same_v<Pass, parametric_gradient> && sizeof(T) == 2
                                      ? 6
                                      : resident<T>;
#endif

template <class F, class Pass, class T, int Width>
__global__ void __launch_bounds__(threads, weighted_resident<Pass, T>)
    weighted_dense(const F f, const weighted_run<Width> w) {
  weighted_shares<Pass, T>(f, w, static_cast<int>(blockIdx.x), static_cast<int>(threadIdx.x));
}

template <class F, class Pass, class T>
__global__ void __launch_bounds__(threads, sizeof(T) == 8 ? 3 : 4)
    weighted_in_rows(const F f, const __grid_constant__ parametric_rows<int> r) {
  const int i = thread_index();
  if (i < r.items) weighted_piece<Pass, T>(f, r, i);
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

/// The results alone.
template <class F, class Pass, class T>
cudaError_t launch_results(const F& f, const parametric_operands& all, int channel,
                           cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T);
  return in_parts(all, [&](const parametric_operands& o) {
    if constexpr (has_weighted_dense_kernel<F, T>) {
      if (few_weights(o, channel) && is_dense(o, parametric::slots, sizeof(T))) {
        const auto w = plan_run<T, width>(o, channel);
        return start(ceil_div(w.run.shares(), weighted_batch<Pass, T> * threads), stream,
                     weighted_dense<F, Pass, T, width>, f, w);
      }
    }
    const auto r = plan_rows(o, sizeof(T), parametric::self);
    return start(ceil_div(r.items, threads), stream, weighted_in_rows<F, Pass, T>, f, r);
  });
}

/// The results and the weight gradient.
template <class F, class Pass, class T>
cudaError_t launch_sums(const F& f, dtype type, const parametric::job& job, void* grad_weight,
                        void* workspace, cudaStream_t stream) {
  const job_shape shape(job);
  const weight_gradient target{shape.channels, slices_of<T>(shape), static_cast<double*>(workspace),
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
  return static_cast<cudaError_t>(
      add_slices(type, target.channels, target.slices, target.partial, grad_weight, stream));
}

template <class F>
int launch_parametric(parametric::pass pass, dtype type, const parametric::job& job,
                      void* grad_weight, void* workspace, void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return with_type(type, [&]<class T>(T) -> int {
    const F f{};
    const auto run = [&]<class Pass>(Pass) {
      if constexpr (Pass::sums) {
        if (grad_weight != nullptr) {
          return launch_sums<F, Pass, T>(f, type, job, grad_weight, workspace, queue);
        }
      }
      return launch_results<F, Pass, T>(f, with_weights(job), job.channel, queue);
    };
    switch (pass) {
      case parametric::pass::value:
        return run(parametric_value{});
      case parametric::pass::backward:
        return run(parametric_gradient{});
      case parametric::pass::double_backward:
        return run(parametric_second{});
    }
    return cudaErrorInvalidValue;
  });
}

template <class F>
requires parametric_formula<F, double_lane>
constexpr parametric::cuda_unit unit_of() {
  return {.workspace = weight_gradient_workspace, .launch = launch_parametric<F>};
}
