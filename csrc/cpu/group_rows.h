#pragma once
#include "../family/groupwise.h"
#include "nontemporal.h"

NONLIN_INLINE std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

/// Groups at equal distances: addresses of the first one's parts, and strides, in bytes.
struct row {
  char* data[groupwise::slots];  // null: absent
  std::int64_t stride[groupwise::slots], step;
  int group;
  bool nontemporal;  // results go past the caches

  /// The parts of the i-th group.
  template <class T> NONLIN_INLINE T* entries(std::int64_t i) const {
    return reinterpret_cast<T*>(data[groupwise::groups] + i * stride[groupwise::groups]);
  }
  template <class T> NONLIN_INLINE T* chosen(std::int64_t i) const {
    return reinterpret_cast<T*>(data[groupwise::chosen] + i * stride[groupwise::chosen]);
  }
  NONLIN_INLINE std::uint8_t* index(std::int64_t i) const {
    char* const first = data[groupwise::index];
    return first ? reinterpret_cast<std::uint8_t*>(first + i * stride[groupwise::index]) : nullptr;
  }
  /// Entry j of the group that starts at x.
  template <class T> NONLIN_INLINE T* entry(T* x, int j) const {
    using byte = std::conditional_t<std::is_const_v<T>, const char, char>;
    return reinterpret_cast<T*>(reinterpret_cast<byte*>(x) + j * step);
  }
  /// Has memory send what most often lies two groups of planes further on, to a cache of the second
  /// level. Processors see single streams coming, not a group's planes that begin anew row by row.
  template <class T> NONLIN_INLINE void fetch_ahead(const T* x) const {
    if (group * step > std::int64_t{1} << 17) return;  // such long rows they do see
    for (int j = 0; j < group; ++j) __builtin_prefetch(entry(x, 2 * group + j), 0, 2);
  }
};

/// Where a walk over groups stands; dimension 0 makes the rows.
struct cursor {
  const groupwise::job* job;
  bool streams;  // results of long rows go past the caches
  std::int64_t place[max_rank] = {}, offset[groupwise::slots] = {};

  NONLIN_INLINE cursor(const groupwise::job& all, std::int64_t group, bool past_caches)
      : job(&all), streams(past_caches) {
    for (int d = 0; d < job->rank; group /= job->size[d++]) move(d, group % job->size[d]);
  }
  /// Groups that are left of the row, `most` at most.
  NONLIN_INLINE std::int64_t left(std::int64_t most) const {
    return smaller(job->rank ? job->size[0] - place[0] : 1, most);
  }
  /// The next `count` groups of the row.
  NONLIN_INLINE row part(std::int64_t count) const {
    row r{.data = {},
          .stride = {},
          .step = job->step,
          .group = job->group,
          .nontemporal = streams && count >= streamed_row};
    NONLIN_UNROLL
    for (int s = 0; s < groupwise::slots; ++s) {
      if (job->data[s]) r.data[s] = static_cast<char*>(job->data[s]) + offset[s];
      r.stride[s] = job->stride[s][0];
    }
    return r;
  }
  /// Goes `count` further in dimension d, at most to its end.
  NONLIN_INLINE void advance(int d, std::int64_t count) {
    move(d, count);
    for (; place[d] == job->size[d] && d + 1 < job->rank; ++d) {
      move(d, -job->size[d]);
      move(d + 1, 1);
    }
  }

  /// Calls of(row, n) for the rows of `count` groups, and rest(at, n) for parts of less than
  /// `least`.
  [[gnu::noinline]] void through_rows(std::int64_t count, int least,
                                      void (*of)(const row&, std::int64_t),
                                      void (*rest)(cursor, std::int64_t)) const {
    cursor at = *this;
    while (count > 0) {
      const std::int64_t n = at.left(count);
      row r = at.part(n);
      if (n < least) {
        rest(at, n);
      } else if (job->rank > 1 && n == job->size[0]) {
        const std::int64_t rows = smaller(job->size[1] - at.place[1], count / n);
        for (std::int64_t i = 0; i < rows; ++i) {
          of(r, n);
          NONLIN_UNROLL
          for (int s = 0; s < groupwise::slots; ++s) {
            if (r.data[s]) r.data[s] += job->stride[s][1];
          }
        }
        count -= rows * n;
        at.advance(1, rows);
        continue;
      } else {
        of(r, n);
      }
      count -= n;
      at.advance(0, n);
    }
  }

 private:
  NONLIN_INLINE void move(int d, std::int64_t count) {
    place[d] += count;
    NONLIN_UNROLL
    for (int s = 0; s < groupwise::slots; ++s) offset[s] += count * job->stride[s][d];
  }
};

/// Calls f(row, n, at) for the parts of rows that make up `count` groups, and returns where they
/// end.
template <class Rows> NONLIN_INLINE cursor for_rows(cursor at, std::int64_t count, const Rows& f) {
  for (std::int64_t n; count > 0; count -= n, at.advance(0, n)) {
    n = at.left(count);
    f(at.part(n), n, at);
  }
  return at;
}

/// Calls step(i) for the groups [i, i + size) of `count`, as many or more. The last ones overlap
/// those before them.
template <int Size, class Step> NONLIN_INLINE void in_steps(std::int64_t count, const Step& step) {
  for (std::int64_t i = 0; i < count; i += Size) step(i + Size <= count ? i : count - Size);
}
