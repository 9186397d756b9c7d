// What the threads of the CUDA kernels for groups do, executed on the host one after the other out
// of order: every byte of memory must look as a plain loop over the groups leaves it.
#include "csrc/prelude.h"
//
#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/gpu.h"
//
#include "csrc/cuda/groupwise.h"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {
#include "tests/cpp/cuda_groups.h"

TEST(CudaGroupwise, AnyShapeAndLayout) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 600; ++trial) {
      std::vector<std::int64_t> sizes(between(0, 3));
      for (auto& n : sizes) n = between(trial % 30 == 0 ? 0 : 1, 5);
      if (!sizes.empty() && between(0, 1)) sizes[0] *= between(1, 16);
      const int k = between(1, trial % 2 ? 4 : 20);
      try_one<Pass, T>(sizes, k, static_cast<layout>(trial % 3 == 0 ? consecutive : trial % 3));
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  for (const int i : {0, 1}) {
    EXPECT_GT(std::min({seen.layout[i], seen.vectors[i], seen.singles[i]}), 100);
    EXPECT_GT(seen.tails[i], 30);
  }
  EXPECT_GT(seen.short_rows, 100);
}

TEST(CudaGroupwise, GroupsOfEverySize) {
  for_every_kernel([]<class Pass, class T> {
    for (int k = 1; k <= groupwise::max_group; k += k < 34 ? 1 : between(1, 30)) {
      for (const layout kind : {planes, consecutive, any}) {
        try_one<Pass, T>({between(1, 2) * 8 + between(0, 1)}, k, kind);
        try_one<Pass, T>({16, 3}, k, kind);
      }
      if (testing::Test::HasFatalFailure()) return;
    }
    for (const layout kind : {planes, consecutive}) try_one<Pass, T>({16, 2}, 256, kind);
  });
}

TEST(CudaGroupwise, TheLargestLaunch) {
  groupwise::job job{};
  job.rank = 2;
  job.group = 2;
  const std::int64_t rows = most_elements / 16;
  job.size[0] = 16, job.size[1] = rows;
  job.step = 32;
  job.stride[groups][0] = 2, job.stride[groups][1] = 64;
  job.stride[chosen][0] = 2, job.stride[chosen][1] = 32;
  job.stride[index][0] = 1, job.stride[index][1] = 16;
  const auto [w, how] = plan_groups(job, job.group, job.step, 2);
  ASSERT_EQ(how, grouping::planar);
  EXPECT_EQ(w.tensors.items, 2 * rows);
  const auto last = w.tensors.item<half, 8, 0>({}, w.tensors.items - 1);
  EXPECT_EQ(last.there, 0xff);
  EXPECT_EQ(last.at[groups], (rows - 1) * 64 + 16);
  EXPECT_EQ(last.at[chosen], (rows - 1) * 32 + 16);
  EXPECT_EQ(last.at[index], (rows - 1) * 16 + 8);
}

}  // namespace
}  // namespace nonlin::cuda
