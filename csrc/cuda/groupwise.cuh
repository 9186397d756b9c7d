#pragma once
#include "groupwise.h"
#include "launch.cuh"

/// The kernels of a formula that chooses among the entries of groups.

template <class F, class Pass, class Layout, class T>
__global__ void __launch_bounds__(threads)
    grouped(const F f, const __grid_constant__ group_walk w) {
  const std::int64_t i = thread_index();
  if (i < w.items) group_item<Pass, Layout, T>(f, w, i);
}

template <class F, class Pass, class T, class Layout>
cudaError_t launch_groups(const F& f, const groupwise::job& job, cudaStream_t stream) {
  const group_walk w = in_items(job, Layout::groups);
  const std::int64_t blocks = (w.items + threads - 1) / threads;
  if (blocks > max_blocks) return cudaErrorInvalidConfiguration;
  if (blocks > 0) grouped<F, Pass, Layout, T><<<blocks, threads, 0, stream>>>(f, w);
  return cudaGetLastError();
}

template <class F, class Pass, class T>
cudaError_t launch_groups(const F& f, const groupwise::job& job, cudaStream_t stream) {
  constexpr int width = vector_bytes / sizeof(T);
  switch (grouping_of(job, sizeof(T))) {
    case grouping::apart:
      return launch_groups<F, Pass, T, apart<T, width>>(f, job, stream);
    case grouping::together:
      if (job.group == 2) return launch_groups<F, Pass, T, together<T, 2>>(f, job, stream);
      if constexpr (width > 2) {
        if (job.group == 4) return launch_groups<F, Pass, T, together<T, 4>>(f, job, stream);
      }
      if constexpr (width > 4) {
        if (job.group == 8) return launch_groups<F, Pass, T, together<T, 8>>(f, job, stream);
      }
      return cudaErrorInvalidValue;
    case grouping::single:
      return launch_groups<F, Pass, T, apart<T, 1>>(f, job, stream);
  }
  return cudaErrorInvalidValue;
}

/// Entries that are copied but not compared are bits.
template <class F, class Pass>
cudaError_t launch_bits(dtype type, const groupwise::job& job, cudaStream_t stream) {
  switch (type) {
    case dtype::float64:
      return launch_groups<F, Pass, std::uint64_t>(F{}, job, stream);
    case dtype::float32:
      return launch_groups<F, Pass, std::uint32_t>(F{}, job, stream);
    case dtype::float16:
    case dtype::bfloat16:
      return launch_groups<F, Pass, std::uint16_t>(F{}, job, stream);
  }
  return cudaErrorInvalidValue;
}

template <class F>
int launch_groupwise(groupwise::pass pass, dtype type, const groupwise::job& job, void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  switch (pass) {
    case groupwise::pass::value:
      return with_type(type, [&]<class T>(T) -> int {
        return launch_groups<F, choose_groups, T>(F{}, job, queue);
      });
    case groupwise::pass::backward:
      return launch_bits<F, spread_groups>(type, job, queue);
    case groupwise::pass::gather:
      return launch_bits<F, gather_groups>(type, job, queue);
  }
  return cudaErrorInvalidValue;
}

template <class F>
requires groupwise_formula<F, cuda_wide>
constexpr groupwise::cuda_unit unit_of() { return {.launch = launch_groupwise<F>}; }
