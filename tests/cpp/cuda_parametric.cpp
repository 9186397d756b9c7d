// What the threads of the CUDA kernels of a formula with a weight do, executed on the host one
// after the other in random order: every byte of memory must look as a plain loop over the elements
// leaves it.
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

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {
#include "tests/cpp/cuda_workload.h"

using numbers = std::array<int, parametric_tensors>;

/// Members that a mistake cannot exchange unseen, and small integers for small integers.
struct mixture {
  template <class V> NONLIN_INLINE auto operator()(V x, V w) const {
    return parametric_jet{x * w, x + w, x + 2 * w, x, w, x * w};
  }
};
/// What becomes of the elements, and the term of the weight gradient.
struct outcome {
  int result, grad_grad_output, term;
};
template <class Pass> outcome expected_of(const numbers& of, bool has_u, bool has_v) {
  const int x = of[self], w = of[weight], g = of[grad_output];
  const int u = has_u ? of[grad_grad_self] : 0, v = has_v ? of[grad_grad_weight] : 0;
  if constexpr (std::is_same_v<Pass, parametric_value>) return {x * w, 0, 0};
  if constexpr (std::is_same_v<Pass, parametric_gradient>) return {g * (x + w), 0, g * (x + 2 * w)};
  return {g * (u * x + v * w), u * (x + w) + v * (x + 2 * w), g * (u * w + v * x * w)};
}

std::string describe(const workload& a) {
  std::string text = "channel " + std::to_string(a.job.channel) + ", sizes";
  for (const auto n : a.size) text += " " + std::to_string(n);
  return text;
}

/// Fills the inputs, runs the threads and compares all memory. Where outputs are absent, only what
/// is there is computed.
template <class Pass, class T> void check(workload& a, bool summed) {
  std::vector<double> sum(a.job.size[a.job.channel]);
  a.walk([&](const auto& place, std::int64_t) {
    for (const int s :
         {int(self), int(grad_output), int(grad_grad_self), int(weight), int(grad_grad_weight)}) {
      if (place[s]) save(place[s], encoded<T>(between(1, 3)));
    }
  });
  const auto expected = a.after([&] {
    a.walk([&](const auto& place, std::int64_t channel) {
      numbers of{};
      for (int s = 0; s < parametric_tensors; ++s) {
        if (place[s] && s != result && s != grad_grad_output) of[s] = decoded(load<T>(place[s]));
      }
      const auto y = expected_of<Pass>(of, place[grad_grad_self], place[grad_grad_weight]);
      if (place[result]) save(place[result], encoded<T>(y.result));
      if (place[grad_grad_output]) save(place[grad_grad_output], encoded<T>(y.grad_grad_output));
      sum[channel] += y.term;
    });
  });
  if (!summed) {
    run_results<Pass, T>(mixture{}, a);
  } else {
    run_sums<Pass, T>(mixture{}, a);
    for (std::size_t c = 0; c < sum.size(); ++c) {
      T want;
      lane_for<T>(sum[c]).store(&want);
      ASSERT_EQ(std::memcmp(&want, &a.grad_weight[c * sizeof(T)], sizeof(T)), 0) << "channel " << c;
    }
  }
  ASSERT_TRUE(a.memory == expected) << describe(a);
}

enum layout { dense_layout, row_layout, any_layout };
using sizes = std::vector<std::int64_t>;

/// A job of this shape with some of the optional workload, laid out in some way.
template <class Pass, class T>
void try_one(const sizes& inner, std::int64_t channels, const sizes& outer, layout kind,
             bool summed) {
  constexpr bool value = std::is_same_v<Pass, parametric_value>;
  constexpr bool second = std::is_same_v<Pass, parametric_second>;
  if (value && summed) return;
  workload a(inner, channels, outer);
  const bool has_result = !summed || between(0, 2) > 0, has_second = !has_result || between(0, 1);
  const bool there[] = {true, !value && (has_result || summed), second && between(0, 2) > 0,
                        has_result, second && has_second};
  const int address = between(0, 1) ? 0 : between(0, 15) / int(sizeof(T)) * int(sizeof(T));
  const std::int64_t gap = kind == dense_layout ? 0 : between(0, 1) ? 16 : between(1, 9);
  for (int s = 0; s < parametric::slots; ++s) {
    if (kind == any_layout) {
      a.scatter(a.job.stride[s], sizeof(T), s < result);
    } else {
      a.pack(s, sizeof(T), gap + (s == self && between(0, 3) == 0 ? 16 : 0));
    }
    if (there[s]) a.put<T>(s, address);
  }
  a.put_weights<T>(second && between(0, 2) > 0, between(0, 1));
  check<Pass, T>(a, summed);
}

template <class Case> void for_every_kernel(const Case& one) {
  for_types<parametric_value>(one);
  for_types<parametric_gradient>(one);
  for_types<parametric_second>(one);
}

TEST(CudaParametric, SmallShapes) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 400; ++trial) {
      const auto some = [&](int most) {
        sizes s(between(0, 2));
        for (auto& n : s) n = between(trial % 40 == 0 ? 0 : 1, most);
        return s;
      };
      const auto kind = static_cast<layout>(trial % 3);
      const std::int64_t channels = trial % 4 == 0 ? 1 : between(1, 3) * (trial % 7 ? 1 : 8);
      try_one<Pass, T>(some(trial % 2 ? 3 : 24), channels, some(6), kind, trial % 5 < 3);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  EXPECT_GT(std::min({seen.dense, seen.rows, seen.planes, seen.part, seen.singles}), 100);
  EXPECT_GT(*std::min_element(seen.weight_access, seen.weight_access + 3), 50);
  EXPECT_GT(std::min(seen.columns[0], seen.columns[1]), 50);
}

TEST(CudaParametric, ChannelsLast) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 40; ++trial) {
      const auto kind = trial % 4 ? dense_layout : row_layout;
      try_one<Pass, T>({}, between(1, 5) * 8, {between(1, 60)}, kind, trial % 3 == 0);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  EXPECT_GT(seen.weights_in_vectors, 50);
}

/// As channels lie in images, in channels-last ones and in matrices; a single weight; many
/// channels.
TEST(CudaParametric, Slices) {
  for_every_kernel([]<class Pass, class T> {
    for (const layout kind : {dense_layout, row_layout}) {
      try_one<Pass, T>({49}, 3, {300}, kind, true);
      try_one<Pass, T>({30000}, 2, {2}, kind, true);
      try_one<Pass, T>({}, 3, {9000}, kind, true);
      try_one<Pass, T>({}, 64, {400}, kind, true);
      try_one<Pass, T>({3}, 100, {300}, kind, true);
      try_one<Pass, T>({}, 1000, {270}, kind, true);
      try_one<Pass, T>({70000}, 1, {}, kind, true);
      try_one<Pass, T>({16}, 5, {700}, kind, true);
      try_one<Pass, T>({7, 7}, 2, {40, 6}, any_layout, true);
      try_one<Pass, T>({49}, 3, {300}, kind, false);
      try_one<Pass, T>({}, 67, {300}, kind, false);
      try_one<Pass, T>({}, 64, {300}, kind, false);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  try_one<parametric_gradient, half>({}, 70000, {3}, dense_layout, true);
  try_one<parametric_gradient, half>({17}, 70000, {}, row_layout, true);
  EXPECT_GT(seen.sliced, 100);
}

struct steep {
  template <class V> NONLIN_INLINE auto operator()(V x, V w) const {
    return parametric_jet{x, V(INFINITY), w, V(INFINITY), w, w};
  }
};
/// An infinite derivative along what is absent is not multiplied by zero.
TEST(CudaParametric, AbsentTensorsAreNoFactors) {
  float x = 3, g = 2, y = 0, gg = 0, w = 5, v = 7;
  parametric::job job{};
  job.rank = 1;
  job.size[0] = 1;
  job.data[self] = &x, job.data[grad_output] = &g, job.data[result] = &y;
  job.data[grad_grad_output] = &gg;
  job.weight = &w, job.grad_grad_weight = &v;
  const auto run = [&] {
    const auto r = plan_rows(with_weights(job), sizeof(float), self);
    weighted_piece<parametric_second, float>(steep{}, r, 0);
  };
  run();
  EXPECT_EQ(gg, 35);
  EXPECT_EQ(y, 70);
  job.grad_grad_weight = nullptr;
  run();
  EXPECT_EQ(gg, 0);
  EXPECT_EQ(y, 0);
}

struct multiplied {
  template <class V> NONLIN_INLINE auto operator()(V x, V w) const {
    return parametric_jet{x, x, x * w, x, x, x};
  }
};
/// Sums of many float terms err by less than 1e-6 of the sum of their magnitudes.
TEST(CudaParametric, AccuracyOfSums) {
  const std::int64_t count = 1 << 20;
  std::vector<float> x(count), g(count);
  std::uniform_real_distribution<float> spread(-1, 1);
  for (auto& a : x) a = spread(generator);
  for (auto& a : g) a = spread(generator);
  const float w = 1.1f;
  for (const auto& [inner, channels] : {std::pair{count, 1}, {std::int64_t{64}, 16}, {1, 4}}) {
    workload a({inner}, channels, {count / inner / channels});
    for (const int s : {int(self), int(grad_output)}) a.pack(s, sizeof(float), 0);
    a.job.data[self] = x.data(), a.job.data[grad_output] = g.data(), a.job.weight = &w;
    a.grad_weight.assign(channels * sizeof(float), 0);
    run_sums<parametric_gradient, float>(multiplied{}, a);
    ASSERT_GT(a.partial.size(), 0);
    std::vector<double> want(channels), magnitude(channels);
    for (std::int64_t i = 0; i < count; ++i) {
      const double term = double(g[i]) * x[i] * w;
      want[i / inner % channels] += term;
      magnitude[i / inner % channels] += std::fabs(term);
    }
    for (int c = 0; c < channels; ++c) {
      const auto got = load<float>(&a.grad_weight[c * sizeof(float)]);
      EXPECT_LT(std::fabs(got - want[c]), 1e-7 * magnitude[c]) << inner << ", channel " << c;
    }
  }
}

}  // namespace
}  // namespace nonlin::cuda
