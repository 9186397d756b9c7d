#pragma once
/// The way of every family to its CUDA kernels. Only csrc/torch/*/cuda.cpp may include this: its
/// headers are not there in a build without CUDA.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "family.h"

namespace nonlin {

/// Calls launch(stream), which returns a cudaError_t, with the device of `tensor` as the current
/// one and the stream that is current there. An error is thrown.
template <class Launch> void launch_beside(const Tensor& tensor, const Launch& launch) {
  const c10::cuda::CUDAGuard guard(tensor.device());
  void* stream = c10::cuda::getCurrentCUDAStream().stream();
  C10_CUDA_CHECK(static_cast<cudaError_t>(launch(stream)));
}

}  // namespace nonlin
