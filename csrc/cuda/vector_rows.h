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

/// Rows of whole vectors. The first blocks compute vectors, each thread the same number of them.
/// Vectors that are too few for a block, what rows begin and end with besides, and tensors that do
/// not lie so are pieces of `all`.
template <int Tensors> struct vector_rows {
  char* at[Tensors];  // the first vector; null: absent
  int step[Tensors];  // of a tensor or a pair: from a vector to the next one, in bytes,
  int gap[Tensors];   // and how much more behind a row's last one
  divisor in_a_row;   // vectors
  int plain_blocks;   // that compute vectors, of pairs that do not alternate
  int vector_blocks;  // with those behind them, whose pairs alternate
  pair_mask present;  // the tensors that are there
  bool inputs_alternate, outputs_alternate;

  rows<Tensors> all;
  int left, taken;   // vectors that are pieces: how many, and how many are before them
  int head;          // elements of a row before its first vector
  int begin, every;  // where in a row its first piece begins, and how far behind it the next one
  int items;         // pieces

  NONLIN_INLINE int row_of(int vector) const {
    return static_cast<int>(in_a_row.quotient(static_cast<std::uint32_t>(vector)));
  }
  /// The offset of a vector, which is in row `row`, in a tensor or a pair. Where no pair
  /// alternates, vectors follow each other.
  template <bool Plain> NONLIN_INLINE std::int64_t offset(int t, int vector, int row) const {
    const std::int64_t in_a_run = wide_product(vector, Plain ? vector_bytes : step[t]);
    return wide_product(row, gap[t], in_a_run);
  }
  template <class T, int Width, int Reference>
  NONLIN_INLINE typename rows<Tensors>::piece piece(int i) const {
    std::uint32_t row;
    int first;
    if (i < left) {
      const int vector = taken + i;
      row = static_cast<std::uint32_t>(row_of(vector));
      first = head + (vector - static_cast<int>(row) * static_cast<int>(in_a_row.value)) * Width;
    } else {
      const auto nth = static_cast<std::uint32_t>(i - left);
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
/// The plan: nothing in it depends on a formula, and of the type on its size alone.
template <int Tensors> struct vector_plan {
  operands<Tensors> o;
  pair_mask pairs, alternate = 0;  // and those whose elements alternate
  int element_bytes, width = vector_bytes / element_bytes;
  vector_rows<Tensors> r{};

  vector_plan(const operands<Tensors>& all, int outputs, pair_mask mask, int bytes, int reference,
              int batch)
      : o(all), pairs(mask), element_bytes(bytes) {
    const pair_mask out = (1u << outputs) - 1;
    for (int t = 0; t < Tensors; ++t) r.present |= pair_mask{is_there(t)} << t;
    r.head = leave_rows() && are_alike(out) && are_alike(~out) ? first_vector() : width;
    const std::int64_t vectors = find_vectors();
    if (vectors == 0) {
      r.all = plan_rows(all, element_bytes, reference);
      r.every = width;
      r.items = r.all.items;
      return;
    }
    r.outputs_alternate = (alternate & out) != 0;
    r.inputs_alternate = (alternate & ~out) != 0;
    const int each_block = (alternate == 0 ? batch : 1) * threads;
    r.vector_blocks = static_cast<int>(vectors / each_block);
    if (alternate == 0) r.plain_blocks = r.vector_blocks;
    r.taken = r.vector_blocks * each_block;
    r.left = static_cast<int>(vectors - r.taken);
    r.all = plan_rows(o, element_bytes, reference);
    leave_rest();
  }

 private:
  bool is_there(int t) const { return o.data[t] != nullptr; }
  bool is_second(int t) const { return t > 0 && (pairs >> (t - 1) & 1); }
  int first_of_pair(int t) const { return is_second(t) ? t - 1 : t; }
  bool alternates(int t) const { return alternate >> first_of_pair(t) & 1; }

  /// Leaves two dimensions of `o` at most, the rows' and that from row to row. False where tensors
  /// are no such rows, whatever their alignment.
  bool leave_rows() {
    int left = 0;
    for (int d = 0; d < o.rank; ++d) {
      if (o.size[d] == 1) continue;
      if (left == 2) return false;
      o.size[left] = o.size[d];
      for (int t = 0; t < Tensors; ++t) o.stride[t][left] = o.stride[t][d];
      ++left;
    }
    o.rank = left;
    if (left == 0) return false;
    for (int t = 0; t < Tensors; ++t) {
      if (pairs >> t & 1 && are_alternating(t)) alternate |= 1u << t;
      if (!is_there(t)) continue;
      if (o.stride[t][0] != (alternates(t) ? 2 : 1) * element_bytes) return false;
      if (left == 2 && o.stride[t][1] % vector_bytes != 0) return false;
      if (is_second(t) && is_there(t - 1) && left == 2 && o.stride[t][1] != o.stride[t - 1][1]) {
        return false;
      }
    }
    return true;
  }
  /// Of the tensors of a mask all pairs alternate, or none.
  bool are_alike(pair_mask which) const {
    for (int t = 0; t < Tensors; ++t) {
      const bool pair = (pairs & which) >> t & 1 && (is_there(t) || is_there(t + 1));
      if (pair && !alternates(t) && (alternate & which) != 0) return false;
    }
    return true;
  }
  /// Whether what belongs to gates and what belongs to the others are neighbours, in one tensor.
  bool are_alternating(int t) const {
    if (!is_there(t) || !is_there(t + 1) || o.stride[t][0] != 2 * element_bytes) return false;
    for (int d = 0; d < o.rank; ++d) {
      if (o.stride[t][d] != o.stride[t + 1][d]) return false;
    }
    return static_cast<char*>(o.data[t]) + element_bytes == o.data[t + 1];
  }
  /// How many elements of a row are before its first vector.
  int first_vector() const {
    int head = 0;
    while (head < width && !begins_vectors(head)) ++head;
    return head;
  }
  bool begins_vectors(std::int64_t head) const {
    for (int t = 0; t < Tensors; ++t) {
      if (!is_there(t) || (is_second(t) && alternates(t))) continue;
      if ((misalignment(o.data[t]) + head * o.stride[t][0]) % vector_bytes != 0) return false;
    }
    return true;
  }

  /// How many there are.
  std::int64_t find_vectors() {
    if (r.head == width || o.size[0] < r.head + width) return 0;
    const std::int64_t in_a_row = (o.size[0] - r.head) / width, rows = row_count();
    for (int t = 0; t < Tensors; ++t) {
      if (!is_there(t)) continue;
      const std::int64_t step = o.stride[t][0] * width;
      const std::int64_t gap = rows > 1 ? o.stride[t][1] - in_a_row * step : 0;
      if (gap != static_cast<int>(gap)) return 0;
      r.at[t] = is_second(t) && alternates(t)
                    ? r.at[t - 1] + vector_bytes
                    : static_cast<char*>(o.data[t]) + r.head * o.stride[t][0];
      r.step[first_of_pair(t)] = static_cast<int>(step);
      r.gap[first_of_pair(t)] = static_cast<int>(gap);
    }
    r.in_a_row = rows > 1 ? divisor(in_a_row) : divisor::none();
    return in_a_row * rows;
  }
  /// What lies in rows before their vectors and behind them becomes the other pieces.
  void leave_rest() {
    const int tail = r.head + static_cast<int>(o.size[0] - r.head) / width * width;
    const int pieces = (r.head > 0) + (tail < o.size[0]);
    r.all.cut_at_vectors = false;
    r.begin = r.head > 0 ? r.head - width : tail;
    r.every = tail - r.begin;
    r.all.pieces = divisor(pieces);
    r.items = r.left + static_cast<int>(pieces * row_count());
  }
  std::int64_t row_count() const { return o.rank == 2 ? o.size[1] : 1; }
};

/// `batch`: vectors of a thread, where pairs do not alternate.
template <int Tensors>
vector_rows<Tensors> plan_vectors(const operands<Tensors>& o, int outputs, pair_mask pairs,
                                  int element_bytes, int reference, int batch) {
  return vector_plan<Tensors>(o, outputs, pairs, element_bytes, reference, batch).r;
}
