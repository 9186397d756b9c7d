#pragma once
/// A CUDA runtime of the few functions that units call. It launches the PTX that is in the objects.
#include <string>
#include <vector>

#include "program.h"

namespace emulator {

struct launched {
  program* kernel;
  std::uint32_t blocks, threads;
};

/// The launches since the last call.
std::vector<launched> take_launches();
/// What went wrong in a launch since the last call, or "".
std::string take_fault();

/// Every kernel of every unit that is linked, decoded or not yet.
std::vector<program*> all_kernels();
/// Without namespaces and parameters.
std::string plain_name(std::string_view mangled);

/// Instead of a launch: what it returns is the launch's error.
extern int (*launch_instead)(program&, std::uint32_t blocks, std::uint32_t threads,
                             void** arguments);

}  // namespace emulator
