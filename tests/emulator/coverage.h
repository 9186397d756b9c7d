#pragma once

namespace emulator {

/// Prints what has run of each kernel template, and of each kernel what has not. Returns the share
/// of all instructions, in percent.
double print_coverage();

}  // namespace emulator
