#pragma once
/// A family of the tests' own, f(x, y) = x·y², of which the engine and the emulator know nothing:
/// an element of each of two tensors goes in.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace own {

enum class pass : int { value, backward };

/// The outputs, then the inputs: (z; x, y) and (g·y², 2·g·x·y; g, x, y).
using operands = nonlin::operands<5>;
/// Of float32 and bfloat16.
int launch(pass, nonlin::dtype, const operands&, void* stream);

}  // namespace own
