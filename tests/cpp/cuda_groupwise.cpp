// What the threads of the CUDA kernels for groups do, executed on the host one after the other out
// of order: every byte of memory must look as a plain loop over the groups leaves it.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/cuda.h"
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
#include "tests/cpp/arena.h"

using enum groupwise::slot;

/// The first of the largest, or of NaN.
struct largest_entry {
  template <class V> NONLIN_INLINE bool replaces(V best, V next) const {
    return (best == best) & !(next <= best);
  }
};

template <class T> double number(T x) {
  if constexpr (std::is_same_v<T, half>) return std::bit_cast<_Float16>(x.bits);
  if constexpr (std::is_same_v<T, bfloat16>)
    return std::bit_cast<float>(std::uint32_t{x.bits} << 16);
  if constexpr (std::is_floating_point_v<T>) return x;
  return 0;
}
/// Few numbers, so that there are equals; now and then −0 or a NaN with some bits.
template <class T> T entry() {
  T x = encoded<T>(between(-3, 3));
  if (between(0, 4)) return x;
  const bool nan = between(0, 1);
  lane_for<T>(nan ? NAN : -0.).store(&x);
  auto* bytes = reinterpret_cast<unsigned char*>(&x);
  if (nan) bytes[0] |= between(1, 255), bytes[sizeof(T) - 1] ^= between(0, 1) << 7;
  return x;
}

struct workload : arena {
  groupwise::job job{};

  workload(std::vector<std::int64_t> sizes, int k) {
    size = std::move(sizes);
    job.rank = static_cast<int>(size.size());
    std::copy(size.begin(), size.end(), job.size);
    job.group = k;
  }
  /// Visits the groups, given where each lies in every tensor.
  template <class Visit> void walk(const Visit& visit) const {
    walk_elements([&](const auto& at) {
      std::array<char*, groupwise::slots> place{};
      for (int s = 0; s < groupwise::slots; ++s) {
        place[s] = static_cast<char*>(job.data[s]);
        for (int d = 0; d < job.rank && place[s]; ++d) place[s] += at[d] * job.stride[s][d];
      }
      visit(place);
    });
  }
};

std::array<int, 3> seen;

template <class Pass, class T> void run_threads(const groupwise::job& job) {
  const auto run = [&]<class Layout>(Layout) {
    const group_walk w = in_items(job, Layout::groups);
    in_any_order(w.items,
                 [&](std::int64_t i) { group_item<Pass, Layout, T>(largest_entry{}, w, i); });
  };
  const grouping how = grouping_of(job, sizeof(T));
  ++seen[static_cast<int>(how)];
  constexpr int width = vector_bytes / sizeof(T);
  if (how == grouping::apart) return run(apart<T, width>{});
  if (how == grouping::single) return run(apart<T, 1>{});
  if (job.group == 2) return run(together<T, 2>{});
  if constexpr (width > 2) {
    if (job.group == 4) return run(together<T, 4>{});
  }
  if constexpr (width > 4) {
    if (job.group == 8) return run(together<T, 8>{});
  }
  FAIL() << "no kernel for " << job.group;
}

/// The plain loop: from one group to the next.
template <class Pass, class T> void expect(const workload& a) {
  a.walk([&](const auto& place) {
    const auto at = [&](int j) { return place[groups] + j * a.job.step; };
    if constexpr (std::is_same_v<Pass, choose_groups>) {
      int best = 0;
      for (int j = 1; j < a.job.group; ++j) {
        const double now = number(load<T>(at(best))), next = number(load<T>(at(j)));
        if (now == now && (next > now || next != next)) best = j;
      }
      std::memcpy(place[chosen], at(best), sizeof(T));
      if (place[index]) save(place[index], static_cast<std::uint8_t>(best));
    } else {
      const int taken = load<std::uint8_t>(place[index]);
      if constexpr (std::is_same_v<Pass, gather_groups>) {
        taken < a.job.group ? std::memcpy(place[chosen], at(taken), sizeof(T))
                            : std::memset(place[chosen], 0, sizeof(T));
      } else {
        for (int j = 0; j < a.job.group; ++j) {
          save(at(j), j == taken ? load<T>(place[chosen]) : T{});
        }
      }
    }
  });
}

template <class Pass, class T> void check(workload& a) {
  constexpr bool choose = std::is_same_v<Pass, choose_groups>;
  a.walk([&](const auto& place) {
    if constexpr (choose) {
      for (int j = 0; j < a.job.group; ++j) save(place[groups] + j * a.job.step, entry<T>());
    } else {
      // One place too many, which chooses nothing.
      save(place[index], static_cast<std::uint8_t>(between(0, std::min(a.job.group, 255))));
    }
  });
  const auto expected = a.after([&] { expect<Pass, T>(a); });
  run_threads<Pass, T>(a.job);
  ASSERT_TRUE(a.memory == expected) << "groups of " << a.job.group << ", rank " << a.job.rank;
}

enum layout { planes, consecutive, any };

/// Groups along the dimension after the first ones, along the innermost, or anywhere.
template <class Pass, class T>
void try_one(const std::vector<std::int64_t>& sizes, int k, layout kind) {
  workload a(sizes, k);
  const std::int64_t bytes[] = {sizeof(T), sizeof(T), 1};
  const int address = between(0, 1) ? 0 : between(0, 15);
  const bool has_index = !std::is_same_v<Pass, choose_groups> || between(0, 2) > 0;
  for (const int s : {int(groups), int(chosen), int(index)}) {
    std::int64_t* stride = a.job.stride[s];
    if (kind == any) {
      a.scatter(stride, static_cast<int>(bytes[s]) * (s == groups ? k : 1), false);
    } else {
      std::int64_t next = bytes[s];
      for (int d = 0; d < a.job.rank; ++d) {
        if (s == groups && d == (kind == planes ? 1 : 0)) next *= k;
        stride[d] = next;
        next *= a.size[d];
      }
    }
    if (s == groups) {
      const bool apart = kind == planes && a.job.rank > 0;
      a.job.step = apart ? bytes[s] * a.size[0] : bytes[s];
      a.size.push_back(k);
      std::int64_t all[max_rank];
      std::copy_n(stride, a.job.rank, all);
      all[a.job.rank] = a.job.step;
      a.job.data[s] = a.place(all, sizeof(T), address / int(sizeof(T)) * int(sizeof(T)));
      a.size.pop_back();
    } else if (s == chosen || has_index) {
      a.job.data[s] =
          a.place(stride, static_cast<int>(bytes[s]), address / int(bytes[s]) * int(bytes[s]));
    }
  }
  check<Pass, T>(a);
}

template <class Case> void for_every_kernel(const Case& one) {
  one.template operator()<choose_groups, double>();
  one.template operator()<choose_groups, float>();
  one.template operator()<choose_groups, half>();
  one.template operator()<choose_groups, bfloat16>();
  const auto for_sizes = [&]<class Pass>(Pass) {
    one.template operator()<Pass, std::uint64_t>();
    one.template operator()<Pass, std::uint32_t>();
    one.template operator()<Pass, std::uint16_t>();
  };
  for_sizes(spread_groups{});
  for_sizes(gather_groups{});
}

TEST(CudaGroupwise, AnyShapeAndLayout) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 600; ++trial) {
      std::vector<std::int64_t> sizes(between(0, 3));
      for (auto& n : sizes) n = between(trial % 30 == 0 ? 0 : 1, 5);
      if (!sizes.empty() && between(0, 1)) sizes[0] *= between(1, 2) * 8;
      const int k = trial % 3 == 0 ? 1 << between(0, 4) : between(1, 9);
      try_one<Pass, T>(sizes, k, static_cast<layout>(trial % 3 == 0 ? consecutive : trial % 3));
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  for (const int count : seen) EXPECT_GT(count, 100);
}

TEST(CudaGroupwise, LargeGroups) {
  for_every_kernel([]<class Pass, class T> {
    for (const int k : {17, 100, 255, 256}) {
      for (const layout kind : {planes, consecutive, any}) try_one<Pass, T>({16, 3}, k, kind);
    }
  });
}

TEST(CudaGroupwise, MoreGroupsThan32BitsCount) {
  groupwise::job job{};
  job.rank = 2;
  job.group = 2;
  const std::int64_t rows = (std::int64_t{1} << 31) + 1;
  job.size[0] = 16, job.size[1] = rows;
  job.step = 32;
  job.stride[groups][0] = 2, job.stride[groups][1] = 64;
  job.stride[chosen][0] = 2, job.stride[chosen][1] = 32;
  job.stride[index][0] = 1, job.stride[index][1] = 16;
  ASSERT_EQ(grouping_of(job, 2), grouping::apart);
  const group_walk w = in_items(job, 8);
  EXPECT_EQ(w.items, 2 * rows);
  group_place last{};
  w.dims.advance(last, 0, w.dims.rank, w.items - 1);
  EXPECT_EQ(last[groups], (rows - 1) * 64 + 16);
  EXPECT_EQ(last[chosen], (rows - 1) * 32 + 16);
  EXPECT_EQ(last[index], (rows - 1) * 16 + 8);
}

}  // namespace
}  // namespace nonlin::cuda
