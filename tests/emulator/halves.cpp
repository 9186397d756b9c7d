#include "halves.h"

#include <gtest/gtest.h>

namespace emulator {
namespace {

enum layout { gate_first, gate_last, alternating };

/// The roles that belong to a gate; the next one belongs to what it lets up.
bool is_gate(const elementwise_pass& pass, std::size_t n) {
  return pass.roles[n].name.find("gate") != std::string::npos;
}
bool is_up(const elementwise_pass& pass, std::size_t n) { return n > 0 && is_gate(pass, n - 1); }

/// Rows of `size[0]` elements, with `hole` bytes behind both halves of a row, and so many behind a
/// row of other tensors.
arrangement halves(const elementwise_pass& pass, const sizes& size, layout how,
                   std::int64_t hole = 0, std::int64_t others_hole = 0) {
  const std::int64_t element = bytes_of(pass.type), half = size[0] * element;
  const auto rows = [&](std::int64_t first, std::int64_t row) {
    sizes stride{first};
    for (std::size_t d = 1; d < size.size(); row *= size[d++]) stride.push_back(row);
    return stride;
  };
  arrangement a = dense(pass, size);
  a.next.resize(pass.roles.size());
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    if (!is_gate(pass, n) && !is_up(pass, n)) {
      a.stride[n] = rows(element, half + others_hole);
      continue;
    }
    a.stride[n] = rows(how == alternating ? 2 * element : element, 2 * half + hole);
    if (is_up(pass, n)) continue;
    a.next[n] = how == alternating ? element : how == gate_first ? half : -half;
    if (size[0] == 0) a.next[n] = 0;
  }
  return a;
}

struct maker {
  const elementwise_pass& pass;
  random_source random{9};
  std::int64_t element = bytes_of(pass.type), width = 16 / element;

  std::int64_t anywhere() { return random.between(0, width - 1) * element; }
  /// Nothing, vectors or elements.
  std::int64_t hole() {
    if (random.once_in(2)) return 0;
    return random.once_in(2) ? random.between(1, 3) * 16 : random.between(1, 9) * element;
  }
  std::int64_t length() {
    if (random.once_in(3)) return random.between(0, 40);
    return random.between(1, 5) * width + (random.once_in(3) ? random.between(0, width - 1) : 0);
  }

  void check(const sizes& size) {
    const auto how = static_cast<layout>(random.between(gate_first, alternating));
    arrangement a = halves(pass, size, how, hole(), hole());
    const std::int64_t shared = random.once_in(2) ? 0 : anywhere();
    const bool apart = random.once_in(6);
    for (std::size_t n = 0; n < pass.roles.size(); ++n) {
      const bool half = is_gate(pass, n) || is_up(pass, n);
      const std::int64_t together = half && how == alternating ? 2 * shared % 16 : shared;
      a.misalignment[n] = static_cast<int>(apart ? anywhere() : together);
      if (pass.roles[n].output || random.between(0, 9) > 0) continue;
      if (is_gate(pass, n)) continue;
      // One row, or one element, for all; what a gate lets up is in memory of its own then.
      if (is_up(pass, n)) a.next[n - 1] = 0;
      a.stride[n] = sizes(size.size());
      if (random.once_in(2)) a.stride[n][0] = element;
    }
    if (how == alternating && random.once_in(5)) {  // what is let up comes first
      for (std::int64_t& bytes : a.next) bytes = -bytes;
    }
    if (pass.choose) a.there = pass.choose(random);
    a.in_place = pass.in_place >= 0 && random.once_in(4);
    if (a.in_place) a.stride[0] = a.stride[static_cast<std::size_t>(pass.in_place)];
    a.merged = !random.once_in(4);
    check_arrangement(pass, a, random);
  }
};

}  // namespace

void check_halves(const elementwise_pass& pass, int effort) {
  maker m{pass};
  for (int i = 0; i < 40 * effort && !testing::Test::HasFailure(); ++i) {
    sizes size{m.length(), m.random.between(1, 6)};
    if (m.random.once_in(5)) size.push_back(m.random.between(1, 3));
    m.check(size);
  }
  // More vectors than a block computes.
  for (int i = 0; i < 6 * effort && !testing::Test::HasFailure(); ++i) {
    const std::int64_t rows = m.random.between(1, 4);
    m.check({m.width * m.random.between(600 / rows, 1400 / rows) + m.random.once_in(3), rows});
  }
}

void check_widths_of_halves(const elementwise_pass& pass) {
  const std::int64_t width = 16 / bytes_of(pass.type);
  const bool is_double_backward = pass.roles.size() == 8;
  for (const layout how : {gate_first, gate_last, alternating}) {
    // That has no registers for vectors, and finds those of rows as of any strides.
    if (how == alternating && is_double_backward && pass.type == dtype::float64) continue;
    for (const std::int64_t hole : {0, 48}) {
      check_widths(pass, halves(pass, {width * 175, 5}, how, hole, hole));
    }
  }
}

}  // namespace emulator
