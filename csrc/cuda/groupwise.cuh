#pragma once
#include "groupwise.h"
#include "launch.cuh"

/// The kernels for groups. A formula takes part in the choice alone: F is `no_formula` where
/// entries are only copied.

struct no_formula {};

template <class F, class Pass, class Layout, class T>
__global__ void __launch_bounds__(threads)
    grouped(const F f, const __grid_constant__ group_rows w) {
  const int i = thread_index();
  if (i < w.tensors.items) group_item<Pass, Layout, T>(f, w, i);
}

template <class F, class Pass, class T, class Layout>
cudaError_t launch_groups(const group_rows& w, cudaStream_t stream) {
  return start(ceil_div(w.tensors.items, threads), stream, grouped<F, Pass, Layout, T>, F{}, w);
}

/// Groups of two, three and four have kernels of their own, and those that would end twice in a
/// vector; not in float64, whose vectors have two elements.
template <class F, class Pass, class T, template <int> class Layout>
cudaError_t launch_groups(const group_rows& w, cudaStream_t stream) {
  if constexpr (sizeof(T) < 8) {
    switch (w.group) {
      case 2:
        return launch_groups<F, Pass, T, Layout<2>>(w, stream);
      case 3:
        return launch_groups<F, Pass, T, Layout<3>>(w, stream);
      case 4:
        return launch_groups<F, Pass, T, Layout<4>>(w, stream);
      default:
        break;
    }
  }
  if constexpr (std::is_same_v<Layout<0>, interleaved<0>> && width_of<T> == 8) {
    if (w.group == 5) return launch_groups<F, Pass, T, Layout<5>>(w, stream);
    if (w.group == 6) return launch_groups<F, Pass, T, Layout<6>>(w, stream);
    if (w.group == 7) return launch_groups<F, Pass, T, Layout<7>>(w, stream);
  }
  return launch_groups<F, Pass, T, Layout<0>>(w, stream);
}

template <class F, class Pass, class T>
cudaError_t launch_groups(const groupwise::job& job, void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  return in_parts(job, [&](const operands<groupwise::slots>& part) {
    const group_plan plan = plan_groups(part, job.group, job.step, sizeof(T));
    if constexpr (std::is_same_v<Pass, gather_groups>) {
      return launch_groups<F, Pass, T, planar<0>>(plan.rows, queue);  // for both layouts
    } else if (plan.how == grouping::interleaved) {
      return launch_groups<F, Pass, T, interleaved>(plan.rows, queue);
    } else {
      return launch_groups<F, Pass, T, planar>(plan.rows, queue);
    }
  });
}

template <class F>
int launch_groupwise(groupwise::pass pass, dtype type, const groupwise::job& job, void* stream) {
  switch (pass) {
    case groupwise::pass::value:
      return with_type(type, [&]<class T>(T) -> int {
        return job.data[groupwise::index] == nullptr
                   ? launch_groups<F, choose_groups<false>, T>(job, stream)
                   : launch_groups<F, choose_groups<true>, T>(job, stream);
      });
    case groupwise::pass::backward:
      return scatter(type, job, stream);
    case groupwise::pass::gather:
      return gather(type, job, stream);
  }
  return cudaErrorInvalidValue;
}

template <class F>
requires groupwise_formula<F, double_lane>
constexpr groupwise::cuda_unit unit_of() { return {.launch = launch_groupwise<F>}; }
