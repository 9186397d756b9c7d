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

struct scatter_groups {
  template <class Layout, class T, class F>
  NONLIN_INLINE static void of(const F&, const group_rows& w, const group_piece& mine) {
    using namespace groupwise;
    const auto& r = w.tensors;
    choices<T> y{};
    load_index(y, w, mine);
    load_elements(y.entry, r.at[chosen] + mine.at[chosen], r.how[chosen], r.stride[chosen],
                  mine.there);
    Layout::scatter(y, w, r.at[groups] + mine.at[groups], mine.there);
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
      y.entry[g] =
          *reinterpret_cast<const T*>(x + std::int64_t{g} * r.stride[groups] + y.place[g] * w.step);
    });
    store_elements(r.at[chosen] + mine.at[chosen], y.entry, r.how[chosen], r.stride[chosen],
                   mine.there);
  }
};

template <class Pass, class Layout, class T, class F>
NONLIN_INLINE void group_item(const F& f, const group_rows& w, int i) {
  const auto mine = w.tensors.item<T, width_of<T>, groupwise::groups>({}, i);
  if (mine.there != 0) Pass::template of<Layout, T>(f, w, mine);
}

/// How the entries of the groups in a row lie.
enum class grouping { planar, interleaved };

struct group_plan {
  group_rows rows;
  grouping how;
};
inline group_plan plan_groups(const operands<groupwise::slots>& o, int group, std::int64_t step,
                              int element) {
  using namespace groupwise;
  const int width = vector_bytes / element, row = row_plan<slots>::row_dimension(o, width);
  const std::int64_t length = row < o.rank ? o.size[row] : 1, whole = std::int64_t{group} * element;
  const bool interleaved =
      group > 1 && step == element && (length == 1 || o.stride[groups][row] == whole);
  row_plan<slots> plan{o, row};
  plan.choose_access({{interleaved ? whole : element}, {element}, {1, width}}, groups, false);
  plan.divide(width, groups, element);
  auto& how = plan.r.how[groups];
  if (how == access::vectors && !interleaved && group > 1 && step % vector_bytes != 0) {
    how = access::singles;
  }
  return {{plan.r, step, group}, interleaved ? grouping::interleaved : grouping::planar};
}
