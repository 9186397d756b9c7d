#pragma once
/// From PTX to instructions. What is not known ends in an error with its name.
#include <unordered_map>

#include "operations.h"
#include "words.h"

namespace emulator {

struct parser {
  struct place {
    int row, bytes;
  };

  program& p;
  words w;
  std::unordered_map<std::string, place> registers;
  std::unordered_map<std::string, std::uint64_t> symbols;  // addresses in their spaces
  std::unordered_map<std::string, int> constant_rows;
  std::unordered_map<std::string, std::uint32_t> labels;
  std::vector<std::pair<std::size_t, std::string>> jumps;
  std::vector<std::pair<int, std::vector<char>>> constants;
  int rows = 0;

  explicit parser(program& of) : p(of), w(of.text, of.first_line) {}

  static std::string string(std::string_view s) { return std::string(s); }
  int new_row(int bytes);
  int bytes_of_type(std::string_view type);
  int constant(std::uint64_t value, int bytes);  // in every lane
  /// The bytes of a register, or 0 of what is none.
  int width_of(std::string_view word) const;
  /// The row of a register or a constant, of so many bytes.
  int operand(std::string_view word, int bytes);
  std::uint64_t value(std::string_view word, int bytes);

  void declare_registers();
  std::pair<std::string_view, int> declare_array(int& total);
  void parse_entry();
  void statement();

  void decode(instruction& i, const std::string& name, const std::string& guard);
  void decode_access(instruction& i, const std::string& name);
  void decode_move(instruction& i, const std::string& name);
  void decode_shuffle(instruction& i, const std::string& name);
  void decode_known(instruction& i, const std::string& name);
  void finish();
};

}  // namespace emulator
