// The kernels that no formula takes part in. Everything but the functions of common.h has internal
// linkage, as in unit.cu.in.
#include "csrc/prelude.h"

#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/gpu.h"
//
#include "csrc/cuda/fold.cuh"
#include "csrc/cuda/groupwise.cuh"
#include "csrc/cuda/launch_plan.h"

template <class T> __global__ void __launch_bounds__(threads) slices(const slice_sums s) {
  __shared__ double sum[threads];
  sum[threadIdx.x] = slice_sum(s, blockIdx.x, threadIdx.x);
  fold_all<1>(sum, s.across, s.down);
  deliver_slices<T>(s, sum, blockIdx.x, threadIdx.x);
}

/// Entries that are copied but not compared go as unsigned integers.
template <class Pass> int launch_bits(dtype type, const groupwise::job& job, void* stream) {
  switch (type) {
    case dtype::float64:
      return launch_groups<no_formula, Pass, std::uint64_t>(job, stream);
    case dtype::float32:
      return launch_groups<no_formula, Pass, std::uint32_t>(job, stream);
    case dtype::float16:
    case dtype::bfloat16:
      return launch_groups<no_formula, Pass, std::uint16_t>(job, stream);
  }
  return cudaErrorInvalidValue;
}
}  // namespace

std::int64_t weight_gradient_workspace(pass pass, dtype type, const parametric::job& job) {
  if (pass == pass::value) return 0;
  const job_shape shape(job);
  const std::int64_t slices = with_type(type, [&]<class T>(T) { return slices_of<T>(shape); });
  return slices > 1 ? slices * shape.channels * std::int64_t{sizeof(double)} : 0;
}

int add_slices(dtype type, std::int64_t channels, std::int64_t count, const double* sums,
               void* result, void* stream) {
  const slice_sums plan = plan_slices(channels, count, sums, result);
  return with_type(type, [&]<class T>(T) -> int {
    return start(ceil_div(channels, plan.across), static_cast<cudaStream_t>(stream), slices<T>,
                 plan);
  });
}

int scatter(dtype type, const groupwise::job& job, void* stream) {
  return launch_bits<scatter_groups>(type, job, stream);
}
int gather(dtype type, const groupwise::job& job, void* stream) {
  return launch_bits<gather_groups>(type, job, stream);
}

}  // namespace nonlin::cuda
