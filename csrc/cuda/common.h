#pragma once
#include "../descriptor.h"

/// What no formula takes part in, compiled once for all of them: csrc/cuda/common.cu. As a unit's,
/// these functions return a cudaError_t, and `stream` is a cudaStream_t.
namespace nonlin::cuda {

/// Bytes that the launch of a weight gradient needs besides, 0 without one.
NONLIN_EXPORT std::int64_t weight_gradient_workspace(pass, dtype, const parametric::job&);

/// Adds the `slices` sums of each channel, in this order, and writes the weight gradient.
NONLIN_EXPORT int add_slices(dtype, std::int64_t channels, std::int64_t slices, const double* sums,
                             void* result, void* stream);

/// The passes backward and gather of groups.
NONLIN_EXPORT int scatter(dtype, const groupwise::job&, void* stream);
NONLIN_EXPORT int gather(dtype, const groupwise::job&, void* stream);

}  // namespace nonlin::cuda
