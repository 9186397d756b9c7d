// Declarations and statements.
#include "parser.h"

#include <algorithm>

namespace emulator {

int parser::new_row(int bytes) {
  const int at = rows;
  rows += (bytes * lanes + 63) / 64 * 64;
  return at;
}

int parser::bytes_of_type(std::string_view type) {
  if (type.ends_with("pred")) return 1;
  for (const auto& [digits, bytes] : {std::pair{"64", 8}, {"32", 4}, {"16", 2}, {"8", 1}}) {
    if (type.ends_with(digits)) return bytes;
  }
  w.wrong("unknown type " + string(type));
}

int parser::constant(std::uint64_t value, int bytes) {
  const auto [found, is_new] =
      constant_rows.try_emplace(std::to_string(value) + ":" + std::to_string(bytes), 0);
  if (is_new) {
    std::vector<char> row(bytes * lanes);
    for (int n = 0; n < lanes; ++n) std::memcpy(&row[n * bytes], &value, bytes);
    found->second = -1 - static_cast<int>(constants.size());  // placed in the end
    constants.push_back({0, row});
  }
  return found->second;
}
int parser::width_of(std::string_view word) const {
  const auto found = registers.find(string(word));
  return found == registers.end() ? 0 : found->second.bytes;
}
int parser::operand(std::string_view word, int bytes) {
  if (const int found = width_of(word); found != 0) {
    if (found != bytes) w.wrong("a register of another width: " + string(word));
    return registers[string(word)].row;
  }
  return constant(value(word, bytes), bytes);
}
std::uint64_t parser::value(std::string_view word, int bytes) {
  const std::string s(word);
  if (s.starts_with("0f") || s.starts_with("0d")) {
    if ((s[1] == 'f' ? 4 : 8) != bytes) w.wrong("a constant of another width: " + s);
    return std::stoull(s.substr(2), nullptr, 16);
  }
  if (s[0] == '-') return static_cast<std::uint64_t>(std::stoll(s, nullptr, 0));
  if (std::isdigit(static_cast<unsigned char>(s[0]))) return std::stoull(s, nullptr, 0);
  const auto found = symbols.find(s);
  if (found == symbols.end()) w.wrong("unknown name " + s);
  return found->second;
}

void parser::declare_registers() {  // .reg .b32 %r<7>;
  const int bytes = bytes_of_type(w.next());
  do {
    const std::string name = string(w.next());
    if (!w.take("<")) {
      registers[name] = {new_row(bytes), bytes};
      continue;
    }
    const int count = w.number();
    w.expect(">");
    for (int n = 0; n < count; ++n) {
      registers[name + std::to_string(n)] = {new_row(bytes), bytes};
    }
  } while (w.take(","));
  w.expect(";");
}
/// .align 8 .b8 name[2048], behind what there is of its space.
std::pair<std::string_view, int> parser::declare_array(int& total) {
  int align = 1;
  if (w.take(".align")) align = w.number();
  int bytes = bytes_of_type(w.next());
  align = std::max(align, bytes);
  const std::string_view name = w.next();
  if (w.take("[")) {
    bytes *= w.number();
    w.expect("]");
  }
  const int at = (total + align - 1) / align * align;
  symbols[string(name)] = static_cast<std::uint64_t>(at);
  total = at + bytes;
  return {name, at};
}

void parser::parse_entry() {
  w.expect(".entry");
  w.next();
  w.expect("(");
  while (!w.take(")")) {
    w.take(",");
    w.expect(".param");
    const auto [name, at] = declare_array(p.parameter_bytes);
    p.parameters.push_back({name, at, p.parameter_bytes - at});
  }
  while (!w.take("{")) {
    const std::string_view directive = w.next();
    if (directive != ".maxntid" && directive != ".minnctapersm" && directive != ".maxnreg") {
      w.wrong("unknown directive " + string(directive));
    }
    int product = w.number();
    while (w.take(",")) product *= w.number();
    if (directive == ".maxntid") p.most_threads = product;
  }
  p.special = rows;
  for (const char* name : special_registers) registers[name] = {new_row(4), 4};
  for (int depth = 1; depth > 0;) {
    if (w.take("{")) {
      ++depth;
    } else if (w.take("}")) {
      --depth;
    } else {
      parser::statement();
    }
  }
  finish();
}

void parser::statement() {
  if (w.take(".reg")) return declare_registers();
  if (w.take(".shared")) {
    declare_array(p.shared_bytes);
    return w.expect(";");
  }
  if (w.peek() == ".loc") return w.skip_line();
  if (w.take(".pragma")) {
    w.next();
    return w.expect(";");
  }
  instruction i;
  i.line = w.line();
  std::string guard;
  if (w.take("@")) {
    i.unless = w.take("!");
    guard = string(w.next());
  }
  const std::string name = string(w.next());
  if (guard.empty() && w.take(":")) {
    labels[name] = static_cast<std::uint32_t>(p.code.size());
    return;
  }
  decode(i, name, guard);
  w.expect(";");
  p.code.push_back(i);
}

void parse(program& p) { parser(p).parse_entry(); }

}  // namespace emulator
