// Index arithmetic of the CUDA kernels, in tensors that no memory could hold, and their plans.
#include "csrc/prelude.h"
//
#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/gpu.h"
//
#include "csrc/cuda/launch_plan.h"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {

TEST(CudaWalk, Quotients) {
  std::mt19937_64 random{7};
  std::vector<std::uint64_t> numbers{1, 2, 3, 7, 10, 641, 65535, 65536, 65537};
  for (int bits = 20; bits < 62; ++bits) {
    for (const int near : {-1, 0, 1}) numbers.push_back((std::uint64_t{1} << bits) + near);
    numbers.push_back(random() >> (64 - bits));
  }
  for (const std::uint64_t d : numbers) {
    const divisor by(static_cast<std::int64_t>(d));
    for (const std::uint64_t n : numbers) {
      for (const std::uint64_t near : {n - 1, n, n + 1, n / d * d, n / d * d + d - 1}) {
        ASSERT_EQ(by.quotient(near), near / d) << near << " / " << d;
      }
    }
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t n = random() >> (1 + i % 63);
      ASSERT_EQ(by.quotient(n), n / d) << n << " / " << d;
    }
  }
}

TEST(CudaWalk, OffsetsInAHugeTensor) {
  const std::int64_t large = (std::int64_t{1} << 31) + 11;
  strides<2> dims;
  for (const std::int64_t extent : {std::int64_t{3}, large, std::int64_t{5}}) {
    dims.size[dims.rank++] = divisor(extent);
  }
  dims.size[2] = divisor::none();
  const std::int64_t stride[] = {2, 6, 6 * large};
  for (int d = 0; d < 3; ++d) dims.stride[0][d] = stride[d], dims.stride[1][d] = d == 1 ? -1 : 0;
  for (const std::int64_t i : {std::int64_t{0}, large - 1, large, 3 * large + 7, 15 * large - 1}) {
    strides<2>::offsets at{100, 0};
    dims.advance(at, static_cast<std::uint64_t>(i));
    EXPECT_EQ(at[0], 100 + 2 * i);
    EXPECT_EQ(at[1], -(i / 3 % large));
    if (i >> 31 != 0) continue;
    strides<2>::offsets narrow{100, 0};
    dims.advance(narrow, static_cast<std::uint32_t>(i));
    EXPECT_EQ(narrow, at);
  }
}

/// At the end of the largest launch, without the memory.
TEST(CudaWalk, ChannelsInTheLargestRun) {
  const std::int64_t inner = most_elements / 101;
  const parametric_operands o{};
  const weighted_run<8> w{parametric_data(o, 0), {}, divisor(inner), divisor(3), false};
  for (const std::int64_t plane : {0, 1, 2, 3, 4, 100}) {
    for (const std::int64_t at : {std::int64_t{0}, std::int64_t{7}, inner - 1}) {
      const auto found = w.of(static_cast<int>(plane * inner + at));
      EXPECT_EQ(found.channel, plane % 3);
      EXPECT_EQ(found.inner, at);
    }
  }
}

/// Blocks within the limit of a grid, a workspace that is small against the input, and neither
/// dependent on strides.
TEST(CudaWalk, Plans) {
  for (const std::int64_t inner : {1, 2, 15, 16, 17, 49, 1000, 1 << 24}) {
    for (const std::int64_t channels : {1, 2, 3, 100, 4096, 65537, 1 << 22}) {
      for (const std::int64_t outer : {1, 7, 128, 1000, 1 << 20}) {
        if (double(inner) * double(channels) * double(outer) > 0x1p38) continue;
        parametric::job job{};
        job.rank = 3, job.channel = 1;
        job.size[0] = inner, job.size[1] = channels, job.size[2] = outer;
        const job_shape shape(job);
        const std::int64_t slices = slices_of<half>(shape);
        ASSERT_GE(slices, 1);
        if (slices > 1) {
          EXPECT_LE(slices * channels * 8, shape.size() * 2 / 32) << inner << ' ' << channels;
        }
        EXPECT_LE(slices, enough_blocks);
      }
    }
  }
}

}  // namespace
}  // namespace nonlin::cuda
