#pragma once
/// How a pass of an activation runs over tensors.
#include "../walk.h"
#include "operator.h"

namespace nonlin::parametric {

/// Tensors of one type and device, checked. Those in `data` have one shape; undefined ones are
/// absent.
struct Pass {
  nonlin::pass pass;
  dtype type;
  std::array<Tensor, slots> data;
  Tensor weight, grad_grad_weight;
  Tensor grad_weight;  // to be written, unless undefined
  std::int64_t dim;    // from 0; of no importance with a single weight
};
void run_cpu(const Operators&, const Pass&);
/// Absent from a build without CUDA, as the units are that it calls.
__attribute__((weak)) void run_cuda(const Operators&, const Pass&);

/// The pass as kernels see it, for tensors with at least one element.
job job_of(const Operators&, const Pass&);

}  // namespace nonlin::parametric
