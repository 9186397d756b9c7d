#pragma once
#include <torch/library.h>

#include "catalogue.h"

namespace nonlin {

/// Each family defines the operators of its activations and gives them kernels for every dispatch
/// key; or those of one more activation, in the namespace `library`.
namespace pointwise {
void register_operators(torch::Library&);
void register_operators(torch::Library&, const Entry&, const std::string& library);
}  // namespace pointwise
namespace parametric {
void register_operators(torch::Library&);
void register_operators(torch::Library&, const Entry&, const std::string& library);
}  // namespace parametric
namespace gated {  // "f" and "f_packed"
void register_operators(torch::Library&);
void register_operators(torch::Library&, const Entry&, const std::string& library);
void register_operators(torch::Library&, const PackedEntry&, const std::string& library);
}  // namespace gated
namespace groupwise {
void register_operators(torch::Library&);
void register_operators(torch::Library&, const Entry&, const std::string& library);
}  // namespace groupwise

}  // namespace nonlin
