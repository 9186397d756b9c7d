#pragma once
#include "groups.h"

/// What a thread computes of some groups, and how tensors are divided among threads.

/// With or without the places.
template <bool Index> struct choose_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F& f, const group_rows& w, const group_piece& mine) {
    using namespace groupwise;
    const auto& r = w.tensors;
    const auto y = Layout::template choose<T>(f, w, r.at[groups] + mine.at[groups], mine.there);
    store_elements(r.at[chosen] + mine.at[chosen], y.entry, r.how[chosen], r.stride[chosen],
                   mine.there);
    if constexpr (Index) {
      store_elements(r.at[groupwise::index] + mine.at[groupwise::index], y.place,
                     r.how[groupwise::index], r.stride[groupwise::index], mine.there);
    }
  }
};

template <class T>
NONLIN_INLINE void load_index(choices<T>& y, const group_rows& w, const group_piece& mine) {
  constexpr int s = groupwise::index;
  load_elements(y.place, w.tensors.at[s] + mine.at[s], w.tensors.how[s], w.tensors.stride[s],
                mine.there);
}

struct spread_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F&, const group_rows& w, const group_piece& mine) {
    using namespace groupwise;
    const auto& r = w.tensors;
    choices<T> y{};
    load_index(y, w, mine);
    load_elements(y.entry, r.at[chosen] + mine.at[chosen], r.how[chosen], r.stride[chosen],
                  mine.there);
    Layout::spread(y, w, r.at[groups] + mine.at[groups], mine.there);
  }
};

/// Single entries, wherever they lie: all that a sector of memory has is seldom needed.
struct gather_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F&, const group_rows& w, const group_piece& mine) {
    using namespace groupwise;
    const auto& r = w.tensors;
    choices<T> y{};
    load_index(y, w, mine);
    const char* x = r.at[groups] + mine.at[groups];
    each<width_of<T>>([&](int g) {
      // A place outside the group chooses nothing: a zero.
      if (!(mine.there >> g & 1) || y.place[g] >= w.group) return;
      y.entry[g] = *reinterpret_cast<const T*>(x + g * r.stride[groups] + y.place[g] * w.step);
    });
    store_elements(r.at[chosen] + mine.at[chosen], y.entry, r.how[chosen], r.stride[chosen],
                   mine.there);
  }
};

template <class Pass, class Layout, class T, class F>
NONLIN_INLINE void group_item(const F& f, const group_rows& w, std::int64_t i) {
  const auto mine = w.tensors.item<T, width_of<T>, groupwise::groups>({}, i);
  if (mine.there != 0) Pass::template of<Layout, T>(f, w, mine);
}

/// How the entries of the groups in a row lie.
enum class grouping { apart, together };

struct group_plan {
  group_rows rows;
  grouping how;
};
inline group_plan plan_groups(const groupwise::job& job, int element) {
  using namespace groupwise;
  const int width = vector_bytes / element;
  walk<slots> all;
  std::int64_t count = 1;
  for (int d = 0; d < job.rank; ++d) {
    const int to = all.append(job.size[d]);
    for (int s = 0; s < slots; ++s) all.stride[s][to] = job.stride[s][d];
    count *= job.size[d];
  }
  const int row = row_dimension(all, width, -1);
  group_plan plan{{{}, job.step, job.group}, grouping::apart};
  auto& r = plan.rows.tensors;
  r.length = row < all.rank ? job.size[row] : 1;
  const auto along = [&](int s) { return row < all.rank ? all.stride[s][row] : 0; };
  const std::int64_t whole = std::int64_t{job.group} * element;
  if (job.group > 1 && job.step == element && (r.length == 1 || along(groups) == whole)) {
    plan.how = grouping::together;
  }
  const bool behind = plan.how == grouping::together;
  const std::int64_t adjacent[slots] = {behind ? whole : element, element, 1};
  const std::int64_t access_bytes[slots] = {vector_bytes, vector_bytes, width};
  for (int s = 0; s < slots; ++s) {
    r.at[s] = static_cast<char*>(job.data[s]);
    r.stride[s] = r.length > 1 ? along(s) : adjacent[s];
    const auto fits = [&](std::int64_t bytes) { return bytes % access_bytes[s] == 0; };
    const bool vectors = r.stride[s] == adjacent[s] && fits(misalignment(r.at[s])) &&
                         all_steps(all, row, [&](int d) { return fits(all.stride[s][d]); }) &&
                         (s != groups || behind || job.group == 1 || fits(job.step));
    r.how[s] = vectors ? access::vectors : r.stride[s] == 0 ? access::same : access::singles;
  }
  if (count > 0) walk_rows(r, all, row, ceil_div(r.length, width));
  return plan;
}
