#pragma once
#include "group_argmax.h"
#include "group_scatter.h"
#include "loop.h"

/// Three ways through rows that are dense and at least a vector long: planes where groups lie side
/// by side, and, where the entries of groups do, permutations of short groups and blocks of long
/// ones. Each pass has one more for all others.
template <class Pass, class V> struct ways {
  using way = void (*)(const row&, std::int64_t count);

  /// Null: those that are left.
  static way through([[maybe_unused]] const groupwise::job& job,
                     [[maybe_unused]] std::int64_t size) {
    if constexpr (V::size > 1) {
      const std::int64_t stride = job.stride[groupwise::groups][0];
      const bool dense = job.size[0] >= V::size && job.stride[groupwise::chosen][0] == size &&
                         (!job.data[groupwise::index] || job.stride[groupwise::index][0] == 1);
      if (dense && stride == size && job.group <= Pass::most_planes) return planes;
      if (dense && stride == job.group * size && job.step == size) {
        return adjacent(job.group, std::make_integer_sequence<int, Pass::most_adjacent - 1>{});
      }
    }
    return nullptr;
  }

 private:
  template <int... K> static way adjacent(int group, std::integer_sequence<int, K...>) {
    way result = nullptr;
    if constexpr (requires { Pass::blocks; }) {
      // A vector that begins in the last group but one must end within the last.
      static_assert(2 * (Pass::most_adjacent + 1) >= V::size);
      result = blocks;
    }
    ((group == K + 2 ? void(result = permutations<K + 2>) : void()), ...);
    return result;
  }

  // Each takes a copy of the row, which no store can change.
  static void planes(const row& r, std::int64_t count) { Pass::planes(r, count); }
  static void blocks(const row& r, std::int64_t count) { Pass::blocks(r, count); }
  template <int K> static void permutations(const row& r, std::int64_t count) {
    Pass::template adjacent<K>(r, count);
  }
};

template <class Pass, class V, class T>
static void group_kernel(const groupwise::job& job, std::int64_t begin, std::int64_t end) {
  if (begin >= end) return;
  std::int64_t groups = 1;
  for (int d = 0; d < job.rank; ++d) groups *= job.size[d];
  const bool past_caches = groups * (job.group + 1) >= streamed_bytes / std::int64_t{sizeof(T)};
  const cursor first(job, begin, past_caches);
  if (const auto way = ways<Pass, V>::through(job, sizeof(T))) {
    first.through_rows(end - begin, V::size, way, Pass::others);
  } else {
    Pass::others(first, end - begin);
  }
  finish(past_caches);
}

template <class F, template <int> class Lane>
requires groupwise_formula<F, double_lane>
constexpr groupwise::cpu_unit unit_of() {
  groupwise::cpu_unit unit{};
  const auto fill = [&]<class T, class Moved>(dtype type, T, Moved) {
    using V = lane_for<T, Lane>;
    using M = lane_for<Moved, Lane>;
    const auto set = [&](groupwise::pass pass, groupwise::cpu_kernel kernel) {
      unit.at[static_cast<int>(pass)][static_cast<int>(type)] = kernel;
    };
    set(groupwise::pass::value, group_kernel<chooser<F, V, T>, V, T>);
    set(groupwise::pass::backward, group_kernel<spreader<M, Moved>, M, Moved>);
    set(groupwise::pass::gather, group_kernel<gatherer<M, Moved>, M, Moved>);
  };
  // What is only moved may have either 16-bit type: a kernel knows its memory by one type alone,
  // and whoever calls it through the unit knows it by none.
  fill(dtype::float64, double{}, double{});
  fill(dtype::float32, float{}, float{});
  fill(dtype::float16, half{}, bfloat16{});
  fill(dtype::bfloat16, bfloat16{}, bfloat16{});
  return unit;
}
