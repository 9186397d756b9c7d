#pragma once
#include "../family/groupwise.h"
#include "rows.h"

/// What a thread does with adjacent groups, as many as a vector has elements. Entries are copied,
/// never computed.

/// The tensors in rows of groups. Entries of a group lie `step` bytes from each other. `index` may
/// be null.
struct group_rows {
  rows<groupwise::slots> tensors;
  std::int64_t step;
  int group;
};
using group_piece = rows<groupwise::slots>::piece;

/// The elements of `T` in a vector.
template <class T> constexpr int width_of = vector_bytes / sizeof(T);

/// Appends an element and drops the first.
template <class T, int Width> NONLIN_INLINE void push(T (&list)[Width], T last) {
  if constexpr (sizeof(T) == 2) {  // one shift for two of them
    std::uint32_t words[Width / 2 + 1];
    std::memcpy(words, list, sizeof(list));
    words[Width / 2] = std::bit_cast<std::uint16_t>(last);
    each<Width / 2>([&](int i) { words[i] = words[i] >> 16 | words[i + 1] << 16; });
    std::memcpy(list, words, sizeof(list));
  } else {
    each<Width - 1>([&](int i) { list[i] = list[i + 1]; });
    list[Width - 1] = last;
  }
}

/// The choice among the entries of one group so far.
template <class T> struct choice {
  T best;
  int place;

  template <class F> NONLIN_INLINE void consider(const F& f, T next, int at, bool first) {
    using V = lane_for<T>;
    const bool keep = !first && !f.replaces(V::load(&best), V::load(&next));
    best = keep ? best : next;
    place = keep ? place : at;
  }
};

/// A choice for every group: entries and their places.
template <class T> struct choices {
  T entry[width_of<T>];
  std::uint8_t place[width_of<T>];
};

/// Loads or stores `Count` vectors of adjacent entries behind each other, of which the elements
/// below `there` exist, from the vector `first` on.
template <int Count, class T>
NONLIN_INLINE void load_entries(T (&to)[Count][width_of<T>], const char* from, bool vectors,
                                int first, int end, int there) {
  constexpr int width = width_of<T>;
  each<Count>([&](int v) {
    const char* at = from + (first + v) * vector_bytes;
    if (first + v >= end) return;
    if (vectors) return load_vector(to[v], at);
    each<width>([&](int i) {
      const bool has = (first + v) * width + i < there;
      to[v][i] = has ? reinterpret_cast<const T*>(at)[i] : T{};
    });
  });
}
template <class T>
NONLIN_INLINE void store_entries(char* to, const T (&from)[width_of<T>], bool vectors, int nth,
                                 int there) {
  constexpr int width = width_of<T>;
  char* at = to + nth * vector_bytes;
  if (vectors) return store_vector(at, from);
  each<width>([&](int i) {
    if (nth * width + i < there) reinterpret_cast<T*>(at)[i] = from[i];
  });
}

/// Planes of entries: a vector has one entry of each of several groups. `K` is their size, 0 any.
template <int K> struct planar {
  template <class T, class F>
  NONLIN_INLINE static choices<T> choose(const F& f, const group_rows& w, const char* x,
                                         std::uint32_t there) {
    constexpr int width = width_of<T>, in_flight = K > 0 ? K : 4, slot = groupwise::groups;
    const int group = K > 0 ? K : w.group;
    choice<T> mine[width]{};
    for (int first = 0; first < group; first += in_flight) {
      T next[in_flight][width]{};
      each<in_flight>([&](int j) {
        if (first + j >= group) return;
        load_elements(next[j], x + (first + j) * w.step, w.tensors.how[slot],
                      w.tensors.stride[slot], there);
      });
      each<in_flight>([&](int j) {
        if (first + j >= group) return;
        each<width>([&](int g) { mine[g].consider(f, next[j][g], first + j, first + j == 0); });
      });
    }
    choices<T> y;
    each<width>([&](int g) {
      y.entry[g] = mine[g].best;
      y.place[g] = static_cast<std::uint8_t>(mine[g].place);
    });
    return y;
  }
  template <class T>
  NONLIN_INLINE static void scatter(const choices<T>& y, const group_rows& w, char* x,
                                    std::uint32_t there) {
    constexpr int width = width_of<T>, slot = groupwise::groups;
    const auto one = [&](int j) {
      T entries[width];
      each<width>([&](int g) { entries[g] = y.place[g] == j ? y.entry[g] : T{}; });
      store_elements(x + j * w.step, entries, w.tensors.how[slot], w.tensors.stride[slot], there);
    };
    if constexpr (K > 0) {
      each<K>(one);
    } else {
      for (int j = 0; j < w.group; ++j) one(j);
    }
  }
};

/// The entries of a group behind each other, and behind them the next group: as many vectors as a
/// group has entries. `K` is that number, or 0 for any that is not below the elements of a vector.
template <int K> struct interleaved {
  template <class T, class F>
  NONLIN_INLINE static choices<T> choose(const F& f, const group_rows& w, const char* x,
                                         std::uint32_t there) {
    constexpr int width = width_of<T>;
    const bool vectors = in_vectors<T>(w, there);
    const int count = entries(w, there);
    choices<T> y{};
    if constexpr (K > 0) {
      T next[K][width];
      load_entries<K>(next, x, vectors, 0, K, count);
      choice<T> mine[width]{};
      each<K * width>(
          [&](int i) { mine[i / K].consider(f, next[i / width][i % width], i % K, i % K == 0); });
      each<width>([&](int g) {
        y.entry[g] = mine[g].best;
        y.place[g] = static_cast<std::uint8_t>(mine[g].place);
      });
    } else {
      // A group has an element of a vector or more, so that at most one begins in it: at `begin`,
      // which is the same in all threads. Places count from the vector's first entry.
      constexpr int in_flight = 4;
      choice<T> mine{}, done{};
      int begin = 0;
      const auto finish = [&](const choice<T>& last) {
        push(y.entry, last.best);
        push(y.place, static_cast<std::uint8_t>(last.place + w.group - begin));
      };
      for (int first = 0; first < w.group; first += in_flight) {
        T next[in_flight][width];
        load_entries<in_flight>(next, x, vectors, first, w.group, count);
        each<in_flight>([&](int v) {
          if (first + v >= w.group) return;
          mine.place -= width;
          each<width>([&](int i) {
            if (i == begin) done = mine;
            mine.consider(f, next[v][i], i, i == begin);
          });
          if (begin < width) {  // what the first group ends is dropped in the end
            finish(done);
            begin += w.group;
          }
          begin -= width;
        });
      }
      mine.place -= width;
      finish(mine);
    }
    return y;
  }
  template <class T>
  NONLIN_INLINE static void scatter(choices<T> y, const group_rows& w, char* x,
                                    std::uint32_t there) {
    constexpr int width = width_of<T>;
    const bool vectors = in_vectors<T>(w, there);
    const int count = entries(w, there);
    if constexpr (K > 0) {
      each<K>([&](int v) {
        T next[width];
        each<width>([&](int i) {
          const int g = (v * width + i) / K, j = (v * width + i) % K;
          next[i] = y.place[g] == j ? y.entry[g] : T{};
        });
        store_entries(x, next, vectors, v, count);
      });
    } else {
      // Likewise: a group goes on in a vector, and at most one begins, at `begin`.
      struct {
        T entry;
        int place;  // from the vector's first entry
      } mine{T{}, -1}, next;
      int begin = 0;
      const auto take = [&] {
        const int place = y.place[0];
        next = {y.entry[0], place < w.group ? begin + place : -1};
        push(y.entry, T{});
        push(y.place, std::uint8_t{});
      };
      take();
      for (int v = 0; v < w.group; ++v) {
        T entries[width];
        each<width>([&](int i) {
          entries[i] = i == mine.place ? mine.entry : i == next.place ? next.entry : T{};
        });
        store_entries(x, entries, vectors, v, count);
        if (begin < width) {
          mine = next;
          begin += w.group;
          take();
        }
        begin -= width;
        mine.place -= width;
        next.place -= width;
      }
    }
  }

 private:
  template <class T>
  NONLIN_INLINE static bool in_vectors(const group_rows& w, std::uint32_t there) {
    return w.tensors.how[groupwise::groups] == access::vectors && there == all_of<width_of<T>>;
  }
  /// Of the groups that are there, which are the first ones.
  NONLIN_INLINE static int entries(const group_rows& w, std::uint32_t there) {
    return std::popcount(there) * w.group;
  }
};
