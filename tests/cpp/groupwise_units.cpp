// Every kernel of every groupwise unit against a plain loop, byte by byte: each entry that a pass
// writes, and no byte besides. Some buffers have guards on both sides; the others are exactly as
// long as their contents, so that AddressSanitizer sees what is read.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "units.h"

namespace nonlin {
namespace {
namespace storage {
#include "csrc/simd/half.h"
}

using Bytes = std::vector<char>;
using Sizes = std::array<std::int64_t, 3>;  // entries of a group, dimensions 0 and 1 of the walk

constexpr int element_size[dtypes] = {8, 4, 2, 2};

double number(const char* element, int type) {
  double wide;
  float narrow;
  half h;
  bfloat16 b;
  switch (static_cast<dtype>(type)) {
    case dtype::float64:
      return std::memcpy(&wide, element, 8), wide;
    case dtype::float32:
      return std::memcpy(&narrow, element, 4), narrow;
    case dtype::float16:
      return std::memcpy(&h, element, 2), storage::to_float(h);
    default:
      return std::memcpy(&b, element, 2), storage::to_float(b);
  }
}

/// Numbers of every kind; of the NaN only quiet ones, since a conversion quiets the others.
void fill(char* element, int type, std::mt19937& random) {
  // Exponent bits and the highest bit of the mantissa.
  constexpr int shift[dtypes] = {51, 22, 9, 6}, exponents[dtypes] = {11, 8, 5, 8};
  const int size = element_size[type];
  const std::uint64_t sign = static_cast<std::uint64_t>(random() & 1) << (8 * size - 1);
  const std::uint64_t quiet = ((2ull << exponents[type]) - 1) << shift[type];
  std::uint64_t bits = (static_cast<std::uint64_t>(random()) << 32 | random()) & (quiet >> 1);
  switch (random() % 8) {
    case 0:
      bits = 0;
      break;
    case 1:
      bits = quiet & quiet << 1;  // infinity
      break;
    case 2:
      bits = quiet | random() % 32;
      break;
    case 3:
      bits = random() % 4;  // subnormal
      break;
    case 4:
      bits = (quiet & quiet >> 2) + (random() % 4 << (shift[type] - 3));  // many ties
      break;
    default:
      break;
  }
  bits |= sign;
  std::memcpy(element, &bits, size);
}

/// Memory of one tensor, and what it should become.
struct Tensor {
  std::int64_t start = 0, stride[3] = {};  // in bytes, of the entries and the walk's dimensions
  int element = 0;
  Bytes now, expected;

  /// The axes in the order `fastest`, the first of them `gap` elements apart (backwards if
  /// negative), between guards of so many elements.
  Tensor(const Sizes& size, std::array<int, 3> fastest, int gap, int guard, int element_bytes)
      : element(element_bytes) {
    std::int64_t step = std::int64_t{gap} * element, first = 0, last = 0;
    for (const int axis : fastest) {
      stride[axis] = step;
      (step < 0 ? first : last) += step * (size[axis] - 1);
      step *= size[axis];
    }
    const bool empty = std::find(size.begin(), size.end(), 0) != size.end();
    start = guard * element - (empty ? 0 : first);
    now = Bytes(2 * guard * element + (empty ? 0 : last - first + element), '\x5a');
    expected = now;
  }
  std::int64_t offset(int j, std::int64_t a, std::int64_t b) const {
    return start + j * stride[0] + a * stride[1] + b * stride[2];
  }
  void set(const Sizes& size, const auto& fill_element) {
    for (int b = 0; b < size[2]; ++b) {
      for (int a = 0; a < size[1]; ++a) {
        for (int j = 0; j < size[0]; ++j) fill_element(now.data() + offset(j, a, b));
      }
    }
    expected = now;
  }
};

struct Layout {
  std::array<int, 3> groups, chosen;  // axes, the fastest first
  int gap;
};
constexpr Layout layouts[] = {
    {{1, 0, 2}, {0, 1, 2}, 1},  // planes
    {{1, 2, 0}, {0, 1, 2}, 1},  // one plane for each entry
    {{0, 1, 2}, {0, 1, 2}, 1},  // groups without gaps
    {{0, 2, 1}, {0, 2, 1}, 1},  // both tensors the other way round
    {{0, 1, 2}, {0, 2, 1}, 1},  // only one of them
    {{2, 1, 0}, {0, 1, 2}, 1},  {{1, 0, 2}, {0, 1, 2}, 2},  {{0, 1, 2}, {0, 1, 2}, 3},
    {{1, 0, 2}, {0, 1, 2}, -1}, {{0, 1, 2}, {0, 1, 2}, -2},
};

class Case {
 public:
  Case(int k, std::int64_t n0, std::int64_t n1, const Layout& layout, int guard, int type)
      : size_{k, n0, n1},
        type_(type),
        groups_(size_, layout.groups, layout.gap, guard, element_size[type]),
        chosen_({1, n0, n1}, layout.chosen, layout.gap, guard, element_size[type]),
        index_({1, n0, n1}, layout.chosen, layout.gap, guard, 1) {
    std::mt19937 random(static_cast<unsigned>(k + 1000 * n0));
    const auto element = [&](char* at) { fill(at, type_, random); };
    groups_.set(size_, element);
    chosen_.set({1, n0, n1}, element);
    // Now and then a place outside the group, which chooses nothing.
    index_.set({1, n0, n1}, [&](char* at) {
      *at = static_cast<char>(random() % 16 ? random() % size_[0] : random());
    });
  }

  /// The pass over all groups, divided into `parts` calls.
  void run(groupwise::cpu_kernel kernel, groupwise::pass pass, bool indexed, int parts) {
    for (int b = 0; b < size_[2]; ++b) {
      for (int a = 0; a < size_[1]; ++a) expect(pass, indexed, a, b);
    }
    groupwise::job job{};
    Tensor* const tensors[] = {&groups_, &chosen_, &index_};
    for (int s = 0; s < groupwise::slots; ++s) {
      if (s != groupwise::index || indexed)
        job.data[s] = tensors[s]->now.data() + tensors[s]->start;
      for (int d = 0; d < 2; ++d) job.stride[s][d] = tensors[s]->stride[d + 1];
    }
    job.size[0] = size_[1];
    job.size[1] = size_[2];
    job.rank = size_[1] * size_[2] == 1 ? 0 : size_[2] == 1 ? 1 : 2;
    job.group = static_cast<int>(size_[0]);
    job.step = groups_.stride[0];
    const std::int64_t all = size_[1] * size_[2];
    for (int i = 0; i < parts; ++i) kernel(job, all * i / parts, all * (i + 1) / parts);
  }
  bool as_expected() const {
    return groups_.now == groups_.expected && chosen_.now == chosen_.expected &&
           index_.now == index_.expected;
  }

 private:
  void expect(groupwise::pass pass, bool indexed, int a, int b) {
    const int element = groups_.element, k = static_cast<int>(size_[0]);
    char *const chosen = chosen_.expected.data() + chosen_.offset(0, a, b),
                *const index = index_.expected.data() + index_.offset(0, a, b);
    const auto entry = [&](int j) { return groups_.expected.data() + groups_.offset(j, a, b); };
    const int place = static_cast<unsigned char>(*index);
    switch (pass) {
      case groupwise::pass::value: {
        int best = 0;
        for (int j = 1; j < k; ++j) {
          const double x = number(entry(best), type_), y = number(entry(j), type_);
          if (y > x || (std::isnan(y) && !std::isnan(x))) best = j;
        }
        std::memcpy(chosen, entry(best), element);
        if (indexed) *index = static_cast<char>(best);
        break;
      }
      case groupwise::pass::backward:
        for (int j = 0; j < k; ++j) {
          std::memset(entry(j), 0, element);
          if (j == place) std::memcpy(entry(j), chosen, element);
        }
        break;
      case groupwise::pass::gather:
        std::memset(chosen, 0, element);
        if (place < k) std::memcpy(chosen, entry(place), element);
        break;
    }
  }

  Sizes size_;
  int type_;
  Tensor groups_, chosen_, index_;
};

class GroupwiseUnits : public testing::TestWithParam<Unit<groupwise::cpu_unit>> {
 protected:
  void SetUp() override {
    if (!GetParam().usable) GTEST_SKIP() << "this processor lacks " << GetParam().instruction_set;
  }
  void check(groupwise::pass pass, int k, std::int64_t n0, std::int64_t n1, bool indexed) {
    for (int type = 0; type < dtypes; ++type) {
      for (const Layout& layout : layouts) {
        for (const int guard : {0, 19}) {
          const int parts = guard ? 3 : 1;
          Case all(k, n0, n1, layout, guard, type);
          all.run(GetParam().kernels->at[static_cast<int>(pass)][type], pass, indexed, parts);
          ASSERT_TRUE(all.as_expected())
              << "k = " << k << ", " << n1 << " rows of " << n0 << " groups, layout "
              << &layout - layouts << ", dtype " << type << ", in " << parts << " parts"
              << (indexed ? "" : ", without index");
        }
      }
    }
  }
  void check(groupwise::pass pass, bool indexed = true) {
    for (const int k : {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 31, 256}) {
      for (const int n0 : {0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 49, 130, 300}) {
        if (n0 * k > 6000) continue;
        check(pass, k, n0, 1, indexed);
        if (n0 * k < 2000) check(pass, k, n0, 3, indexed);
      }
    }
  }
};

TEST_P(GroupwiseUnits, ChooseTheFirstOfTheLargest) { check(groupwise::pass::value); }
TEST_P(GroupwiseUnits, ChooseWithoutIndex) { check(groupwise::pass::value, false); }
TEST_P(GroupwiseUnits, SpreadToWholeGroups) { check(groupwise::pass::backward); }
TEST_P(GroupwiseUnits, GatherWhatIsChosen) { check(groupwise::pass::gather); }

INSTANTIATE_TEST_SUITE_P(All, GroupwiseUnits, testing::ValuesIn(units<groupwise::cpu_unit>()),
                         [](const auto& test) {
                           return std::string(test.param.op) + "_" + test.param.instruction_set;
                         });

}  // namespace
}  // namespace nonlin
