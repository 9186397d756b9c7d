#pragma once
#include <torch/library.h>

#include "../descriptor.h"

namespace nonlin {

/// Registers what autocast does: an operator with weights runs in the lower precision, as those of
/// PyTorch do, and a gated one in the wider type of its two tensors, as their product would. What
/// is written keeps its type, and all others are cast to that.
void implement_autocast(torch::Library&, const std::string& name, autocast);

}  // namespace nonlin
