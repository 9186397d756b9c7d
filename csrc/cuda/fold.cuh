#pragma once
#include "weight_gradient.h"

/// Adds the rows of a block's threads.
template <int Width> __device__ __forceinline__ void fold_all(double* sum, int across, int down) {
  for (int count = down; count > 1; count -= count / 2) {
    __syncthreads();
    fold<Width>(sum, across, count, static_cast<int>(threadIdx.x));
  }
  __syncthreads();
}
