#include "elements.h"

#include <algorithm>
#include <cstring>

namespace nonlin {
namespace {

constexpr int most = gated::operands::max_tensors;
static_assert(most >= pointwise::operands::max_tensors);

/// Elements that lie side by side, any number of them.
void compute_dense(void* const* at, std::int64_t count, const element_kernel& k,
                   const void* formula) {
  const std::int64_t whole = count / k.step * k.step, rest = count - whole;
  if (whole > 0) k.steps(formula, at, whole);
  if (rest == 0) return;
  alignas(64) char buffer[most][8 * max_step];
  void* filled[most];
  const std::size_t bytes = rest * k.element_size, padded = k.step * k.element_size;
  const auto place = [&](int t) { return static_cast<char*>(at[t]) + whole * k.element_size; };
  for (int t = 0; t < k.tensors; ++t) {
    filled[t] = buffer[t];
    if (t < k.outputs) continue;
    std::memcpy(buffer[t], place(t), bytes);
    std::memset(buffer[t] + bytes, 0, padded - bytes);
  }
  k.steps(formula, filled, k.step);
  for (int t = 0; t < k.outputs; ++t) std::memcpy(place(t), buffer[t], bytes);
}

/// Whether all tensors are there, and elements lie side by side in dimension 0 of each.
bool has_dense_rows(const element_operands& o, const element_kernel& k) {
  for (int t = 0; t < k.tensors; ++t) {
    if (o.data[t] == nullptr || (o.rank > 0 && o.stride[t][0] != k.element_size)) return false;
  }
  return true;
}

/// Where the elements of row `row` from `column` on are.
void find_row(void** at, const element_operands& o, std::int64_t row, std::int64_t column,
              const element_kernel& k) {
  std::int64_t offset[most] = {};
  add_offsets(offset, k.tensors, row, 1, o.rank, o.size, o.stride);
  for (int t = 0; t < k.tensors; ++t) {
    at[t] = static_cast<char*>(o.data[t]) + offset[t] + column * k.element_size;
  }
}

}  // namespace

void run_elements(const element_operands& o, std::int64_t begin, std::int64_t end,
                  const element_kernel& k, const void* formula) {
  void* at[most];
  const std::int64_t row_size = o.rank > 0 ? o.size[0] : 1;
  // Of short rows too much would be left over.
  const bool in_rows = o.rank <= 1 || row_size % k.step == 0 || row_size >= 4 * k.step;
  if (in_rows && has_dense_rows(o, k)) {
    for (std::int64_t n; begin < end; begin += n) {
      const std::int64_t row = o.rank > 1 ? begin / row_size : 0, column = begin - row * row_size;
      n = end - begin < row_size - column ? end - begin : row_size - column;
      find_row(at, o, row, column, k);
      compute_dense(at, n, k, formula);
    }
    return;
  }
  strided_buffers<most> all(k.tensors, o.data, o.stride, o.size, o.rank, ~0u, (1u << k.outputs) - 1,
                            k.element_size);
  alignas(64) char absent[block_elements * 8];
  const bool some_absent = std::count(o.data, o.data + k.tensors, nullptr) > 0;
  if (some_absent) std::memset(absent, 0, sizeof(absent));
  for (std::int64_t n; begin < end; begin += n) {
    n = some_absent ? std::min<std::int64_t>(end - begin, block_elements) : all.block(end - begin);
    all.load(at, begin, n);
    if (some_absent) {
      std::replace(at, at + k.tensors, static_cast<void*>(nullptr), static_cast<void*>(absent));
    }
    compute_dense(at, n, k, formula);
    all.store(begin, n);
  }
}

}  // namespace nonlin
