// What the threads of a CUDA kernel do, executed on the host one after the other in random order:
// every byte of memory must look as a plain loop over the elements leaves it.
#include "csrc/prelude.h"

#include "csrc/descriptor.h"

namespace nonlin::cuda {
namespace {
#include "csrc/simd/cuda.h"

#include "csrc/cuda/loop.h"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {

using pointwise::operands;

/// Its jet is (x, x, x): a pass returns products of its inputs, exact for the small integers used.
struct identity {
  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{x, x, x}; }
};

#include "tests/cpp/arena.h"

/// The operands of a pass.
struct tensors : arena {
  operands o{};

  explicit tensors(std::vector<std::int64_t> sizes) {
    size = std::move(sizes);
    o.rank = static_cast<int>(size.size());
    std::copy(size.begin(), size.end(), o.size);
  }
  void put(int tensor, int element_bytes, int address) {
    o.data[tensor] = place(o.stride[tensor], element_bytes, address);
  }
  /// Visits the elements, given where each lies in every tensor.
  template <class Visit> void walk(int count, const Visit& visit) const {
    walk_elements([&](const auto& at) {
      std::array<char*, operands::max_tensors> place{};
      for (int t = 0; t < count; ++t) {
        place[t] = static_cast<char*>(o.data[t]);
        for (int d = 0; d < o.rank; ++d) place[t] += at[d] * o.stride[t][d];
      }
      visit(place);
    });
  }
};

struct {
  int dense, strided, heads, tails;
} seen;

template <class Pass, class T> void run_threads(const operands& o) {
  constexpr int width = vector_bytes / sizeof(T);
  const bool flat = is_dense(o, pointers<Pass>::count, sizeof(T));
  const auto run = cut<width>(o.data[0], element_count(o));
  pointers<Pass> t;
  std::copy_n(o.data, pointers<Pass>::count, t.data);
  in_any_order(flat ? run.shares() : element_count(o), [&](std::int64_t i) {
    if (flat) {
      dense_share<Pass, T>(identity{}, t, run, i);
    } else {
      strided_element<Pass, T>(identity{}, o, i);
    }
  });
  ++(flat ? seen.dense : seen.strided);
  if (!flat || run.vectors == 0) return;
  seen.heads += run.head > 0;
  seen.tails += run.size > run.head + run.vectors * width;
}

/// Products of as many numbers as the pass has inputs stay below 2⁸.
template <class Pass> constexpr int limit = Pass::inputs == 1 ? 255 : Pass::inputs == 2 ? 15 : 6;

/// Runs the threads on random inputs and compares all memory.
template <class Pass, class T> void check(tensors& a) {
  constexpr int count = pointers<Pass>::count;
  a.walk(count, [](const auto& place) {
    for (int t = Pass::outputs; t < count; ++t) {
      save(place[t], encoded<T>(between(1, limit<Pass>) * (between(0, 1) * 2 - 1)));
    }
  });
  const auto expected = a.after([&] {
    a.walk(count, [&](const auto& place) {
      int product = 1, first = 1;
      for (int t = Pass::outputs; t < count; ++t) {
        const int value = decoded(load<T>(place[t]));
        product *= value;
        if (t == Pass::outputs || t == count - 1) first *= value;
      }
      const T results[] = {encoded<T>(first), encoded<T>(product)};
      for (int t = 0; t < Pass::outputs; ++t) save(place[t], results[t]);
    });
  });
  run_threads<Pass, T>(a.o);
  ASSERT_EQ(a.memory, expected);
}

template <class Case> void for_every_kernel(const Case& one) {
  const auto for_types = [&]<class Pass>(Pass) {
    one.template operator()<Pass, double>();
    one.template operator()<Pass, float>();
    one.template operator()<Pass, half>();
    one.template operator()<Pass, bfloat16>();
  };
  for_types(value_pass{});
  for_types(backward_pass{});
  for_types(double_backward_pass{});
}

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
  EXPECT_GT(seen.strided, 0);
  EXPECT_GT(seen.heads, 0);
  EXPECT_GT(seen.tails, 0);
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

TEST(CudaLoop, AnyStrides) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 150; ++trial) {
      const int rank = trial % 30 == 29 ? max_rank : between(0, 5);
      std::vector<std::int64_t> size(rank);
      for (int d = 0; d < rank; ++d) {
        size[d] = rank > 5 ? 1 + (d % 4 == 0) : between(trial % 10 == 0 ? 0 : 1, 5);
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

/// Positions beyond 2³¹ elements, without the memory.
TEST(CudaLoop, SharesOfAHugeRun) {
  const auto run = cut<8>(reinterpret_cast<const void*>(6), (std::int64_t{1} << 33) + 3);
  EXPECT_EQ(run.head, 5);
  EXPECT_EQ(run.vectors, (std::int64_t{1} << 30) - 1);
  EXPECT_EQ(run.shares(), run.vectors + 5 + 6);
  EXPECT_EQ(run[run.vectors - 1].first, run.size - 6 - 8);
  EXPECT_TRUE(run[run.vectors - 1].whole);
  EXPECT_EQ(run[run.vectors + 4].first, 4);
  EXPECT_EQ(run[run.vectors + 5].first, run.size - 6);
  EXPECT_EQ(run[run.shares() - 1].first, run.size - 1);
}

TEST(CudaLoop, OffsetsInAHugeTensor) {
  operands o{};
  o.rank = 3;
  const std::int64_t large = (std::int64_t{1} << 31) + 11;
  const std::int64_t size[] = {3, large, 5}, stride[] = {2, 6, 6 * large};
  std::copy_n(size, 3, o.size);
  std::copy_n(stride, 3, o.stride[0]);
  for (const std::int64_t i : {std::int64_t{0}, large - 1, large, 3 * large + 7, 15 * large - 1}) {
    EXPECT_EQ(offsets<1>(o, i)[0], 2 * i);
  }
}

}  // namespace
}  // namespace nonlin::cuda
