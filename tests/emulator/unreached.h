#pragma once
/// Why instructions have never run, as far as the program itself tells.
#include <vector>

#include "program.h"

namespace emulator {

enum class reason : int {
  block_number,  // for blocks from 2³¹ on, of which no launch has as many
  wide_number,   // for quotients of numbers from 2³¹ on
  no_access,     // it touches no memory: what a thread does that has nothing to do
  unknown,
};
constexpr int reasons = 4;
const char* text_of(reason);

/// Instructions one after another.
struct unreached {
  std::size_t begin, end;
  reason why;
};
/// All of a program that have never run, in its order. The program is decoded.
std::vector<unreached> what_never_ran(const program&);

}  // namespace emulator
