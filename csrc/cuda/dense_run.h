#pragma once
#include "../jet.h"

/// Tensors as a launch gets them: how many elements, whether they are dense, parts of them; and
/// which elements of a dense run a thread computes.

constexpr int vector_bytes = 16;
constexpr int threads = 256;  // of a block

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

NONLIN_INLINE int misalignment(const void* data) {
  return static_cast<int>(reinterpret_cast<std::uintptr_t>(data) % vector_bytes);
}

template <int Tensors> std::int64_t element_count(const operands<Tensors>& o) {
  std::int64_t count = 1;
  for (int d = 0; d < o.rank; ++d) count *= o.size[d];
  return count;
}

/// Whether the first `tensors`, those that are there, are dense runs whose vectors begin at the
/// same elements. Tensor `reference` is there.
template <int Tensors>
bool is_dense(const operands<Tensors>& o, int tensors, std::int64_t element_bytes,
              int reference = 0) {
  for (int t = 0; t < tensors; ++t) {
    if (o.data[t] == nullptr) continue;
    if (misalignment(o.data[t]) != misalignment(o.data[reference])) return false;
    std::int64_t run = element_bytes;
    for (int d = 0; d < o.rank; run *= o.size[d++]) {
      if (o.size[d] != 1 && o.stride[t][d] != run) return false;
    }
  }
  return true;
}

/// The first tensors alone.
template <int Count, int Tensors> operands<Count> first_of(const operands<Tensors>& all) {
  operands<Count> o;
  o.rank = all.rank;
  std::copy_n(all.size, all.rank, o.size);
  for (int t = 0; t < Count; ++t) {
    o.data[t] = all.data[t];
    std::copy_n(all.stride[t], all.rank, o.stride[t]);
  }
  return o;
}

/// As many elements as a launch has at most, so that its threads count in 32 bits.
constexpr std::int64_t most_elements = std::int64_t{1} << 30;

/// Calls launch(part) for parts of the tensors with at most `most` elements each, until one
/// fails, and not at all without elements. They are cut along the last dimension that can be, so
/// that the parts of dense tensors are dense.
template <int Tensors, class Launch>
auto in_parts(const operands<Tensors>& o, const Launch& launch, std::int64_t most = most_elements)
    -> decltype(launch(o)) {
  const std::int64_t count = element_count(o);
  if (count == 0) return {};
  if (count <= most) return launch(o);
  int last = o.rank - 1;
  while (o.size[last] == 1) --last;
  operands<Tensors> part = o;
  part.size[last] = o.size[last] / 2;
  if (const auto error = in_parts(part, launch, most); error != decltype(error){}) return error;
  for (int t = 0; t < Tensors; ++t) {
    if (o.data[t] == nullptr) continue;
    part.data[t] = static_cast<char*>(o.data[t]) + part.size[last] * o.stride[t][last];
  }
  part.size[last] = o.size[last] - part.size[last];
  return in_parts(part, launch, most);
}

/// A whole vector or a single element.
template <class Index> struct share {
  Index first;
  bool whole;
};

/// Adjacent elements: `head` of them before a multiple of 16 bytes, then vectors, then fewer than a
/// vector.
template <int Width, class Index> struct dense_run {
  Index size, vectors;
  int head;

  NONLIN_INLINE Index shares() const { return size - vectors * (Width - 1); }

  NONLIN_INLINE share<Index> operator[](Index i) const {
    if (i < vectors) return {head + i * Width, true};
    const Index single = i - vectors;
    return {single < head ? single : single + vectors * Width, false};
  }
};

template <int Width, class Index> dense_run<Width, Index> cut(const void* data, std::int64_t size) {
  const int head = (vector_bytes - misalignment(data)) % vector_bytes / (vector_bytes / Width);
  const auto all = static_cast<Index>(size);
  return {all, (all - head) / Width, head};  // a run that ends before the boundary has 0 vectors
}
