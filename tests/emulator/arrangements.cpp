// Where tensors lie: lengths and tails, misalignments, strides, transposed, expanded, in place.
#include <gtest/gtest.h>

#include <algorithm>

#include "elementwise.h"

namespace emulator {
namespace {

struct maker {
  const elementwise_pass& pass;
  random_source random;
  int effort;
  int element = bytes_of(pass.type), width = 16 / element;

  std::vector<bool> there() {
    return pass.choose ? pass.choose(random) : std::vector<bool>(pass.roles.size(), true);
  }
  int anywhere() { return static_cast<int>(random.between(0, width - 1)) * element; }

  void check(arrangement a) {
    a.there = there();
    for (std::size_t n = 0; n < pass.roles.size(); ++n) {
      if (!pass.roles[n].of_channels) continue;
      a.stride[n] = {element};
      a.misalignment[n] = 0;
      if (pass.roles[n].output) continue;
      a.stride[n] = {a.channel < 0 ? 0 : element * (random.once_in(4) ? random.between(2, 3) : 1)};
      a.misalignment[n] = random.once_in(3) ? anywhere() : 0;
    }
    a.merged = !random.once_in(4);
    check_arrangement(pass, a, random);
  }

  /// One dense run; each tensor at the same misalignment, or wherever it likes.
  void line(std::int64_t length, std::optional<int> misalignment, bool in_place = false) {
    arrangement a = dense(pass, {length});
    for (int& m : a.misalignment) m = misalignment ? *misalignment : anywhere();
    a.in_place = in_place && pass.in_place >= 0;
    check(a);
  }

  /// Channels between inner and outer dimensions, rows with a gap among them; an input may be one
  /// element for all.
  void channels(const sizes& size, bool channels_last) {
    arrangement a = dense(pass, size, 1);
    const int shared = random.once_in(2) ? 0 : anywhere();
    const bool apart = random.once_in(5);
    const std::int64_t row = (size[0] + random.once_in(4)) * element;
    for (std::size_t n = 0; n < pass.roles.size(); ++n) {
      a.misalignment[n] = apart ? anywhere() : shared;
      if (pass.roles[n].of_channels) continue;
      a.stride[n] = {element, row, row * size[1]};
      if (!pass.roles[n].output && random.once_in(8)) {
        a.stride[n] = {0, 0, 0};
      } else if (channels_last) {
        a.stride[n] = {size[1] * element, element, size[0] * size[1] * element};
      }
    }
    check(a);
  }

  void any() {
    arrangement a = dense(pass, {});
    const auto rank = static_cast<int>(random.between(0, 5));
    std::int64_t left = random.once_in(5) ? 9000 : 1200;
    for (int d = 0; d < rank; ++d) {
      const std::int64_t most = std::clamp<std::int64_t>(left, 1, random.once_in(3) ? 300 : 9);
      a.size.push_back(random.once_in(40) ? 0 : random.between(1, most));
      left /= std::max<std::int64_t>(1, a.size.back());
    }
    std::shuffle(a.size.begin(), a.size.end(), random.generator);
    const bool has_channels = std::any_of(pass.roles.begin(), pass.roles.end(),
                                          [](const role& r) { return r.of_channels; });
    a.channel = has_channels ? static_cast<int>(random.between(-1, rank - 1)) : -1;
    a.in_place = pass.in_place >= 0 && random.once_in(4);
    const sizes common = any_strides(random, a.size, element, false);
    const bool apart = random.once_in(3);
    const int shared = anywhere();
    for (std::size_t n = 0; n < pass.roles.size(); ++n) {
      a.misalignment[n] = apart ? anywhere() : shared;
      a.stride[n] = random.once_in(3) ? dense_strides(a.size, element)
                    : random.once_in(2)
                        ? common
                        : any_strides(random, a.size, element, !pass.roles[n].output);
    }
    if (a.in_place) a.stride[0] = a.stride[static_cast<std::size_t>(pass.in_place)] = common;
    check(a);
  }
};

}  // namespace

void check_arrangements(const elementwise_pass& pass, int effort) {
  maker m{pass, random_source(5), effort};
  for (std::int64_t n = 0; n <= 40; n += effort > 1 ? 1 : 3) {
    m.line(n, 0);
    m.line(n, m.anywhere());
    m.line(n, {});
  }
  for (const std::int64_t n : {255, 256, 257, 1000, 2047, 2048, 2049, 4096, 4101, 8191}) {
    for (int at = 0; at<m.width; at += effort> 1 ? 1 : 3) m.line(n, at * m.element);
    m.line(n, {});
    m.line(n, m.anywhere(), true);
  }
  if (std::any_of(pass.roles.begin(), pass.roles.end(),
                  [](const role& r) { return r.of_channels; })) {
    for (const std::int64_t inner : {1, 2, 3, 7, 8, 15, 16, 17, 49, 300}) {
      for (const std::int64_t count : {1, 2, 3, 7, 8, 64, 127, 1000}) {
        for (const std::int64_t outer : {1, 2, 5, 33}) {
          if (inner * count * outer > (effort > 1 ? 20000 : 4000)) continue;
          if (effort == 1 && !m.random.once_in(3)) continue;
          m.channels({inner, count, outer}, m.random.once_in(4));
        }
      }
    }
  }
  for (int i = 0; i < 30 * effort && !testing::Test::HasFailure(); ++i) m.any();
}

void check_widths(const elementwise_pass& pass) { check_widths(pass, dense(pass, {4096})); }

void check_widths(const elementwise_pass& pass, const arrangement& a) {
  random_source random(4);
  const auto inputs = random_inputs(pass, a, random);
  memory::accesses = {};
  if (!run(pass, a, inputs)) return;
  const auto vectors = static_cast<std::uint64_t>(count_of(a.size) * bytes_of(pass.type) / 16);
  const std::uint64_t wide = memory::accesses.bytes[16];
  std::uint64_t narrow = 0, weights = 0;  // a weight is loaded once for the elements of a vector
  for (int width = 1; width < 16; ++width) narrow += memory::accesses.bytes[width];
  for (const role& r : pass.roles) weights += r.of_channels ? vectors : 0;
  EXPECT_LE(narrow, weights) << text(pass, a) << ": narrow accesses";
  EXPECT_EQ(wide % vectors, 0u) << text(pass, a) << ": a part of a tensor in vectors";
}

void check_slices(const elementwise_pass& pass, int effort) {
  maker m{pass, random_source(6), effort};
  const sizes large[] = {{1, 1, 40000}, {1, 3, 20000}, {1, 64, 1500}, {1, 1000, 150}, {7, 3, 3000},
                         {7, 64, 300},  {7, 1000, 20}, {49, 1, 900},  {49, 3, 700},   {49, 64, 40},
                         {49, 1000, 3}, {196, 3, 150}, {40000, 1, 1}, {30000, 2, 1},  {3, 5, 4001}};
  for (const sizes& size : large) {
    for (const bool channels_last : {false, true}) {
      if (effort > 1 || m.random.once_in(3)) m.channels(size, channels_last);
    }
  }
}

}  // namespace emulator
