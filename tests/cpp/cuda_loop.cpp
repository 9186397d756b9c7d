// What the threads of a CUDA kernel do with dense tensors, executed on the host one after the other
// in random order: every byte of memory must look as a plain loop over the elements leaves it.
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

TEST(CudaLoop, DenseRunsOfEveryLengthAndAlignment) {
  for_every_kernel([]<class Pass, class T> {
    constexpr int element = sizeof(T);
    for (int size = 0; size < 70; ++size) {
      for (int address = 0; address < vector_bytes; address += element) {
        tensors a({size});
        for (int t = 0; t < pointers<Pass>::count; ++t) {
          a.o.stride[t][0] = element;
          const bool astray = size % 5 == 0 && t == pointers<Pass>::count - 1;
          a.put(t, element, address + astray * element);
        }
        check<Pass, T>(a);
      }
    }
  });
  EXPECT_GT(seen.dense, 0);
  EXPECT_GT(seen.rows, 0);  // where one tensor is misaligned
  EXPECT_GT(seen.heads, 0);
  EXPECT_GT(seen.tails, 0);
}

/// Blocks of whole vectors alone, and the last ones.
TEST(CudaLoop, DenseRunsOfManyBlocks) {
  for_every_kernel([]<class Pass, class T> {
    constexpr int element = sizeof(T), width = vector_bytes / element;
    for (const int more : {-1, 0, 1, width - 1, 3 * width + 1}) {
      for (const int address : {0, element, vector_bytes - element}) {
        tensors a({2 * batch_of<Pass, T> * threads * width + more});
        for (int t = 0; t < pointers<Pass>::count; ++t) {
          a.o.stride[t][0] = element;
          a.put(t, element, address);
        }
        check<Pass, T>(a);
      }
    }
  });
  EXPECT_GT(seen.full_blocks, 100);
}

TEST(CudaLoop, AnOutputMayBeAnInput) {
  for_every_kernel([]<class Pass, class T> {
    for (int size = 1; size < 40; ++size) {
      for (const int step : {1, 3}) {
        tensors a({size});
        for (int t = 0; t < pointers<Pass>::count; ++t) {
          a.o.stride[t][0] = step * sizeof(T);
          a.put(t, sizeof(T), between(0, 3) * sizeof(T) * (step - 1));
        }
        a.o.data[0] = a.o.data[pointers<Pass>::count - 1];
        check<Pass, T>(a);
      }
    }
  });
}

/// Positions beyond 2³¹ elements, without the memory.
TEST(CudaLoop, SharesOfAHugeRun) {
  const auto run =
      cut<8, std::int64_t>(reinterpret_cast<const void*>(6), (std::int64_t{1} << 33) + 3);
  EXPECT_EQ(run.head, 5);
  EXPECT_EQ(run.vectors, (std::int64_t{1} << 30) - 1);
  EXPECT_EQ(run.shares(), run.vectors + 5 + 6);
  EXPECT_EQ(run[run.vectors - 1].first, run.size - 6 - 8);
  EXPECT_TRUE(run[run.vectors - 1].whole);
  EXPECT_EQ(run[run.vectors + 4].first, 4);
  EXPECT_EQ(run[run.vectors + 5].first, run.size - 6);
  EXPECT_EQ(run[run.shares() - 1].first, run.size - 1);
}

}  // namespace
}  // namespace nonlin::cuda
