#pragma once
/// What a launch does: its blocks and their threads, in any order.
#include <functional>
#include <vector>

#include "warp.h"

namespace emulator {

/// A byte of shared memory: which threads touched it since which barrier.
struct shared_byte {
  std::uint32_t written = 0, read = 0;  // counts of barriers, from 1; 0: never
  std::uint16_t writer = 0, reader = 0;
};
constexpr std::uint16_t several_readers = 0xffff;

/// The block that is running.
struct block {
  program* of;
  std::vector<char> parameters, shared;
  std::vector<shared_byte> touched;
  std::uint32_t barriers = 1;
  int threads = 0;
};

struct launch_settings {
  /// In which order blocks, warps and the threads of warps come; 0: as they are counted.
  std::uint32_t seed = 0;
  /// Calls run(block) for some of so many, which leaves the others out; empty: all of them run.
  std::function<void(std::uint32_t blocks, const std::function<void(std::uint32_t)>& run)> visit;
};
extern launch_settings how_to_launch;

/// Runs a kernel. Throws `fault`.
void launch(program&, std::uint32_t blocks, std::uint32_t threads, void** arguments);

}  // namespace emulator
