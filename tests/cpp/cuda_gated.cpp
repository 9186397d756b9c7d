// What the threads of gated CUDA kernels do, executed on the host one after the other in random
// order: halves of one tensor, any strides, absent tensors. Every byte of memory must look as a
// plain loop over the elements leaves it.
#include "csrc/prelude.h"

#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/gpu.h"

#include "csrc/cuda/gated.h"
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

using operands = gated::operands;

/// Its jet is (x, 1, 1): products of the small integers used are exact, and none is zero.
struct identity {
  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{x, V(1), V(1)}; }
};

struct {
  int plain, alternating, pieces, heads, left, vectors, singles, absent;
} seen;

template <class Pass, class T> void run_part(const operands& o) {
  constexpr int width = vector_bytes / sizeof(T), count = pointers<Pass>::count;
  const auto call = gated_call_of<Pass>(identity{}, o);
  const auto r = plan_gated<Pass, T>(o);
  in_any_order(blocks_of<Pass>(r) * threads, [&](std::int64_t i) {
    gated_share<Pass, T>(call, r, static_cast<int>(i / threads), static_cast<int>(i % threads));
  });
  seen.plain += r.plain_blocks > 0;
  seen.alternating += r.vector_blocks > r.plain_blocks;
  seen.pieces += r.items > 0;
  seen.heads += r.vector_blocks > 0 && r.head > 0;
  seen.left += r.vector_blocks > 0 && r.left > 0;
  for (int t = 0; t < count && r.vector_blocks == 0 && r.all.length >= width; ++t) {
    ++(r.all.how[t] == access::vectors ? seen.vectors : seen.singles);
  }
}

/// What a pass computes of its inputs, of which an absent one is zero.
template <class Pass> std::array<int, 3> expected(const std::vector<int>& x) {
  if constexpr (Pass::outputs == 1) return {x[0] * x[1]};
  if constexpr (Pass::outputs == 2) return {x[0] * x[2], x[0] * x[1]};
  if constexpr (Pass::outputs == 3) {
    return {x[0] * x[4] + x[1] * x[3], x[2] * (x[0] * x[4] + x[1]), x[2] * x[0]};
  }
}

/// Runs the threads on random inputs and compares all memory.
template <class Pass, class T> void check(arena& a, const operands& o) {
  constexpr int count = pointers<Pass>::count;
  const auto walk = [&](const auto& visit) {
    a.walk_elements([&](const auto& at) {
      std::array<char*, count> place{};
      for (int t = 0; t < count; ++t) {
        place[t] = static_cast<char*>(o.data[t]);
        for (int d = 0; d < o.rank && place[t]; ++d) place[t] += at[d] * o.stride[t][d];
      }
      visit(place);
    });
  };
  walk([](const auto& place) {
    for (int t = Pass::outputs; t < count; ++t) {
      if (place[t]) save(place[t], encoded<T>(between(1, 6)));
    }
  });
  const auto wanted = a.after([&] {
    walk([&](const auto& place) {
      std::vector<int> x;
      for (int t = Pass::outputs; t < count; ++t) {
        x.push_back(place[t] ? decoded(load<T>(place[t])) : 0);
      }
      const auto y = expected<Pass>(x);
      for (int t = 0; t < Pass::outputs; ++t) {
        if (place[t]) save(place[t], encoded<T>(y[t]));
      }
    });
  });
  const auto launch = [](const operands& part) { return run_part<Pass, T>(part), 0; };
  in_parts(o, launch, between(0, 3) ? most_elements : between(1, 40));
  ASSERT_TRUE(a.memory == wanted);
}

template <class Case> void for_every_kernel(const Case& one) {
  for_types<gated_value>(one);
  for_types<gated_backward>(one);
  for_types<gated_double_backward>(one);
}

/// Absent now and then: what a derivative writes, its directions, and grad_output where nothing
/// needs it.
template <class Pass> void leave_out(operands& o) {
  if (Pass::outputs == 1) return;
  const auto drop = [&](int t) { o.data[t] = nullptr, ++seen.absent; };
  for (int t = 0; t < Pass::outputs; ++t) {
    if (between(0, 3) == 0) drop(t);
  }
  if (Pass::outputs == 3) {
    const int direction = between(0, 5);
    if (direction < 2) drop(Pass::outputs + direction);
    if (!o.data[1] && !o.data[2]) drop(Pass::outputs + 2);
  }
}

TEST(CudaGated, DenseRuns) {
  for_every_kernel([]<class Pass, class T> {
    constexpr int element = sizeof(T);
    for (int size = 0; size < 70; ++size) {
      for (int address = 0; address < vector_bytes; address += element) {
        arena a;
        a.size = {size};
        operands o{};
        o.rank = 1;
        o.size[0] = size;
        for (int t = 0; t < pointers<Pass>::count; ++t) {
          const bool astray = size % 5 == 0 && t == pointers<Pass>::count - 1;
          o.stride[t][0] = element;
          o.data[t] = a.place(o.stride[t], element, address + astray * element);
        }
        leave_out<Pass>(o);
        check<Pass, T>(a, o);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
  EXPECT_GT(seen.pieces, 100);
}

/// Gates and what they let up in one tensor: rows twice as far apart as they are long, or every
/// second element; the others dense. There are more elements than a block computes now and then.
TEST(CudaGated, HalvesOfOneTensor) {
  for_every_kernel([]<class Pass, class T> {
    constexpr int element = sizeof(T), width = vector_bytes / element;
    for (int trial = 0; trial < 300; ++trial) {
      const bool large = trial % 4 == 0, whole = trial % 8 == 0;
      const int length = whole ? width * between(1, 150) : between(1, (large ? 300 : 5) * width);
      const int count = large ? between(1, 7) : between(1, 5);
      const int address = trial % 3 ? between(0, width - 1) * element : 0;
      const bool alternate = trial / 8 % 2;
      arena a;
      a.size = {length, count};
      operands o{};
      o.rank = 2;
      std::copy(a.size.begin(), a.size.end(), o.size);
      const int inputs = Pass::outputs, gate = pointers<Pass>::count - 2;
      const auto pair = [&](int t) {
        char* both = a.place(2 * length * count * element, address);
        for (const int half : {0, 1}) {
          o.stride[t + half][0] = alternate ? 2 * element : element;
          o.stride[t + half][1] = 2 * length * element;
          o.data[t + half] = both + half * (alternate ? 1 : length) * element;
        }
      };
      const auto single = [&](int t) {
        o.stride[t][0] = element;
        o.stride[t][1] = length * element;
        o.data[t] = a.place(o.stride[t], element, address);
      };
      pair(gate);
      if (inputs == 1) single(0);
      if (inputs == 2) pair(0), single(2);
      if (inputs == 3) single(0), pair(1), pair(3), single(5);
      check<Pass, T>(a, o);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  EXPECT_GT(std::min(seen.vectors, seen.singles), 1000);
  EXPECT_GT(std::min({seen.plain, seen.alternating, seen.heads, seen.left}), 20);
}

TEST(CudaGated, AnyStrides) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 200; ++trial) {
      arena a;
      for (int d = between(0, 5); d > 0; --d) a.size.push_back(between(1, 7));
      operands o{};
      o.rank = static_cast<int>(a.size.size());
      std::copy(a.size.begin(), a.size.end(), o.size);
      for (int t = 0; t < pointers<Pass>::count; ++t) {
        a.scatter(o.stride[t], sizeof(T), t >= Pass::outputs);
        o.data[t] = a.place(o.stride[t], sizeof(T), between(0, 15) / int(sizeof(T)) * sizeof(T));
      }
      leave_out<Pass>(o);
      check<Pass, T>(a, o);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
  EXPECT_GT(seen.absent, 100);
}

}  // namespace
}  // namespace nonlin::cuda
