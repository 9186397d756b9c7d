#pragma once
/// The gated family: act(gate)·up, of two tensors that may lie anywhere, halves of one included.
#include "catalogue.h"
#include "elementwise.h"

namespace emulator {

elementwise_pass pass_of(const gated_subject&, nonlin::pass, dtype);

}  // namespace emulator
