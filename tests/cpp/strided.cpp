// Gathering and scattering of strided tensors, against the sum of index times stride.
#include "csrc/cpu/strided.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nonlin {
namespace {

template <class T> class Strided : public testing::Test {};
using Elements = testing::Types<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;
TYPED_TEST_SUITE(Strided, Elements);

TYPED_TEST(Strided, MovesEachElementOfTheRangeAndNoOther) {
  using T = TypeParam;
  std::mt19937 random(1);
  const T untouched = 7;
  for (int trial = 0; trial < 2000; ++trial) {
    const int rank = random() % 4;
    std::int64_t size[3], stride[3], all = 1, span = 1;
    for (int d = 0; d < rank; ++d) {
      size[d] = 1 + random() % 5;
      stride[d] = span * (random() % 3 ? 1 : 2) * sizeof(T);
      span = stride[d] / sizeof(T) * size[d];
      all *= size[d];
    }
    layout x;
    x.set(size, stride, rank);
    std::vector<T> memory(span), dense(all), target(span, untouched);
    for (T& element : memory) element = static_cast<T>(random());
    const std::int64_t begin = random() % all, count = random() % (all - begin + 1);
    gather(dense.data(), memory.data(), x, begin, count, sizeof(T));
    scatter(dense.data(), target.data(), x, begin, count, sizeof(T));
    for (std::int64_t n = 0; n < all; ++n) {
      std::int64_t at = 0, rest = n;
      for (int d = 0; d < rank; rest /= size[d++]) at += rest % size[d] * stride[d] / sizeof(T);
      const bool inside = n >= begin && n < begin + count;
      if (inside) {
        ASSERT_EQ(dense[n - begin], memory[at]);
      }
      ASSERT_EQ(target[at], inside ? memory[at] : untouched);
    }
  }
}

TYPED_TEST(Strided, RepeatsAPeriod) {
  for (const int period : {1, 2, 3, 7}) {
    for (const int count : {0, 1, 2, 8, 31}) {
      std::vector<TypeParam> x(40, 99);
      for (int i = 0; i < period; ++i) x[i] = static_cast<TypeParam>(i);
      repeat(x.data(), period, count, sizeof(TypeParam));
      for (int i = 0; i < 40; ++i) {
        const bool written = i < period || i < count;
        ASSERT_EQ(x[i], written ? static_cast<TypeParam>(i % period) : TypeParam(99));
      }
    }
  }
}

TEST(Layout, LeavesOutSizeOneAndMergesNeighbours) {
  const std::int64_t size[] = {3, 1, 4, 5}, stride[] = {8, 999, 24, 200};
  layout x;
  x.set(size, stride, 4);
  EXPECT_EQ(x.rank, 2);
  EXPECT_EQ(x.size[0], 12);
  EXPECT_EQ(x.stride[1], 200);
  EXPECT_FALSE(x.has(8));
  x.set(size, stride, 3);
  EXPECT_TRUE(x.has(8));
}

}  // namespace
}  // namespace nonlin
