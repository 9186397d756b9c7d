#pragma once
/// The parametric family: an element and the weight of its channel go into the formula.
#include "catalogue.h"
#include "elementwise.h"

namespace emulator {

/// With the weight gradient among the outputs, the last of them, if `sums`.
elementwise_pass pass_of(const parametric_subject&, nonlin::pass, dtype, bool sums);
/// Checks the weight gradients of such a pass.
std::function<void(const arrangement&, const std::vector<bytes>& inputs,
                   const std::vector<bytes>& outputs)>
sums_of(const parametric_subject&, nonlin::pass, dtype);

}  // namespace emulator
