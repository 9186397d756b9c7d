// Single instructions.
#include <algorithm>

#include "parser.h"

namespace emulator {
namespace {

const operations& known() {
  static const operations all = [] {
    operations o;
    add_integer_operations(o);
    add_float_operations(o);
    add_conversions(o);
    return o;
  }();
  return all;
}

}  // namespace

void parser::decode(instruction& i, const std::string& name, const std::string& guard) {
  const std::string base = name.substr(0, name.find('.'));
  const bool jumps_away = base == "bra" || base == "ret" || base == "exit";
  if (jumps_away && (base == "bra" || !guard.empty())) {
    jumps.push_back({p.code.size(), base == "bra" ? string(w.next()) : ""});
    i.run = guard.empty() ? control::branch : control::branch_if;
    if (!guard.empty()) i.from[0] = operand(guard, 1);
    return;
  }
  if (!guard.empty()) i.guard = operand(guard, 1);
  if (jumps_away) {
    i.run = control::leave;
  } else if (name == "bar.sync" || name == "barrier.sync" || name == "barrier.sync.aligned") {
    if (w.next() != "0" || !guard.empty()) w.wrong("a barrier of some threads");
    i.run = control::barrier;
    p.meets = true;
  } else if (base == "ld" || base == "st") {
    decode_access(i, name);
  } else if (base == "shfl") {
    decode_shuffle(i, name);
  } else if (base == "mov") {
    decode_move(i, name);
  } else {
    decode_known(i, name);
  }
}

/// ld.global.v4.u32 {a, b, c, d}, [address + offset]
void parser::decode_access(instruction& i, const std::string& name) {
  const bool load = name[0] == 'l';
  const std::string space = name.substr(3, name.find('.', 3) - 3);
  const std::string type = name.substr(name.rfind('.') + 1);
  std::string rest = name.substr(3 + space.size());
  const bool vector = rest.starts_with(".v2.") || rest.starts_with(".v4.");
  if (rest != (vector ? rest.substr(0, 4) : ".") + type) w.wrong("unknown instruction " + name);
  i.count = static_cast<std::uint8_t>(vector ? rest[2] - '0' : 1);
  i.element = static_cast<std::uint8_t>(bytes_of_type(type));
  i.run = load ? load_from(space) : store_to(space);
  const auto address = [&](int& row) {
    w.expect("[");
    const std::string_view word = w.next();
    const int bytes = width_of(word) != 0 ? width_of(word) : 8;
    row = operand(word, bytes);
    i.short_address = bytes == 4;
    if (w.take("+")) i.offset = w.number();
    w.expect("]");
  };
  const auto list = [&](int(&row)[4]) {
    int bytes = i.element;
    const auto one = [&](int k) {
      const std::string_view word = w.next();
      if (width_of(word) != 0) bytes = width_of(word);
      bytes = std::max(bytes, 2);
      row[k] = operand(word, bytes);
    };
    if (vector) {
      w.expect("{");
      for (int k = 0; k < i.count; ++k) {
        if (k > 0) w.expect(",");
        one(k);
      }
      w.expect("}");
    } else {
      one(0);
    }
    i.transfer = load ? to_register(type, bytes) : from_register(type, bytes);
  };
  if (load) {
    list(i.to);
    w.expect(",");
    address(i.from[0]);
  } else {
    address(i.to[0]);
    w.expect(",");
    list(i.from);
  }
  if (i.run == nullptr || i.transfer == nullptr) w.wrong("unknown instruction " + name);
}

/// Also between a register and its parts: mov.b32 {a, b}, c.
void parser::decode_move(instruction& i, const std::string& name) {
  const auto parts = [&](int(&row)[4]) {
    const int whole = bytes_of_type(name);
    const std::string_view first = w.next();
    const int bytes = width_of(first) != 0 ? width_of(first) : 2;
    row[0] = operand(first, bytes);
    for (i.count = 1; w.take(","); ++i.count) row[i.count] = operand(w.next(), bytes);
    w.expect("}");
    if (bytes * i.count != whole) w.wrong("parts that are no whole");
    return bytes;
  };
  const int whole = bytes_of_type(name);
  if (w.take("{")) {
    i.run = split_into(whole, parts(i.to));
    w.expect(",");
    i.from[0] = operand(w.next(), whole);
  } else {
    const std::string_view to = w.next();
    w.expect(",");
    if (!w.take("{")) {
      const auto found = known().find(name);
      if (found == known().end()) w.wrong("unknown instruction " + name);
      i.run = found->second.run;
      i.to[0] = operand(to, found->second.to);
      i.from[0] = operand(w.next(), found->second.from[0]);
      return;
    }
    i.run = joined_of(whole, parts(i.from));
    i.to[0] = operand(to, whole);
  }
  if (i.run == nullptr) w.wrong("unknown instruction " + name + " of parts");
}

/// shfl.sync.bfly.b32 d|p, a, b, c, mask
void parser::decode_shuffle(instruction& i, const std::string& name) {
  constexpr std::string_view modes[] = {"shfl.sync.up.b32", "shfl.sync.down.b32",
                                        "shfl.sync.bfly.b32", "shfl.sync.idx.b32"};
  const auto mode = std::find(std::begin(modes), std::end(modes), name);
  if (mode == std::end(modes)) w.wrong("unknown instruction " + name);
  i.count = static_cast<std::uint8_t>(mode - modes);
  i.run = control::shuffle;
  i.to[0] = operand(w.next(), 4);
  i.to[1] = w.take("|") ? operand(w.next(), 1) : -1;
  for (int& row : i.from) {
    w.expect(",");
    row = operand(w.next(), 4);
  }
  p.whole_warps = true;
}

void parser::decode_known(instruction& i, const std::string& name) {
  const auto found = known().find(name);
  if (found == known().end()) w.wrong("unknown instruction " + name);
  const operation& o = found->second;
  i.run = o.run;
  i.to[0] = operand(w.next(), o.to);
  for (int n = 0; n < 4 && o.from[n] != 0; ++n) {
    w.expect(",");
    i.from[n] = operand(w.next(), o.from[n]);
  }
}

/// Constants come first among the rows, and behind the last statement the threads end.
void parser::finish() {
  instruction last;
  last.run = control::leave;
  p.code.push_back(last);
  const auto end = static_cast<std::uint32_t>(p.code.size() - 1);
  for (const auto& [at, label] : jumps) {
    const auto found = labels.find(label);
    if (!label.empty() && found == labels.end()) w.wrong("unknown label " + label);
    p.code[at].target = label.empty() ? end : found->second;
  }
  int before = 0;
  for (auto& [at, row] : constants) {
    at = before;
    before += static_cast<int>(row.size() + 63) / 64 * 64;
  }
  p.constants.resize(before);
  for (const auto& [at, row] : constants) std::copy(row.begin(), row.end(), &p.constants[at]);
  const auto settle = [&](int& row) { row = row < 0 ? constants[-1 - row].first : row + before; };
  for (instruction& i : p.code) {
    const bool no_second = i.run == control::shuffle && i.to[1] == -1;
    for (int& row : i.to) settle(row);
    for (int& row : i.from) settle(row);
    if (no_second) i.to[1] = -1;
    if (i.guard != -1) i.guard += before;
  }
  p.special += before;
  p.register_bytes = before + rows;
}

}  // namespace emulator
