#pragma once
#include "groupwise.h"
#include "launch.cuh"

/// The kernels of a formula that chooses among the entries of groups.

template <class F, class Pass, class Layout, class T>
__global__ void __launch_bounds__(threads)
    grouped(const F f, const __grid_constant__ group_rows w) {
  const std::int64_t i = thread_index();
  if (i < w.tensors.items) group_item<Pass, Layout, T>(f, w, i);
}

template <class F, class Pass, class T, class Layout>
cudaError_t launch_groups(const F& f, const group_rows& w, cudaStream_t stream) {
  return start(ceil_div(w.tensors.items, threads), stream, grouped<F, Pass, Layout, T>, f, w);
}

/// Groups of two, three and four have kernels of their own, and those that would end twice in a
/// vector.
template <class F, class Pass, class T, template <int> class Layout>
cudaError_t launch_groups(const F& f, const group_rows& w, cudaStream_t stream) {
  switch (w.group) {
    case 2:
      return launch_groups<F, Pass, T, Layout<2>>(f, w, stream);
    case 3:
      return launch_groups<F, Pass, T, Layout<3>>(f, w, stream);
    case 4:
      return launch_groups<F, Pass, T, Layout<4>>(f, w, stream);
    default:
      break;
  }
  if constexpr (std::is_same_v<Layout<0>, together<0>> && width_of<T> == 8) {
    if (w.group == 5) return launch_groups<F, Pass, T, Layout<5>>(f, w, stream);
    if (w.group == 6) return launch_groups<F, Pass, T, Layout<6>>(f, w, stream);
    if (w.group == 7) return launch_groups<F, Pass, T, Layout<7>>(f, w, stream);
  }
  return launch_groups<F, Pass, T, Layout<0>>(f, w, stream);
}

template <class F, class Pass, class T>
cudaError_t launch_groups(const F& f, const groupwise::job& job, cudaStream_t stream) {
  const group_plan plan = plan_groups(job, sizeof(T));
  if constexpr (std::is_same_v<Pass, gather_groups>) {
    return launch_groups<F, Pass, T, apart<0>>(f, plan.rows, stream);  // for both layouts
  } else if (plan.how == grouping::together) {
    return launch_groups<F, Pass, T, together>(f, plan.rows, stream);
  } else {
    return launch_groups<F, Pass, T, apart>(f, plan.rows, stream);
  }
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
        return job.data[groupwise::index] == nullptr
                   ? launch_groups<F, choose_groups<false>, T>(F{}, job, queue)
                   : launch_groups<F, choose_groups<true>, T>(F{}, job, queue);
      });
    case groupwise::pass::backward:
      return launch_bits<F, spread_groups>(type, job, queue);
    case groupwise::pass::gather:
      return launch_bits<F, gather_groups>(type, job, queue);
  }
  return cudaErrorInvalidValue;
}

template <class F>
requires groupwise_formula<F, double_lane>
constexpr groupwise::cuda_unit unit_of() { return {.launch = launch_groupwise<F>}; }
