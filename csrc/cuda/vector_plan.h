#pragma once
#include "vector_rows.h"

/// Which vectors tensors have in common.

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
    const bool in_rows = batch > 0 && leave_rows() && are_alike(out) && are_alike(~out);
    r.head = in_rows ? first_vector() : width;
    const std::int64_t vectors = find_vectors();
    if (vectors == 0) {
      r.all = plan_rows(all, element_bytes, reference);
      r.every = width;
      r.items = r.all.items;
      return;
    }
    r.outputs_alternate = (alternate & out) != 0;
    r.inputs_alternate = (alternate & ~out) != 0;
    if (alternate == 0 && r.present == all_of<Tensors>) {
      r.plain_blocks = r.vector_blocks = static_cast<int>(vectors / (batch * threads));
      r.taken = r.plain_blocks * batch * threads;
      r.left = static_cast<int>(vectors) - r.taken;
    } else {
      r.vector_blocks = static_cast<int>(ceil_div(vectors, threads));
      r.taken = static_cast<int>(vectors);
    }
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

/// `batch`: vectors of a thread, 0 without any.
template <int Tensors>
vector_rows<Tensors> plan_vectors(const operands<Tensors>& o, int outputs, pair_mask pairs,
                                  int element_bytes, int reference, int batch) {
  return vector_plan<Tensors>(o, outputs, pairs, element_bytes, reference, batch).r;
}
