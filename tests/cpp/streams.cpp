// Results that go past the caches are those that go through them, at every address, and no byte
// beside them is written. Kernels choose by the sizes of a job; only a part of it is computed here.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "units.h"

namespace nonlin {
namespace {

constexpr int element_size[dtypes] = {8, 4, 2, 2};
constexpr std::int64_t large = std::int64_t{1} << 40;

/// Tensors amid bytes that nobody may write, all of them `shift` bytes past a line of the cache.
class Memory {
 public:
  Memory(int tensors, std::int64_t bytes, int shift)
      : tensors_(tensors), shift_(shift), span_(bytes / 64 * 64 + 256) {
    bytes_.resize(tensors * span_ + 64);
    std::mt19937 random(1);
    // Without the highest bit of its exponent, an element of any type is a number below 2.
    std::generate_n(first(), tensors * span_, [&] { return static_cast<char>(random() & 0xbf); });
  }
  char* tensor(int i) { return first() + i * span_ + 64 + shift_; }
  std::string contents() { return {first(), static_cast<std::size_t>(tensors_ * span_)}; }

 private:
  char* first() {
    const auto past = reinterpret_cast<std::uintptr_t>(bytes_.data()) % 64;
    return bytes_.data() + (64 - past) % 64;
  }

  int tensors_, shift_;
  std::int64_t span_;
  std::vector<char> bytes_;
};

template <class CpuUnit> class Streams : public testing::TestWithParam<Unit<CpuUnit>> {
 protected:
  /// Calls check(type, shift) for types and addresses.
  template <class Check> void for_places(const Check& check) {
    if (!this->GetParam().usable) {
      GTEST_SKIP() << "this processor lacks " << this->GetParam().instruction_set;
    }
    for (int type = 0; type < dtypes; ++type) {
      const int size = element_size[type];
      for (int shift = 0; shift < 64; shift += shift < 2 * size ? size : 3 * size) {
        SCOPED_TRACE("dtype " + std::to_string(type) + ", " + std::to_string(shift) +
                     " bytes past a line");
        check(type, shift);
        if (this->HasFatalFailure()) return;
      }
    }
  }
};

using ParametricStreams = Streams<parametric::cpu_unit>;

/// What two of `outer` entries of a job leave in memory, and their sums.
std::string parametric_contents(const parametric::cpu_unit& unit, int pass, int type, int shift,
                                bool in_place, std::int64_t inner, std::int64_t channels,
                                std::int64_t outer) {
  const int size = element_size[type];
  Memory memory(parametric::slots + 2, 2 * inner * channels * size, shift);
  parametric::job job{};
  const auto needs = [&](int slot) {
    if (slot == parametric::self || slot == parametric::result) return true;
    return slot == parametric::grad_output ? pass > 0 : pass > 1;
  };
  for (int s = 0; s < parametric::slots; ++s) {
    if (needs(s)) job.data[s] = memory.tensor(s);
    job.stride[s][0] = size;
    job.stride[s][1] = inner * size;
    job.stride[s][2] = inner * channels * size;
  }
  if (in_place) job.data[parametric::result] = job.data[parametric::self];
  job.size[0] = inner;
  job.size[1] = channels;
  job.size[2] = outer;
  job.rank = 3;
  job.channel = 1;
  job.weight = memory.tensor(parametric::slots);
  job.grad_grad_weight = memory.tensor(parametric::slots + 1);
  job.weight_stride = job.grad_grad_weight_stride = size;
  std::vector<double> sums(channels, 0);
  unit.at[pass][type](job, {{0, inner}, {0, channels}, {0, 2}, pass ? sums.data() : nullptr});
  const char* const first = reinterpret_cast<const char*>(sums.data());
  return memory.contents() + std::string(first, channels * sizeof(double));
}

TEST_P(ParametricStreams, AreWhatIsStoredOtherwise) {
  for_places([&](int type, int shift) {
    for (int pass = 0; pass < parametric::passes; ++pass) {
      for (const auto& [inner, channels] :
           {std::pair{784, 2}, {640, 2}, {515, 3}, {1, 784}, {1, 515}, {3, 200}}) {
        const auto contents = [&](bool in_place, std::int64_t outer) {
          return parametric_contents(*GetParam().kernels, pass, type, shift, in_place, inner,
                                     channels, outer);
        };
        ASSERT_TRUE(contents(false, 2) == contents(false, large))
            << "pass " << pass << ", " << channels << " channels of " << inner;
        ASSERT_TRUE(pass > 0 || contents(true, 2) == contents(true, large)) << "in place";
      }
    }
  });
}

using GroupwiseStreams = Streams<groupwise::cpu_unit>;

/// What two of `rows` rows of n groups leave in memory, computed in two parts.
std::string groupwise_contents(const groupwise::cpu_unit& unit, int pass, int type, int shift,
                               bool planes, int k, std::int64_t n, std::int64_t rows) {
  const int size = element_size[type];
  Memory memory(groupwise::slots, 2 * k * n * size, shift);
  groupwise::job job{};
  for (int s = 0; s < groupwise::slots; ++s) job.data[s] = memory.tensor(s);
  auto* const index = static_cast<unsigned char*>(job.data[groupwise::index]);
  for (std::int64_t i = 0; i < 2 * n; ++i) index[i] %= k;
  job.group = k;
  job.step = planes ? n * size : size;
  job.rank = 2;
  job.size[0] = n;
  job.size[1] = rows;
  const std::int64_t bytes[] = {size, size, 1}, entries[] = {k, 1, 1};
  for (int s = 0; s < groupwise::slots; ++s) {
    job.stride[s][0] = bytes[s] * (planes ? 1 : entries[s]);
    job.stride[s][1] = bytes[s] * entries[s] * n;
  }
  const std::int64_t middle = n + 520;
  unit.at[pass][type](job, 0, middle);
  unit.at[pass][type](job, middle, 2 * n);
  return memory.contents();
}

TEST_P(GroupwiseStreams, AreWhatIsStoredOtherwise) {
  for_places([&](int type, int shift) {
    for (int pass = 0; pass < groupwise::passes; ++pass) {
      for (const bool planes : {false, true}) {
        for (const int k : {1, 2, 3, 4, 5, 8, 9}) {
          for (const std::int64_t n : {784, 1043}) {
            const auto contents = [&](std::int64_t rows) {
              return groupwise_contents(*GetParam().kernels, pass, type, shift, planes, k, n, rows);
            };
            ASSERT_TRUE(contents(2) == contents(large))
                << "pass " << pass << ", rows of " << n << " groups of " << k
                << (planes ? ", in planes" : ", without gaps");
          }
        }
      }
    }
  });
}

const auto name = [](const auto& test) {
  return std::string(test.param.op) + "_" + test.param.instruction_set;
};
INSTANTIATE_TEST_SUITE_P(All, ParametricStreams, testing::ValuesIn(units<parametric::cpu_unit>()),
                         name);
INSTANTIATE_TEST_SUITE_P(All, GroupwiseStreams, testing::ValuesIn(units<groupwise::cpu_unit>()),
                         name);

}  // namespace
}  // namespace nonlin
