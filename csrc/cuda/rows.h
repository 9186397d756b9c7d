#pragma once
#include "access.h"
#include "walk.h"

/// Tensors of any strides, walked in rows: the elements along one dimension, as many at a time as a
/// vector has. How a tensor is accessed is one choice for the whole launch.

/// Rows are cut where vectors of the tensor `reference` begin. `past` is then the number of
/// elements between that cut and the beginning of the row.
template <int Tensors> struct rows {
  using place = typename walk<Tensors>::place;
  char* at[Tensors];             // null: absent
  std::int64_t stride[Tensors];  // along a row
  access how[Tensors];
  bool cut_at_vectors;
  std::int64_t length, items;  // of a row, and pieces of all rows
  divisor pieces;              // of a row, at most
  walk<Tensors> dims;          // from row to row

  struct piece {
    place at;
    std::uint32_t there;
  };
  /// Piece `i`, of rows that begin at `origin`, in the tensors whose bits are in `Which`.
  template <class T, int Width, int Reference, unsigned Which = ~0u>
  NONLIN_INLINE piece item(const place& origin, std::int64_t i) const {
    const auto nth = static_cast<std::uint64_t>(i);
    const std::uint64_t row = pieces.quotient(nth);
    piece mine{origin, 0};
    dims.template advance<Which>(mine.at, 0, dims.rank, static_cast<std::int64_t>(row));
    std::int64_t first = static_cast<std::int64_t>(nth - row * pieces.value) * Width;
    if (cut_at_vectors) {
      first -= misalignment(at[Reference] + mine.at[Reference]) / int(sizeof(T));
    }
    const std::int64_t left = length - first;
    if (left <= 0) return mine;
    mine.there = all_of<Width>;
    if (left < Width) mine.there >>= Width - static_cast<int>(left);
    if (first < 0) mine.there &= all_of<Width> << -static_cast<int>(first);
    for (int t = 0; t < Tensors; ++t) {
      if (Which >> t & 1) mine.at[t] += first * stride[t];
    }
    return mine;
  }
};

/// The dimension along which rows run: the fastest one, or the longest if that is shorter than a
/// vector, but never `apart`.
template <int Tensors> int row_dimension(const walk<Tensors>& all, int width, int apart) {
  int best = apart == 0 ? 1 : 0;
  for (int d = best + 1; d < all.rank; ++d) {
    if (all.size[best].value >= static_cast<std::uint64_t>(width)) break;
    if (d != apart && all.size[d].value > all.size[best].value) best = d;
  }
  return best;
}

/// Whether `test(d)` holds for every dimension but `row` along which one can move.
template <int Tensors, class Test>
bool all_steps(const walk<Tensors>& all, int row, const Test& test) {
  for (int d = 0; d < all.rank; ++d) {
    if (d != row && all.size[d].value > 1 && !test(d)) return false;
  }
  return true;
}

/// Divides rows into `pieces` and walks along the dimensions of `all`, but for `row` and `apart`.
template <int Tensors>
void walk_rows(rows<Tensors>& r, const walk<Tensors>& all, int row, std::int64_t pieces,
               int apart = -1) {
  r.pieces = divisor(pieces);
  r.items = pieces;
  for (int d = 0; d < all.rank; ++d) {
    if (d == row || d == apart) continue;
    const int to = r.dims.rank++;
    r.dims.size[to] = all.size[d];
    for (int t = 0; t < Tensors; ++t) r.dims.stride[t][to] = all.stride[t][d];
    r.items *= static_cast<std::int64_t>(all.size[d].value);
  }
}

/// Says how rows along dimension `row` of `all`, which has every dimension, are accessed. With
/// `cut` they are cut where vectors of the tensor `Reference` begin, if they have any, and not at
/// their beginning.
template <class T, int Reference, int Tensors>
void plan_access(rows<Tensors>& r, char* const (&at)[Tensors], const walk<Tensors>& all, int row,
                 bool cut) {
  constexpr std::int64_t element = sizeof(T);
  r.length = row < all.rank ? static_cast<std::int64_t>(all.size[row].value) : 1;
  for (int t = 0; t < Tensors; ++t) {
    r.at[t] = at[t];
    r.stride[t] = r.length > 1 ? all.stride[t][row] : element;
  }
  r.cut_at_vectors = cut && r.length > 1 && r.stride[Reference] == element;
  for (int t = 0; t < Tensors; ++t) {
    const auto aligned = [&](std::int64_t mine, std::int64_t reference) {
      return (mine - (r.cut_at_vectors ? reference : 0)) % vector_bytes == 0;
    };
    const bool in_vectors =
        r.stride[t] == element && aligned(misalignment(at[t]), misalignment(at[Reference])) &&
        all_steps(all, row,
                  [&](int d) { return aligned(all.stride[t][d], all.stride[Reference][d]); });
    r.how[t] = in_vectors ? access::vectors : r.stride[t] == 0 ? access::same : access::singles;
  }
}

/// None of the tensors is empty. The rows leave out dimension `apart`.
template <class T, int Reference, int Tensors>
rows<Tensors> plan_rows(char* const (&at)[Tensors], const walk<Tensors>& all, int apart = -1) {
  constexpr int width = vector_bytes / sizeof(T);
  const int row = row_dimension(all, width, apart);
  rows<Tensors> r{};
  plan_access<T, Reference>(r, at, all, row, true);
  int past = 0;
  if (r.cut_at_vectors) {
    const auto keeps = [&](int d) { return all.stride[Reference][d] % vector_bytes == 0; };
    past = all_steps(all, row, keeps) ? misalignment(at[Reference]) / int(sizeof(T)) : width - 1;
  }
  walk_rows(r, all, row, ceil_div(r.length + past, width), apart);
  return r;
}
