#pragma once
/// How a pass of an activation runs over tensors.
#include "../check.h"
#include "../walk.h"
#include "operator.h"

namespace nonlin::groupwise {

/// Tensors of one device, checked. `chosen` and `index` have one shape, `groups` has k times as
/// many entries along `dim`; `index` may be undefined in value.
struct Pass {
  groupwise::pass pass;
  dtype type;
  Tensor groups, chosen, index;
  std::int64_t k, dim;  // from 0
};
void run_cpu(const Operators&, const Pass&);
/// Absent from a build without CUDA, as the units are that it calls.
__attribute__((weak)) void run_cuda(const Operators&, const Pass&);

/// Checks arguments of the first operator; `self` may be nested.
void check_value(const Operators&, const Tensor& self, std::int64_t k, std::int64_t dim);

/// The pass as kernels see it, for tensors with at least one element.
job job_of(const Operators&, const Pass&);

}  // namespace nonlin::groupwise
