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

std::mt19937 generator{20240229};
int between(int low, int high) { return std::uniform_int_distribution{low, high}(generator); }

template <class T> T encoded(int value) {
  if constexpr (std::is_same_v<T, half>) {
    return {std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))};
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return {static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(float(value)) >> 16)};
  } else {
    return static_cast<T>(value);
  }
}
template <class T> int decoded(T value) {
  if constexpr (std::is_same_v<T, half>) {
    return static_cast<int>(std::bit_cast<_Float16>(value.bits));
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return static_cast<int>(std::bit_cast<float>(std::uint32_t{value.bits} << 16));
  } else {
    return static_cast<int>(value);
  }
}

/// Tensors, each amid bytes that nobody may touch.
struct arena {
  operands o{};
  std::vector<std::vector<char>> memory;

  /// With the first element at `address` modulo 16.
  void place(int tensor, int element_bytes, int address) {
    std::int64_t extent = element_bytes;
    for (int d = 0; d < o.rank; ++d) extent += (o.size[d] - 1) * o.stride[tensor][d];
    auto& bytes = memory.emplace_back(std::max<std::int64_t>(extent, 0) + 96);
    std::generate(bytes.begin(), bytes.end(), [] { return static_cast<char>(between(0, 255)); });
    char* middle = bytes.data() + 32;
    const auto past = static_cast<int>(reinterpret_cast<std::uintptr_t>(middle) % vector_bytes);
    o.data[tensor] = middle + (address - past + vector_bytes) % vector_bytes;
  }

  /// Visits the elements, given where each lies in every tensor.
  template <class Visit> void walk(int tensors, const Visit& visit) const {
    std::vector<std::int64_t> at(o.rank);
    for (std::int64_t n = element_count(o); n > 0; --n) {
      std::array<char*, operands::max_tensors> place{};
      for (int t = 0; t < tensors; ++t) {
        place[t] = static_cast<char*>(o.data[t]);
        for (int d = 0; d < o.rank; ++d) place[t] += at[d] * o.stride[t][d];
      }
      visit(place);
      for (int d = 0; d < o.rank && ++at[d] == o.size[d]; ++d) at[d] = 0;
    }
  }
};

struct {
  int dense, strided, heads, tails;
} seen;

template <class Pass, class T> void run_threads(const operands& o) {
  constexpr int width = vector_bytes / sizeof(T);
  const bool flat = is_dense(o, tensors<Pass>::count, sizeof(T));
  const auto run = cut<width>(o.data[0], element_count(o));
  tensors<Pass> t;
  std::copy_n(o.data, tensors<Pass>::count, t.data);
  std::vector<std::int64_t> order(flat ? run.shares() : element_count(o));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), generator);
  for (const std::int64_t i : order) {
    if (flat) {
      dense_share<Pass, T>(identity{}, t, run, i);
    } else {
      strided_element<Pass, T>(identity{}, o, i);
    }
  }
  ++(flat ? seen.dense : seen.strided);
  if (!flat || run.vectors == 0) return;
  seen.heads += run.head > 0;
  seen.tails += run.size > run.head + run.vectors * width;
}

/// Products of as many numbers as the pass has inputs stay below 2⁸.
template <class Pass> constexpr int limit = Pass::inputs == 1 ? 255 : Pass::inputs == 2 ? 15 : 6;

/// Runs the threads on random inputs and compares all memory.
template <class Pass, class T> void check(arena& a) {
  constexpr int count = tensors<Pass>::count;
  a.walk(count, [](const auto& place) {
    for (int t = Pass::outputs; t < count; ++t) {
      const T value = encoded<T>(between(1, limit<Pass>) * (between(0, 1) * 2 - 1));
      std::memcpy(place[t], &value, sizeof(T));
    }
  });
  const auto before = a.memory;
  a.walk(count, [](const auto& place) {
    int product = 1, first = 1;
    for (int t = Pass::outputs; t < count; ++t) {
      T value;
      std::memcpy(&value, place[t], sizeof(T));
      product *= decoded(value);
      if (t == Pass::outputs || t == count - 1) first *= decoded(value);
    }
    const T results[] = {encoded<T>(first), encoded<T>(product)};
    for (int t = 0; t < Pass::outputs; ++t) std::memcpy(place[t], &results[t], sizeof(T));
  });
  const auto expected = a.memory;
  for (std::size_t i = 0; i < before.size(); ++i) {
    std::copy(before[i].begin(), before[i].end(), a.memory[i].begin());
  }
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
        arena a;
        a.o.rank = 1;
        a.o.size[0] = size;
        for (int t = 0; t < tensors<Pass>::count; ++t) {
          a.o.stride[t][0] = element;
          const bool astray = size % 5 == 0 && t == tensors<Pass>::count - 1;
          a.place(t, element, address + astray * element);
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
        arena a;
        a.o.rank = 1;
        a.o.size[0] = size;
        for (int t = 0; t < tensors<Pass>::count; ++t) {
          a.o.stride[t][0] = step * sizeof(T);
          a.place(t, sizeof(T), between(0, 3) * sizeof(T) * (step - 1));
        }
        a.o.data[0] = a.o.data[tensors<Pass>::count - 1];
        check<Pass, T>(a);
      }
    }
  });
}

/// Dimensions in random order in memory, with gaps; inputs expanded now and then.
TEST(CudaLoop, AnyStrides) {
  for_every_kernel([]<class Pass, class T> {
    for (int trial = 0; trial < 150; ++trial) {
      arena a;
      a.o.rank = trial % 30 == 29 ? operands::max_rank : between(0, 5);
      for (int d = 0; d < a.o.rank; ++d) {
        a.o.size[d] = a.o.rank > 5 ? 1 + (d % 4 == 0) : between(trial % 10 == 0 ? 0 : 1, 5);
      }
      for (int t = 0; t < tensors<Pass>::count; ++t) {
        std::vector<int> order(a.o.rank);
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), generator);
        std::int64_t stride = sizeof(T) * between(1, 2);
        for (const int d : order) {
          const bool expanded = t >= Pass::outputs && between(0, 3) == 0;
          a.o.stride[t][d] = expanded ? 0 : stride;
          if (!expanded) stride = stride * a.o.size[d] + between(0, 2) * sizeof(T);
        }
        a.place(t, sizeof(T), between(0, 7) * sizeof(T));
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
