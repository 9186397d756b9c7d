#pragma once
#include "access.h"
#include "rows.h"

/// Rows that are vectors in every tensor: dense tensors, halves of one tensor's rows, and elements
/// of two tensors that alternate in one. A thread finds its vector by one division at most.

/// Tensors that come in pairs, by the first of each pair: what belongs to a gate, and what belongs
/// to what it lets up.
using pair_mask = unsigned;

/// a·b + c in 64 bits, one instruction: compilers would hold factors of 64 bits.
NONLIN_INLINE std::int64_t wide_product(int a, int b, std::int64_t c = 0) {
#if defined(__CUDA_ARCH__)
  std::int64_t sum;
  asm("mad.wide.s32 %0, %1, %2, %3;" : "=l"(sum) : "r"(a), "r"(b), "l"(c));
  return sum;
#else
  return std::int64_t{a} * b + c;
#endif
}

/// Rows of whole vectors. The first blocks compute vectors: where all tensors are there and no
/// pairs alternate, each thread the same number of them. Vectors that are too few for such a block,
/// what rows begin and end with besides, and tensors that do not lie so are pieces of `all`.
template <int Tensors> struct vector_rows {
  char* at[Tensors];  // the first vector
  int step[Tensors];  // of a tensor or a pair: from a vector to the next one, in bytes,
  int gap[Tensors];   // and how much more behind a row's last one
  divisor in_a_row;   // vectors
  int plain_blocks;   // that compute as many vectors as they can
  int vector_blocks;  // with those that compute one for each thread
  pair_mask present;  // the tensors that are there
  bool inputs_alternate, outputs_alternate;

  rows<Tensors> all;
  int taken, left;   // vectors that are no pieces, and behind them those that are
  int head;          // elements of a row before its first vector
  int begin, every;  // where in a row its first piece begins, and how far behind it the next one
  int items;         // pieces

  NONLIN_INLINE int row_of(int vector) const {
    return static_cast<int>(in_a_row.quotient(static_cast<std::uint32_t>(vector)));
  }
  /// The offset of a vector, which is in row `row`, in a tensor or a pair.
  NONLIN_INLINE std::int64_t offset(int t, int vector, int row) const {
    return wide_product(row, gap[t], wide_product(vector, step[t]));
  }
  /// `Vectors`: whether there are any.
  template <class T, int Width, int Reference, bool Vectors>
  NONLIN_INLINE typename rows<Tensors>::piece piece(int i) const {
    std::uint32_t row;
    int first;
    if (Vectors && i < left) {
      const int vector = taken + i;
      row = static_cast<std::uint32_t>(row_of(vector));
      first = head + (vector - static_cast<int>(row) * static_cast<int>(in_a_row.value)) * Width;
    } else {
      const auto nth = static_cast<std::uint32_t>(Vectors ? i - left : i);
      row = all.pieces.quotient(nth);
      first = begin + static_cast<int>(nth - row * std::uint32_t(all.pieces.value)) * every;
    }
    return all.template item_at<T, Width, Reference>({}, row, first);
  }
};

/// Two vectors of elements that alternate become a vector of each, and back.
template <class T, int Width> NONLIN_INLINE void separate(T (&a)[Width], T (&b)[Width]) {
  T both[2 * Width];
  each<Width>([&](int i) { both[i] = a[i], both[Width + i] = b[i]; });
  each<Width>([&](int i) { a[i] = both[2 * i], b[i] = both[2 * i + 1]; });
}
template <class T, int Width> NONLIN_INLINE void alternate(T (&a)[Width], T (&b)[Width]) {
  T both[2 * Width];
  each<Width>([&](int i) { both[2 * i] = a[i], both[2 * i + 1] = b[i]; });
  each<Width>([&](int i) { a[i] = both[i], b[i] = both[Width + i]; });
}
