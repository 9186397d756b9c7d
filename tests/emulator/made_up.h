#pragma once
/// Tensors of more elements than memory has: an element is a function of its place, and what is
/// written is compared as it comes.
#include "tensors.h"

namespace emulator {

/// The bytes of the element at a place, in the order of sizes.
using number_at = std::function<const char*(std::int64_t place)>;

/// Strides are positive, and no two elements lie in one place.
tensor made_up_input(const std::string& name, const sizes& size, const sizes& stride, int element,
                     number_at);
tensor made_up_output(const std::string& name, const sizes& size, const sizes& stride, int element,
                      number_at expected);

/// The first block of a launch, the last and one between: for how_to_launch.visit.
void visit_some(std::uint32_t blocks, const std::function<void(std::uint32_t)>& run);

}  // namespace emulator
