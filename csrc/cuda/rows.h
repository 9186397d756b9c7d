#pragma once
#include "access.h"
#include "dense_run.h"
#include "strides.h"

/// Tensors of any strides in rows: the elements along one dimension, as many at a time as a vector
/// has. How a tensor is accessed is one choice for the whole launch.

/// Rows are cut where vectors of the tensor `Reference` begin; a piece is what lies between two
/// cuts. Pieces and elements of a row are counted by `Index`: in 32 bits up to `most_elements`. The
/// stride along a row has as many bits.
template <int Tensors, class Index = int> struct rows {
  using offsets = typename strides<Tensors>::offsets;
  char* at[Tensors];      // null: absent
  Index stride[Tensors];  // along a row, in bytes
  access how[Tensors];
  bool cut_at_vectors;
  Index length, items;    // elements of a row, and pieces of all rows
  divisor pieces;         // of a row, at most
  strides<Tensors> dims;  // from row to row

  struct piece {
    offsets at;
    std::uint32_t there;  // a mask of elements
  };
  /// Piece `i`, of rows that begin at `origin`, in the tensors of the mask `Which`.
  template <class T, int Width, int Reference, unsigned Which = ~0u>
  NONLIN_INLINE piece item(const offsets& origin, Index i) const {
    const auto nth = static_cast<std::make_unsigned_t<Index>>(i);
    const auto row = pieces.quotient(nth);
    const auto first =
        static_cast<Index>(nth - row * static_cast<std::make_unsigned_t<Index>>(pieces.value)) *
        Width;
    return item_at<T, Width, Reference, Which>(origin, row, first);
  }
  /// The piece that begins at element `first` of a row, or as much before that as the row's vectors
  /// do. Elements before the row, and behind it, are not there.
  template <class T, int Width, int Reference, unsigned Which = ~0u, class Row>
  NONLIN_INLINE piece item_at(const offsets& origin, Row row, Index first) const {
    piece mine{origin, 0};
    dims.template advance<Which>(mine.at, row);
    if (cut_at_vectors) {
      first -= misalignment(at[Reference] + mine.at[Reference]) / int(sizeof(T));
    }
    const Index left = length - first;
    if (left <= 0) return mine;
    mine.there = all_of<Width>;
    if (left < Width) mine.there >>= Width - static_cast<int>(left);
    if (first < 0) mine.there &= all_of<Width> << -static_cast<int>(first);
    for (int t = 0; t < Tensors; ++t) {
      if (Which >> t & 1) mine.at[t] += std::int64_t{first} * stride[t];
    }
    return mine;
  }
};

/// How entries of a tensor lie in a row if they are adjacent: so many bytes from one to the next,
/// and so many in an access to as many of them as a vector has elements.
struct adjacent {
  std::int64_t stride = 0, access_bytes = vector_bytes;
};

/// The plan of rows: along which dimension, and how each tensor is accessed. Nothing in it depends
/// on a formula, and of the type on its size alone.
template <int Tensors, class Index = int> struct row_plan {
  const operands<Tensors>& o;
  int row, except = -1;  // `except`: a dimension that is left out
  rows<Tensors, Index> r{};

  /// The dimension along which rows run: the fastest one, or the longest if that is shorter than a
  /// vector, but never `except`; none, so that a row is an element, where strides are too long.
  static int row_dimension(const operands<Tensors>& o, int width, int except = -1) {
    int best = except == 0 ? 1 : 0;
    for (int d = best + 1; d < o.rank; ++d) {
      if (o.size[best] >= width) break;
      if (d != except && o.size[d] > o.size[best]) best = d;
    }
    for (int t = 0; t < Tensors && best < o.rank; ++t) {
      if (o.data[t] != nullptr && o.stride[t][best] != static_cast<Index>(o.stride[t][best])) {
        return o.rank;
      }
    }
    return best;
  }

  /// Says how rows along `row` are accessed. With `cut` they are cut where vectors of the tensor
  /// `reference` begin, if they have any, and not at their beginning.
  void choose_access(const adjacent (&lie)[Tensors], int reference, bool cut) {
    r.length = static_cast<Index>(row < o.rank ? o.size[row] : 1);
    for (int t = 0; t < Tensors; ++t) {
      r.at[t] = static_cast<char*>(o.data[t]);
      r.stride[t] = static_cast<Index>(r.length > 1 ? o.stride[t][row] : lie[t].stride);
    }
    r.cut_at_vectors = cut && r.length > 1 && r.stride[reference] == lie[reference].stride;
    for (int t = 0; t < Tensors; ++t) {
      const auto aligned = [&](std::int64_t mine, std::int64_t others) {
        return (mine - (r.cut_at_vectors ? others : 0)) % lie[t].access_bytes == 0;
      };
      const bool vectors =
          r.stride[t] == lie[t].stride &&
          aligned(misalignment(r.at[t]), misalignment(r.at[reference])) &&
          all_steps([&](int d) { return aligned(o.stride[t][d], o.stride[reference][d]); });
      r.how[t] = vectors ? access::vectors : r.stride[t] == 0 ? access::same : access::singles;
    }
  }

  /// Divides rows into pieces of `width` elements, and walks along all other dimensions.
  void divide(int width, int reference, int element_bytes) {
    int past = 0;  // the most elements between a cut and the beginning of a row
    if (r.cut_at_vectors) {
      const bool same =
          all_steps([&](int d) { return o.stride[reference][d] % vector_bytes == 0; });
      past = same ? misalignment(r.at[reference]) / element_bytes : width - 1;
    }
    const std::int64_t pieces = ceil_div(r.length + past, width);
    std::int64_t items = pieces;
    r.pieces = divisor(pieces);
    for (int d = 0; d < o.rank; ++d) {
      if (d == row || d == except) continue;
      const int to = r.dims.rank++;
      r.dims.size[to] = divisor(o.size[d]);
      for (int t = 0; t < Tensors; ++t) r.dims.stride[t][to] = o.stride[t][d];
      items *= o.size[d];
    }
    r.items = static_cast<Index>(items);
    if (r.dims.rank > 0) r.dims.size[r.dims.rank - 1] = divisor::none();
  }

 private:
  /// Whether `test(d)` holds for every dimension but the row's along which one can move.
  template <class Test> bool all_steps(const Test& test) const {
    for (int d = 0; d < o.rank; ++d) {
      if (d != row && o.size[d] > 1 && !test(d)) return false;
    }
    return true;
  }
};

/// Rows of tensors that all have elements of one type, of which there are some; without dimension
/// `except`.
template <class Index = int, int Tensors>
rows<Tensors, Index> plan_rows(const operands<Tensors>& o, int element_bytes, int reference = 0,
                               int except = -1) {
  const int width = vector_bytes / element_bytes;
  using plan_of = row_plan<Tensors, Index>;
  plan_of plan{o, plan_of::row_dimension(o, width, except), except};
  adjacent lie[Tensors];
  for (adjacent& one : lie) one.stride = element_bytes;
  plan.choose_access(lie, reference, true);
  plan.divide(width, reference, element_bytes);
  return plan.r;
}
