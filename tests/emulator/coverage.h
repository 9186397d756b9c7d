#pragma once

namespace emulator {

/// Shares of all instructions, in percent.
struct coverage {
  double run;
  double explained;  // they have run, or the program tells why not (unreached.h)
};
/// Prints what has run of each kernel template, and of each kernel what has not.
coverage print_coverage(bool of_launched_kernels);

}  // namespace emulator
