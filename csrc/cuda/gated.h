#pragma once
#include "../family/gated.h"
#include "pointwise.h"

/// What one thread does is that of the pointwise family; which kernels there are is said here.

/// Whether dense tensors have kernels of their own. Rows take as much for their indices, and double
/// backward and float64 wait for arithmetic in any case.
template <class Pass, class T>
constexpr bool has_gated_dense_kernel = sizeof(T) < 8 && Pass::outputs < 3;

/// Where the second text of act, for its defaults, pays, in every layout: gradients of dense SwiGLU
/// in float32 take 83 % of a copy's time to issue without it. Double backward waits for memory.
template <class Pass> constexpr bool gated_pays_at_defaults = Pass::outputs < 3;
