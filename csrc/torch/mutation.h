#pragma once
#include <torch/library.h>

namespace nonlin {

/// Registers the kernels of ADInplaceOrView and Functionalize for an in-place or an out operator,
/// say, "nonlin::f_" or "nonlin::f.out".
void implement_mutation(torch::Library&, const std::string& name);

}  // namespace nonlin
