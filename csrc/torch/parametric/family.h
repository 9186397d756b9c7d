#pragma once
#include "../family.h"

namespace nonlin::parametric {

struct Family : family, OfFamily<Family> {
  using Entry = parametric::Entry;
  static void run_cpu(const Job<Family>&);
  static void express(const Job<Family>&, std::span<Tensor> results);
  static void run_cuda(const Job<Family>&) __attribute__((weak));
  static Third<2> third(const Point<Family>&, const Tensors<2>& u, const Tensors<2>& b,
                        const Tensor& g, bool in_value, const Wanted<2>&);
};

/// A job as kernels see it, for tensors with at least one element.
job job_of(const Job<Family>&);

/// The gradient of the weight that a job writes, or an undefined tensor.
const Tensor& grad_weight_of(const Job<Family>&);

}  // namespace nonlin::parametric
