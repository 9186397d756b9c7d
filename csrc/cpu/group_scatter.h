#pragma once
#include "deinterleave.h"

/// The gradient: each group with its chosen entry in its place, and zeros.
template <class V, class T> struct spreader {
  static constexpr int most_planes = groupwise::max_group, most_adjacent = 8;
  /// Planes that are streamed at once: of more, the parts of a line would not meet on their way.
  static constexpr int few = 4;

  NONLIN_INLINE static void planes(row r, std::int64_t count) {
    in_steps<V::size>(count, [&](std::int64_t i) {
      const V g = V::load(r.chosen<T>(i)), place = V::load(r.index(i));
      T* x = r.entries<T>(i);
      for (int j = 0; j < r.group; ++j) {
        const V entry = select(place == V(j), g, V(0));
        put<V>(r.entry(x, j), r.nontemporal && r.group <= few,
               [&](T* to) { entry.store_exact(to); });
      }
    });
  }

  template <int K> NONLIN_INLINE static void adjacent(row r, std::int64_t count) {
    in_steps<V::size>(count, [&](std::int64_t i) {
      const V g = V::load(r.chosen<T>(i)), place = V::load(r.index(i));
      T* x = r.entries<T>(i);
      NONLIN_UNROLL
      for (int j = 0; j < K * V::size; j += V::size) {
        const V group = V::load(numbers<K, V>.group + j);
        const auto here = lookup(place, group) == V::load(numbers<K, V>.place + j);
        const V entries = select(here, lookup(g, group), V(0));
        put<V>(x + j, r.nontemporal, [&](T* to) { entries.store_exact(to); });
      }
    });
  }

  /// Vectors of entries of one group each.
  NONLIN_INLINE static void blocks(row r, std::int64_t count) {
    const V lane = V::load(numbers<V::size, V>.place);
    in_steps<V::size>(count, [&](std::int64_t i) {
      const V g = V::load(r.chosen<T>(i)), place = V::load(r.index(i));
      for (int group = 0; group < V::size; ++group) {
        const V number = numbered<V>(group), entry = lookup(g, number),
                there = lookup(place, number);
        const auto store = [&](T* x, std::int64_t j) {
          select(there == lane + j, entry, V(0)).store_exact(x + j);
        };
        T* x = r.entries<T>(i + group);
        if (r.group >= V::size) {
          in_steps<V::size>(r.group, [&](std::int64_t j) { store(x, j); });
        } else if (group + 1 < V::size) {
          store(x, 0);  // and zeros in the next group, whose turn comes
        } else {
          alignas(64) T all[V::size];
          store(all, 0);
          std::memcpy(x, all, r.group * sizeof(T));
        }
      }
    });
  }

  static void others(cursor at, std::int64_t count) {
    for_rows(at, count, [](const row& r, std::int64_t n, const cursor&) {
      for (std::int64_t i = 0; i < n; ++i) {
        const T either[] = {T{}, *r.chosen<T>(i)};  // a branch would be mispredicted
        const int place = *r.index(i);
        T* x = r.entries<T>(i);
        for (int j = 0; j < r.group; ++j) *r.entry(x, j) = either[j == place];
      }
    });
  }
};

/// The entry in the place that is given.
template <class V, class T> struct gatherer {
  static constexpr int most_planes = 32, most_adjacent = 8;

  NONLIN_INLINE static void planes(row r, std::int64_t count) {
    in_steps<V::size>(count, [&](std::int64_t i) {
      const T* x = r.entries<T>(i);
      const V place = V::load(r.index(i));
      if (r.nontemporal) r.fetch_ahead(x);
      V chosen = 0;
      for (int j = 0; j < r.group; ++j) {
        chosen = select(place == V(j), V::load(r.entry(x, j)), chosen);
      }
      put<V>(r.chosen<T>(i), r.nontemporal, [&](T* to) { chosen.store_exact(to); });
    });
  }

  template <int K> NONLIN_INLINE static void adjacent(row r, std::int64_t count) {
    in_steps<V::size>(count, [&](std::int64_t i) {
      constexpr auto every = std::make_index_sequence<K>{};
      const auto x = load_vectors<V>(r.entries<T>(i), every);
      const V place = V::load(r.index(i)), first = V::load(numbers<K, V>.first);
      const V chosen = select(place <= V(K - 1), pick(x, first + place, every), V(0));
      put<V>(r.chosen<T>(i), r.nontemporal, [&](T* to) { chosen.store_exact(to); });
    });
  }

  static void others(cursor at, std::int64_t count) {
    for_rows(at, count, [](const row& r, std::int64_t n, const cursor&) {
      for (std::int64_t i = 0; i < n; ++i) {
        const int place = *r.index(i);
        *r.chosen<T>(i) = place < r.group ? *r.entry(r.entries<T>(i), place) : T{};
      }
    });
  }
};
