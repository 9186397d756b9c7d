#pragma once
#include <torch/library.h>

namespace nonlin {

/// Registers what autocast does: an operator with weights runs in the lower precision, as those of
/// PyTorch do. What is written keeps its type, and all others are cast to that.
void implement_autocast(torch::Library&, const std::string& name);

}  // namespace nonlin
