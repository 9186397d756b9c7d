#pragma once
/// The pointwise family: an element of each tensor goes into the formula.
#include "catalogue.h"
#include "elementwise.h"

namespace emulator {

elementwise_pass pass_of(const pointwise_subject&, nonlin::pass, dtype);
/// The same on the host, in the order of the inputs.
std::vector<bytes> run_on_host(const pointwise_subject&, nonlin::pass, dtype,
                               const std::vector<bytes>& inputs);

}  // namespace emulator
