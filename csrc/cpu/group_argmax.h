#pragma once
#include "deinterleave.h"

/// The value: the chosen entry of each group, and its place.
template <class F, class V, class T> struct chooser {
  static constexpr int most_planes = groupwise::max_group, most_adjacent = 8;

  /// The choice among the entries seen so far.
  struct choice {
    V best, place = 0;

    NONLIN_INLINE void offer(V next, int j) {
      const auto better = F{}.replaces(best, next);
      best = select(better, next, best);
      place = select(better, V(j), place);
    }
    /// Entries j to j + n of the group, the 0th having been offered.
    template <std::size_t K, std::size_t... I>
    NONLIN_INLINE void offer(const std::array<V, K>& x, int j, int n, std::index_sequence<I...>) {
      ((int(I) < n && j + int(I) > 0 ? offer(x[I], j + int(I)) : void()), ...);
    }
    NONLIN_INLINE void store(T* chosen, std::uint8_t* index, bool nontemporal) const {
      const auto put_best = [&](T* to) { best.store_exact(to); };
      if (nontemporal) [[unlikely]] {
        put<V>(chosen, true, put_best);
      } else {
        put_best(chosen);
      }
      if (index) place.store(index);
    }
  };

  /// Vectors of one entry of V::size groups each.
  NONLIN_INLINE static void planes(row r, std::int64_t count) {
    in_steps<V::size>(count, [&](std::int64_t i) {
      const T* x = r.entries<T>(i);
      if (r.nontemporal) r.fetch_ahead(x);
      choice result{V::load(x)};
      for (int j = 1; j < r.group; ++j) result.offer(V::load(r.entry(x, j)), j);
      result.store(r.chosen<T>(i), r.index(i), r.nontemporal);
    });
  }

  /// K vectors that hold V::size groups.
  template <int K> NONLIN_INLINE static void adjacent(row r, std::int64_t count) {
    constexpr auto every = std::make_index_sequence<K>{};
    in_steps<V::size>(count, [&](std::int64_t i) {
      const auto x = split(load_vectors<V>(r.entries<T>(i), every), every);
      choice result{x[0]};
      result.offer(x, 0, K, every);
      result.store(r.chosen<T>(i), r.index(i), r.nontemporal);
    });
  }

  /// Vectors of entries of one group each, of V::size groups without gaps. In a group of several
  /// vectors the last one overlaps that before it: what is offered again does not replace itself.
  NONLIN_INLINE static void blocks(row r, std::int64_t count) {
    constexpr int size = V::size;
    constexpr auto every = std::make_index_sequence<size>{};
    const int n = r.group < size ? r.group : size;
    in_steps<size>(count, [&](std::int64_t i) {
      const T* x = r.entries<T>(i);
      auto entries = first_entries(x, r.group, n);
      choice result{entries[0]};
      for (int j = 0;; entries = first_entries(x + j, r.group, n)) {
        result.offer(entries, j, n, every);
        if (j + n == r.group) break;
        j = j + 2 * size <= r.group ? j + size : r.group - size;
      }
      result.store(r.chosen<T>(i), r.index(i), false);
    });
  }

  static void others(cursor at, std::int64_t count) requires(V::size == 1) {
    for_rows(at, count, [](const row& r, std::int64_t n, const cursor&) { planes(r, n); });
  }
  /// With vectors, by way of a buffer.
  static void others(cursor at, std::int64_t count) requires(V::size > 1) {
    constexpr std::int64_t capacity = 4096, most = 64;
    static_assert(capacity >= V::size * groupwise::max_group);
    alignas(64) T groups[capacity], chosen[most];
    alignas(64) std::uint8_t index[most];
    const auto whole = [](std::int64_t n) { return n / V::size * V::size; };
    const std::int64_t block =
        smaller(most, smaller(whole(capacity / at.job->group), whole(count + V::size - 1)));
    std::memset(groups, 0, block * at.job->group * sizeof(T));
    const row buffer{.data = {reinterpret_cast<char*>(groups), reinterpret_cast<char*>(chosen),
                              reinterpret_cast<char*>(index)},
                     .stride = {sizeof(T), sizeof(T), 1},
                     .step = block * static_cast<std::int64_t>(sizeof(T)),
                     .group = at.job->group,
                     .nontemporal = false};
    for (std::int64_t n; count > 0; count -= n) {
      n = smaller(count, block);
      T* filled = groups;
      for_rows(at, n, [&](const row& r, std::int64_t part, const cursor&) {
        for (int j = 0; j < r.group; ++j) copy_plane(r, j, buffer.entry(filled, j), part);
        filled += part;
      });
      planes(buffer, n < V::size ? V::size : n);
      std::int64_t done = 0;
      at = for_rows(at, n, [&](const row& r, std::int64_t part, const cursor&) {
        for (std::int64_t i = 0; i < part; ++i, ++done) {
          *r.chosen<T>(i) = chosen[done];
          if (r.index(i)) *r.index(i) = index[done];
        }
      });
    }
  }

 private:
  /// The first entry of each of V::size groups, the second, … the n-th; further ones are arbitrary.
  NONLIN_INLINE static auto first_entries(const T* x, int group, int n) {
    return [&]<std::size_t... I>(std::index_sequence<I...> every) {
      const auto load = [&](int i) {  // of the last group, nothing beyond it
        const T* entry = x + i * group;
        return n < V::size && i + 1 == V::size ? V::load_part(entry, n) : V::load(entry);
      };
      return split(std::array{load(I)...}, every);
    }
    (std::make_index_sequence<V::size>{});
  }

  /// Entry j of the row's first groups.
  static void copy_plane(const row& r, int j, T* target, std::int64_t count) {
    const T* source = r.entry(r.entries<T>(0), j);
    const std::int64_t stride = r.stride[groupwise::groups] / std::int64_t{sizeof(T)};
    for (std::int64_t i = 0; i < count; ++i) target[i] = source[i * stride];
  }
};
