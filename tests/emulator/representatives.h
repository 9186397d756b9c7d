#pragma once
/// Activations that between them have every kernel template: what depends on a template alone is
/// tested on these. With `make emulate` all are.
#include <functional>
#include <vector>

#include "elementwise.h"

namespace emulator {

/// `probe` launches the kernels of one of them.
std::vector<int> representatives(const std::vector<int>& all,
                                 const std::function<void(int)>& probe);

/// Asks for the kernels of a pass: of dense tensors, and of others.
void probe_arrangements(const elementwise_pass&);

}  // namespace emulator
