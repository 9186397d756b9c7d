#pragma once
/// Tensors of which two lie in one memory: a gate's and that of what it lets up, one behind the
/// other in every row, or element by element.
#include "elementwise.h"

namespace emulator {

/// The bits of dense tensors, wherever the halves lie. `effort`: 1 is little.
void check_halves(const elementwise_pass&, int effort);
/// Halves that begin where vectors do are accessed in vectors.
void check_widths_of_halves(const elementwise_pass&);

}  // namespace emulator
