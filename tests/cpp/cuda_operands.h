#pragma once
/// The operands of pointwise kernels, and their threads, executed on the host one after the other
/// in random order. Included in the namespace of the lanes.
#include "tests/cpp/arena.h"

using pointwise::operands;

/// Its jet is (x, x, x): a pass returns products of its inputs, exact for the small integers used.
struct identity {
  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{x, x, x}; }
};

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
  int dense, full_blocks, heads, tails, rows, vectors, same, singles, cut, short_rows, parts;
} seen;

template <class Pass, class T> void run_part(const operands& o) {
  constexpr int width = vector_bytes / sizeof(T), count = pointers<Pass>::count;
  if (is_dense(o, count, sizeof(T))) {
    const auto run = cut<width, std::int64_t>(o.data[0], element_count(o));
    pointers<Pass> t;
    for (int i = 0; i < count; ++i) t.data[i] = static_cast<char*>(o.data[i]);
    constexpr int batch = batch_of<Pass, T> * threads;
    in_any_order(ceil_div(run.shares(), batch) * threads, [&](std::int64_t i) {
      dense_shares<Pass, T>(identity{}, t, run, i / threads, static_cast<int>(i % threads));
    });
    ++seen.dense;
    seen.full_blocks += run.vectors >= batch;
    seen.heads += run.vectors > 0 && run.head > 0;
    seen.tails += run.vectors > 0 && run.size > run.head + run.vectors * width;
    return;
  }
  const auto r = plan_elements<Pass, T>(o);
  constexpr int batch = row_batch_of<Pass, T> * threads;
  in_any_order(ceil_div(r.items, batch) * threads, [&](std::int64_t i) {
    row_pieces<Pass, T>(identity{}, r, static_cast<int>(i / threads),
                        static_cast<int>(i % threads));
  });
  ++seen.rows;
  seen.cut += r.how[0] == access::vectors && misalignment(r.at[0]) > 0;
  seen.short_rows += r.dims.rank > 0 && r.length < width;
  if (r.length < width) return;
  for (const access how : r.how) {
    ++(how == access::vectors ? seen.vectors : how == access::same ? seen.same : seen.singles);
  }
}

/// The kernels, now and then in parts, as of tensors that are too large for one launch.
template <class Pass, class T> void run_threads(const operands& o) {
  const auto launch = [&](const operands& part) {
    run_part<Pass, T>(part);
    ++seen.parts;
    return 0;
  };
  in_parts(o, launch, between(0, 3) ? most_elements : between(1, 40));
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
  for_types<value_pass>(one);
  for_types<backward_pass>(one);
  for_types<double_backward_pass>(one);
}
