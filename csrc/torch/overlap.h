#pragma once
/// Whether tensors share memory, decided once for all families: what is written must not be read
/// again, but for each element by itself.
#include <ATen/core/Tensor.h>

namespace nonlin {

enum class Overlap { none, same, some, undecided };

/// How two tensors of one type share memory: not at all, element by element, or in some other way.
/// Undecided where that would take long to find out.
Overlap overlap_of(const at::Tensor& a, const at::Tensor& b);

/// Whether two elements of a tensor are one: none, some or undecided.
Overlap inner_overlap_of(const at::Tensor&);

}  // namespace nonlin
