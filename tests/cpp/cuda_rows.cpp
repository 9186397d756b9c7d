// What the threads of a CUDA kernel do with tensors that are no dense runs, executed on the host
// one after the other in random order: every byte of memory must look as a plain loop over the
// elements leaves it.
#include "csrc/prelude.h"

#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/gpu.h"

#include "csrc/cuda/pointwise.h"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {

#include "tests/cpp/cuda_operands.h"

/// Rows some elements apart: inputs at the same distance or another one, at the same alignment or
/// another one, one row for all, one element for a row, every second or third element.
TEST(CudaRows, Rows) {
  for_every_kernel([]<class Pass, class T> {
    constexpr int element = sizeof(T), width = vector_bytes / element;
    for (int trial = 0; trial < 600; ++trial) {
      const int length = between(1, 5 * width), count = between(1, 5), deep = between(1, 2);
      tensors a({length, count, deep});
      const int apart = length + (trial % 2 ? between(0, 9) : -length & (width - 1));
      const int address = trial % 3 ? between(0, width - 1) * element : 0;
      for (int t = 0; t < pointers<Pass>::count; ++t) {
        const int kind = t == 0 ? between(0, 9) / 8 : between(0, 5);
        const int step = kind == 1 ? between(2, 3) : kind == 2 && t >= Pass::outputs ? 0 : 1;
        const bool one_row = kind == 3 && t >= Pass::outputs;
        const int between_rows = kind == 4 ? apart + between(0, 2) * width : apart * (step + !step);
        a.o.stride[t][0] = step * element;
        a.o.stride[t][1] = one_row ? 0 : between_rows * element;
        a.o.stride[t][2] = a.o.stride[t][1] * count;
        a.put(t, element, kind == 5 ? between(0, width - 1) * element : address);
      }
      check<Pass, T>(a);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  EXPECT_GT(std::min({seen.vectors, seen.same, seen.singles}), 1000);
  EXPECT_GT(std::min(seen.cut, seen.short_rows), 100);
}

TEST(CudaRows, AnyStrides) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 150; ++trial) {
      const int rank = trial % 30 == 29 ? max_rank : between(0, 5);
      std::vector<std::int64_t> size(rank);
      for (int d = 0; d < rank; ++d) {
        size[d] =
            rank > 5 ? 1 + (d % 4 == 0) : between(trial % 10 == 0 ? 0 : 1, d == trial % 3 ? 20 : 5);
      }
      tensors a(size);
      for (int t = 0; t < pointers<Pass>::count; ++t) {
        a.scatter(a.o.stride[t], sizeof(T), t >= Pass::outputs);
        a.put(t, sizeof(T), between(0, 7) * sizeof(T));
      }
      check<Pass, T>(a);
    }
  });
}

/// Pieces at the end of the largest launch, without the memory.
TEST(CudaRows, PiecesOfTheLargestRows) {
  for (const std::int64_t length : {most_elements / 3, std::int64_t{1} << 17}) {
    const std::int64_t count = most_elements / length;
    const std::int64_t apart = (length + 16) * 2;
    operands o{};
    o.rank = 2, o.size[0] = length, o.size[1] = count;
    for (int t = 0; t < 2; ++t) {
      o.data[t] = reinterpret_cast<void*>(6), o.stride[t][0] = 2, o.stride[t][1] = apart;
    }
    const auto r = plan_elements<value_pass, half>(o);
    ASSERT_GT(r.items, most_elements / 8 - count);
    for (const std::int64_t row : {std::int64_t{0}, count / 2, count - 1}) {
      const auto past = (6 + row * apart) % 16 / 2;
      const std::int64_t pieces = (length + past + 7) / 8, last = (length + past - 1) % 8;
      for (const std::int64_t nth : {std::int64_t{0}, std::int64_t{1}, pieces / 2, pieces - 1}) {
        const auto i = row * static_cast<std::int64_t>(r.pieces.value) + nth;
        const auto found = r.item<half, 8, 0>({}, static_cast<int>(i));
        EXPECT_EQ(found.at[0], row * apart + (nth * 8 - past) * 2);
        EXPECT_EQ(found.at[1], found.at[0]);
        const unsigned wanted = nth == 0           ? 0xffu << past & 0xff
                                : nth < pieces - 1 ? 0xffu
                                                   : (2u << last) - 1;
        EXPECT_EQ(found.there, wanted) << length << ", row " << row << ", piece " << nth;
      }
    }
  }
}

/// A stride that 32 bits do not hold is none along a row.
TEST(CudaRows, StridesOfGigabytes) {
  operands o{};
  o.rank = 2, o.size[0] = 20, o.size[1] = 3;
  const std::int64_t far = std::int64_t{1} << 32;
  for (int t = 0; t < 2; ++t) o.stride[t][0] = t == 0 ? 2 : far, o.stride[t][1] = t == 0 ? 40 : 2;
  const auto r = plan_elements<value_pass, half>(o);
  EXPECT_EQ(r.length, 20);  // absent tensors have no strides
  o.data[0] = o.data[1] = reinterpret_cast<void*>(16);
  const auto single = plan_elements<value_pass, half>(o);
  EXPECT_EQ(single.length, 1);
  ASSERT_EQ(single.items, 60);
  const auto last = single.item<half, 8, 0>({}, 59);
  EXPECT_EQ(last.there, 1);
  EXPECT_EQ(last.at[0], 59 * 2);
  EXPECT_EQ(last.at[1], 19 * far + 2 * 2);
}

/// Every element is in one part, and no part is too large; those of dense tensors are dense.
TEST(CudaRows, Parts) {
  operands o{};
  o.rank = 3, o.size[0] = std::int64_t{1} << 33, o.size[1] = 1, o.size[2] = 3;
  for (int t = 0; t < 2; ++t) {
    o.data[t] = reinterpret_cast<void*>(6);
    o.stride[t][0] = 2, o.stride[t][1] = 7, o.stride[t][2] = 2 * o.size[0];
  }
  std::int64_t next = 6;
  const int failed = in_parts(o, [&](const operands& part) {
    EXPECT_LE(element_count(part), most_elements);
    EXPECT_TRUE(is_dense(part, 2, 2));
    EXPECT_EQ(reinterpret_cast<std::intptr_t>(part.data[0]), next);
    EXPECT_EQ(part.data[1], part.data[0]);
    EXPECT_EQ(part.data[2], nullptr);
    next += 2 * element_count(part);
    return 0;
  });
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(next, 6 + 6 * o.size[0]);
  int calls = 0;
  EXPECT_EQ(in_parts(o, [&](const operands&) { return ++calls; }), 1);
  EXPECT_EQ(calls, 1);
  o.size[1] = 0;
  EXPECT_EQ(in_parts(o, [&](const operands&) { return ++calls; }), 0);
}

}  // namespace
}  // namespace nonlin::cuda
