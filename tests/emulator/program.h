#pragma once
/// A kernel as the interpreter runs it: PTX, decoded once.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

constexpr int lanes = 32;  // of a warp

struct warp;
struct instruction;
using step = void (*)(warp&, const instruction&);
using move = void (*)(warp&, int row, char* const (&at)[lanes]);

/// Operands are rows: offsets, in bytes, of one number for each lane among the registers of a warp.
struct instruction {
  step run = nullptr;
  int to[4] = {}, from[4] = {};
  std::uint8_t count = 1;      // elements of a vector access, parts of a register
  std::uint8_t element = 0;    // bytes of an element in memory
  bool short_address = false;  // it has 32 bits, as in shared memory
  bool unless = false;         // the guard is negated
  int guard = -1;              // the row of a predicate, or none
  move transfer = nullptr;     // between a row and memory
  std::int64_t offset = 0;     // of an address
  std::uint32_t target = 0;    // of a branch
  int line = 0;                // of the PTX; 0: appended by the parser
  std::uint64_t executed = 0;
};

struct parameter {
  std::string_view name;
  int offset, size;
};

struct program {
  std::string_view name, text;  // as mangled; of the entry alone
  int first_line = 1;           // of `text` in its module
  std::vector<parameter> parameters;
  int parameter_bytes = 0, shared_bytes = 0, most_threads = 1024;
  std::vector<instruction> code;
  int special = 0;              // rows of %tid.x and so on, in the order of `special_registers`
  int register_bytes = 0;       // of a warp
  std::vector<char> constants;  // the rows that all warps begin with: the first ones
  bool whole_warps = false;     // it exchanges numbers between lanes
  bool meets = false;           // it has barriers
  std::uint64_t launches = 0;
};

/// The line of PTX, for messages.
std::string_view line_of(const program&, int line);

constexpr const char* special_registers[] = {
    "%tid.x",   "%tid.y",   "%tid.z",    "%ntid.x",   "%ntid.y",   "%ntid.z", "%ctaid.x",
    "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};

/// Decodes an entry. Throws std::runtime_error with the line and what is unknown in it.
void parse(program&);

}  // namespace emulator
