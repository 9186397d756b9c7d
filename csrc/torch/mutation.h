#pragma once
#include <torch/library.h>

namespace nonlin {

/// f, which computes what `f_` and `f.out` do.
c10::OperatorHandle without_mutation(const c10::OperatorName&);

/// Registers the kernels of ADInplaceOrView and Functionalize for an in-place or an out operator,
/// say, "nonlin::f_" or "nonlin::f.out".
void implement_mutation(torch::Library&, const std::string& name);

}  // namespace nonlin
