#pragma once
#include "dense_run.h"

/// What all launches share.

constexpr std::int64_t max_blocks = 0x7fffffff;
/// Blocks for which a multiprocessor must have room. 0 leaves them to the compiler, which for
/// double aims at more than it can do without spilling registers.
template <class T> constexpr int resident = sizeof(T) == 8 ? 3 : 0;
__device__ __forceinline__ int thread_index() {
  return static_cast<int>(blockIdx.x * threads + threadIdx.x);
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
