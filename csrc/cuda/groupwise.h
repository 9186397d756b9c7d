#pragma once
#include "../family/groupwise.h"
#include "loop.h"
#include "walk.h"

/// What a thread does with adjacent groups. Entries are copied, never computed.

/// The tensors, walked in items: as many groups as a thread takes at once. `index` may be null.
struct group_walk {
  char* at[groupwise::slots];
  walk<groupwise::slots> dims;
  std::int64_t items, step;
  int group;
};

/// `Count` adjacent elements in one access.
template <class T, int Count> struct alignas(sizeof(T) * Count) packet { T of[Count]; };
template <int Bytes> struct alignas(Bytes) memory { std::uint32_t words[Bytes / 4]; };
template <> struct memory<2> { std::uint16_t words[1]; };
template <> struct memory<1> { std::uint8_t words[1]; };
template <class T, int Count> NONLIN_INLINE packet<T, Count> read(const char* from) {
  const auto loaded = *reinterpret_cast<const memory<int(sizeof(T)) * Count>*>(from);
  packet<T, Count> p;
  std::memcpy(&p, &loaded, sizeof(p));
  return p;
}
template <class T, int Count> NONLIN_INLINE void write(char* to, const packet<T, Count>& p) {
  memory<int(sizeof(T)) * Count> stored;
  std::memcpy(&stored, &p, sizeof(p));
  *reinterpret_cast<memory<int(sizeof(T)) * Count>*>(to) = stored;
}

/// The choice among the entries of one group so far.
template <class F, class T> struct choice {
  T best;
  std::uint8_t place;

  NONLIN_INLINE void consider(const F& f, T next, int at) {
    using V = lane_for<T>;
    if (at > 0 && !f.replaces(V::load(&best), V::load(&next))) return;
    best = next;
    place = static_cast<std::uint8_t>(at);
  }
};

/// Groups whose entries lie `step` apart, in `Width` groups side by side.
template <class T, int Width> struct apart {
  static constexpr int groups = Width;
  template <class F>
  NONLIN_INLINE static void choose(const F& f, const group_walk& w, const char* x,
                                   choice<F, T> (&mine)[groups]) {
    constexpr int in_flight = 4;
    for (int first = 0; first < w.group; first += in_flight) {
      packet<T, Width> next[in_flight];
      each<in_flight>([&](int j) {
        if (first + j < w.group) next[j] = read<T, Width>(x + (first + j) * w.step);
      });
      each<in_flight>([&](int j) {
        if (first + j >= w.group) return;
        each<Width>([&](int g) { mine[g].consider(f, next[j].of[g], first + j); });
      });
    }
  }
  NONLIN_INLINE static void spread(const group_walk& w, char* x, const packet<T, groups>& chosen,
                                   const packet<std::uint8_t, groups>& index) {
    for (int j = 0; j < w.group; ++j) {
      packet<T, Width> entries;
      each<Width>([&](int g) { entries.of[g] = index.of[g] == j ? chosen.of[g] : T{}; });
      write(x + j * w.step, entries);
    }
  }
  NONLIN_INLINE static void gather(const group_walk& w, const char* x,
                                   const packet<std::uint8_t, groups>& index,
                                   packet<T, groups>& chosen) {
    each<Width>([&](int g) {
      if (index.of[g] >= w.group) return;  // no place chooses nothing: a zero
      const char* entry = x + index.of[g] * w.step + g * std::int64_t{sizeof(T)};
      chosen.of[g] = read<T, 1>(entry).of[0];
    });
  }
};

/// Groups of `Group` consecutive entries, behind each other in a vector.
template <class T, int Group> struct together {
  static constexpr int width = vector_bytes / sizeof(T), groups = width / Group;
  template <class F>
  NONLIN_INLINE static void choose(const F& f, const group_walk&, const char* x,
                                   choice<F, T> (&mine)[groups]) {
    const auto entries = read<T, width>(x);
    each<width>([&](int i) { mine[i / Group].consider(f, entries.of[i], i % Group); });
  }
  NONLIN_INLINE static void spread(const group_walk&, char* x, const packet<T, groups>& chosen,
                                   const packet<std::uint8_t, groups>& index) {
    packet<T, width> entries;
    each<width>([&](int i) {
      entries.of[i] = index.of[i / Group] == i % Group ? chosen.of[i / Group] : T{};
    });
    write(x, entries);
  }
  NONLIN_INLINE static void gather(const group_walk&, const char* x,
                                   const packet<std::uint8_t, groups>& index,
                                   packet<T, groups>& chosen) {
    const auto entries = read<T, width>(x);
    each<width>([&](int i) {
      if (index.of[i / Group] == i % Group) chosen.of[i / Group] = entries.of[i];
    });
  }
};

using group_place = walk<groupwise::slots>::place;

/// The passes.
struct choose_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F& f, const group_walk& w, const group_place& at) {
    choice<F, T> mine[Layout::groups]{};
    Layout::choose(f, w, w.at[groupwise::groups] + at[groupwise::groups], mine);
    packet<T, Layout::groups> chosen;
    packet<std::uint8_t, Layout::groups> index;
    each<Layout::groups>([&](int g) {
      chosen.of[g] = mine[g].best;
      index.of[g] = mine[g].place;
    });
    write(w.at[groupwise::chosen] + at[groupwise::chosen], chosen);
    if (w.at[groupwise::index]) write(w.at[groupwise::index] + at[groupwise::index], index);
  }
};
struct spread_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F&, const group_walk& w, const group_place& at) {
    using namespace groupwise;
    const auto taken = read<T, Layout::groups>(w.at[chosen] + at[chosen]);
    const auto places = read<std::uint8_t, Layout::groups>(w.at[index] + at[index]);
    Layout::spread(w, w.at[groups] + at[groups], taken, places);
  }
};
struct gather_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F&, const group_walk& w, const group_place& at) {
    using namespace groupwise;
    const auto places = read<std::uint8_t, Layout::groups>(w.at[index] + at[index]);
    packet<T, Layout::groups> taken{};
    Layout::gather(w, w.at[groups] + at[groups], places, taken);
    write(w.at[chosen] + at[chosen], taken);
  }
};

template <class Pass, class Layout, class T, class F>
NONLIN_INLINE void group_item(const F& f, const group_walk& w, std::int64_t i) {
  group_place place{};
  w.dims.advance(place, 0, w.dims.rank, i);
  Pass::template of<Layout, T>(f, w, place);
}

/// The job in items of `groups` groups along dimension 0.
inline group_walk in_items(const groupwise::job& job, int groups) {
  group_walk w{{}, {}, 1, job.step, job.group};
  for (int s = 0; s < groupwise::slots; ++s) w.at[s] = static_cast<char*>(job.data[s]);
  for (int d = 0; d < job.rank; ++d) {
    const int taken = d == 0 ? groups : 1;
    const int at = w.dims.append(job.size[d] / taken);
    w.items *= job.size[d] / taken;
    for (int s = 0; s < groupwise::slots; ++s) w.dims.stride[s][at] = job.stride[s][d] * taken;
  }
  return w;
}

/// Whether a thread can take `groups` adjacent groups, of which the first entries lie `apart`, with
/// accesses of `bytes` to the tensor of groups.
inline bool in_packets(const groupwise::job& job, int groups, std::int64_t apart,
                       std::int64_t element_bytes, std::int64_t bytes) {
  using namespace groupwise;
  if (job.rank == 0 || job.size[0] % groups != 0) return false;
  const std::int64_t along[slots] = {apart, element_bytes, 1};
  const std::int64_t access[slots] = {bytes, groups * element_bytes, groups};
  for (int s = 0; s < slots; ++s) {
    if (job.data[s] == nullptr) continue;
    if (job.stride[s][0] != along[s]) return false;
    if (reinterpret_cast<std::uintptr_t>(job.data[s]) % access[s] != 0) return false;
    for (int d = 1; d < job.rank; ++d) {
      if (job.size[d] != 1 && job.stride[s][d] % access[s] != 0) return false;
    }
  }
  return true;
}
/// How a thread takes groups: of a vector side by side; as many consecutive ones as a vector has;
/// one.
enum class grouping { apart, together, single };
inline grouping grouping_of(const groupwise::job& job, int element_bytes) {
  const int width = vector_bytes / element_bytes;
  if (in_packets(job, width, element_bytes, element_bytes, vector_bytes) &&
      (job.group == 1 || job.step % vector_bytes == 0))
    return grouping::apart;
  const bool fits = job.group > 1 && job.group <= width && width % job.group == 0;
  if (fits && job.step == element_bytes &&
      in_packets(job, width / job.group, job.group * element_bytes, element_bytes, vector_bytes))
    return grouping::together;
  return grouping::single;
}
