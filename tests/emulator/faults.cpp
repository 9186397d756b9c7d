// The emulator's own tests: kernels with planted faults, and the kernels of the library without
// their barriers.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "faulty.h"
#include "large.h"
#include "launch.h"
#include "operations.h"
#include "parametric.h"
#include "runtime.h"

namespace emulator {
namespace {

using faulty::fault;

float* floats(const tensor& t) { return reinterpret_cast<float*>(t.data); }

/// What the emulator says of a fault, or "" if it sees none; "wrong" where only the result is.
std::string twice(fault f) {
  memory::clear();
  constexpr std::int64_t size = 1003;
  const tensor x = place("x", {size}, {4}, 4, 8, readable),
               y = place("y", {size}, {4}, 4, 8, writable);
  for (int i = 0; i < size; ++i) floats(x)[i] = static_cast<float>(i);
  memory::accesses = {};
  const int error = faulty::twice(f, floats(y), floats(x), size, nullptr);
  if (const std::string wrong = what_is_wrong(error); !wrong.empty()) return wrong;
  for (int i = 0; i < size; ++i) {
    if (floats(y)[i] != 2 * floats(x)[i]) return "wrong";
  }
  return memory::accesses.bytes[4] > 8 ? "narrow accesses" : "";
}

std::string sums(fault f) {
  memory::clear();
  constexpr int channels = 3, rows = 1000, slices = 3;
  const tensor x = place("x", {channels * rows}, {4}, 4, 0, readable),
               y = place("y", {channels}, {4}, 4, 0, writable),
               workspace = place("workspace", {channels * slices}, {4}, 4, 0,
                                 writable | readable_once_written);
  for (int i = 0; i < channels * rows; ++i) floats(x)[i] = static_cast<float>(i % 7);
  const int error = faulty::channel_sums(f, floats(y), floats(x), channels, rows, slices,
                                         floats(workspace), nullptr);
  if (const std::string wrong = what_is_wrong(error); !wrong.empty()) return wrong;
  for (int c = 0; c < channels; ++c) {
    float sum = 0;
    for (int row = 0; row < rows; ++row) sum += floats(x)[row * channels + c];
    if (floats(y)[c] != sum) return "wrong";
  }
  return "";
}

std::string gather(fault f) {
  memory::clear();
  constexpr int groups = 50, group = 5;
  const tensor x = place("x", {groups * group}, {4}, 4, 0, readable),
               y = place("y", {groups}, {4}, 4, 0, writable),
               at = place("place", {groups}, {1}, 1, 0, readable);
  for (int g = 0; g < groups; ++g)
    at.data[g] = static_cast<char>((groups - 1 - g + group) % (group + 1));
  return what_is_wrong(faulty::gather(f, floats(y), floats(x),
                                      reinterpret_cast<const unsigned char*>(at.data), groups,
                                      group, nullptr));
}

void expect(const std::string& found, const std::string& begin) {
  EXPECT_NE(found.find(begin), found.npos) << "not '" << begin << "' but '" << found << "'";
}

TEST(PlantedFaults, NoneIsFoundWhereThereIsNone) {
  EXPECT_EQ(twice(fault::none), "");
  EXPECT_EQ(sums(fault::none), "");
  EXPECT_EQ(gather(fault::none), "");
}
TEST(PlantedFaults, OfElements) {
  expect(twice(fault::head), "misaligned access of 16 bytes at x + 12");
  expect(twice(fault::tail), "read of what is no element of 4 bytes at x + 4012");
  expect(twice(fault::short_tail), "y + 4008 was not written");
  expect(twice(fault::misaligned), "misaligned access of 16 bytes at x + 12");
  expect(twice(fault::overlap), "element written twice in a launch of 16 bytes at y + 24");
  expect(twice(fault::neighbour), "read of what");
  expect(twice(fault::narrowed), "narrow accesses");
}
TEST(PlantedFaults, OfSums) {
  expect(sums(fault::missing_barrier), "race: another thread");
  expect(sums(fault::diverging_barrier), "threads of a block at different barriers");
  expect(sums(fault::slice), "read of what is no element");
  expect(sums(fault::channel), "read of what is no element of 4 bytes at x + 12000");
  expect(sums(fault::partial), "read of what was never written of 4 bytes at workspace + 24");
  expect(sums(fault::everyone), "element written twice in a launch");
  expect(sums(fault::lonely_shuffle), "shuffle among lanes that have not all come");
}
TEST(PlantedFaults, OfControl) {
  expect(gather(fault::place), "read of what is no element of 4 bytes at x + ");
  expect(twice(fault::endless), "endless loop");
  expect(twice(fault::parameter), "read beyond the parameters");
  expect(twice(fault::unknown), "unknown instruction nanosleep.u32");
}

/// A launch that leaves out the last elements of more than 2³¹, and one that ends with another sum.
TEST(PlantedFaults, OfLargeSums) {
  elementwise_pass pass =
      pass_of(parametric_subjects()[0], nonlin::pass::backward, dtype::bfloat16, true);
  large_case c{pass, {(std::int64_t{1} << 31) + 4099}, {2}};
  random_source random(1);
  ASSERT_TRUE(c.draw(random));
  const auto launch = pass.launch;
  pass.launch = [launch](placed p) {
    p.size[0] -= 8;
    return launch(p);
  };
  EXPECT_NONFATAL_FAILURE(check_large_sums(c), "no block near reads element 2147487746");
  pass.launch = [&](const placed& p) {
    const int error = launch(p);
    for (std::size_t n = 0; n < pass.roles.size(); ++n) {
      if (pass.roles[n].output && pass.roles[n].of_channels) p.tensors[n].data[1] ^= 1;
    }
    return error;
  };
  EXPECT_NONFATAL_FAILURE(check_large_sums(c), "the gradient of weight 0 is");
}

/// Kernels of the library that sum, without one of their barriers. Where a thread delivers the sum
/// that it wrote last, the last barrier has nothing to wait for.
TEST(PlantedFaults, MissingBarriersOfTheLibrary) {
  const auto nothing = [](warp&, const instruction&) {};
  for (const parametric_subject& s : parametric_subjects()) {
    for (const sizes& size : {sizes{1, 3, 20000}, sizes{300, 3, 40}}) {
      const elementwise_pass pass = pass_of(s, nonlin::pass::backward, dtype::float32, true);
      const arrangement a = dense(pass, size, 1);
      random_source random(1);
      const auto inputs = random_inputs(pass, a, random);
      take_launches();
      ASSERT_TRUE(run(pass, a, inputs));
      for (const launched& l : take_launches()) {
        int barriers = 0, found = 0;
        for (instruction& i : l.kernel->code) {
          if (i.run != control::barrier) continue;
          ++barriers;
          i.run = nothing;
          how_to_launch.seed = 3;
          const std::string wrong = attempt(pass, a, inputs);
          how_to_launch.seed = 0;
          i.run = control::barrier;
          found += wrong.find("of shared memory") != wrong.npos;
        }
        EXPECT_GE(barriers, 2) << plain_name(l.kernel->name);
        EXPECT_GE(found, barriers - 1) << plain_name(l.kernel->name);
      }
    }
  }
}

}  // namespace
}  // namespace emulator
