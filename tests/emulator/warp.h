#pragma once
/// Thirty-two threads of a block, which go through a kernel together as long as they agree. Where a
/// branch divides them, those that are at the earlier instruction go on, and meet the others there.
#include <cstring>
#include <stdexcept>
#include <vector>

#include "program.h"

namespace emulator {

/// What ends a launch, in words.
struct fault : std::runtime_error {
  using runtime_error::runtime_error;
};

struct block;

struct warp {
  static constexpr std::uint32_t all = ~0u, nowhere = ~0u;
  struct group {
    std::uint32_t pc, mask;
  };
  char* registers = nullptr;
  block* of = nullptr;
  std::uint32_t active = 0, pc = 0;
  std::uint32_t next = nowhere;  // the first instruction at which others wait
  std::vector<group> waiting, at_barrier;
  std::uint16_t thread[lanes] = {};  // in the block
  std::uint32_t stamp[lanes] =
      {};  // of the thread, unlike that of any other, also of launches before

  template <class T> T* row(int offset) const { return reinterpret_cast<T*>(registers + offset); }

  /// Writes the lanes that are active.
  template <class T> void put(int offset, const T (&value)[lanes]) {
    T* to = row<T>(offset);
    if (active == all) {
      std::memcpy(to, value, sizeof(value));
    } else {
      for (int n = 0; n < lanes; ++n) {
        if (active >> n & 1) to[n] = value[n];
      }
    }
  }

  /// The active lanes in which a predicate holds.
  std::uint32_t where(int predicate, bool negated) const {
    const char* from = registers + predicate;
    std::uint32_t mask = 0;
    for (int n = 0; n < lanes; n += 8) {  // a byte, 0 or 1, of each lane
      std::uint64_t eight;
      std::memcpy(&eight, from + n, 8);
      mask |= static_cast<std::uint32_t>(eight * 0x0102040810204080u >> 56) << n;
    }
    return (negated ? ~mask : mask) & active;
  }

  /// Leaves the lanes that are active, for `where_they_are`, to be taken up by regroup().
  void stop() {
    active = 0;
    pc = nowhere;
  }
  /// Goes on with those lanes that are at the earliest instruction; false if none are left.
  bool regroup();
};

/// The lanes of a mask, one by one.
template <class Visit> void for_lanes(std::uint32_t mask, const Visit& visit) {
  for (; mask != 0; mask &= mask - 1) visit(__builtin_ctz(mask));
}

/// Says what is wrong with an instruction in one lane.
[[noreturn]] void fail(const warp&, const instruction&, int lane, const std::string& what);

}  // namespace emulator
