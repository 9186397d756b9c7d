#pragma once
#include <torch/library.h>

namespace nonlin {

/// Each family defines the operators of its activations and gives them kernels for every dispatch
/// key.
namespace pointwise {
void register_operators(torch::Library&);
}
namespace parametric {
void register_operators(torch::Library&);
}
namespace groupwise {
void register_operators(torch::Library&);
}

}  // namespace nonlin
