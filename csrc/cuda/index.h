#pragma once
#include "../jet.h"

/// Which elements of a dense run a thread computes.

constexpr int vector_bytes = 16;
constexpr int threads = 256;  // of a block

/// A whole vector or a single element.
struct share {
  std::int64_t first;
  bool whole;
};

/// Adjacent elements: `head` of them before a multiple of 16 bytes, then vectors, then fewer than a
/// vector.
template <int Width> struct dense_run {
  std::int64_t size, vectors;
  int head;

  NONLIN_INLINE std::int64_t shares() const { return size - vectors * (Width - 1); }

  NONLIN_INLINE share operator[](std::int64_t i) const {
    if (i < vectors) return {head + i * Width, true};
    const std::int64_t single = i - vectors;
    return {single < head ? single : single + vectors * Width, false};
  }
};

NONLIN_INLINE int misalignment(const void* data) {
  return static_cast<int>(reinterpret_cast<std::uintptr_t>(data) % vector_bytes);
}

template <int Width> NONLIN_INLINE dense_run<Width> cut(const void* data, std::int64_t size) {
  const int head = (vector_bytes - misalignment(data)) % vector_bytes / (vector_bytes / Width);
  return {size, (size - head) / Width, head};  // a run that ends before the boundary has 0 vectors
}

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Whether the tensors are dense runs whose vectors begin at the same elements.
inline bool is_dense(const pointwise::operands& o, int tensors, int element_bytes) {
  if (o.rank != 1) return false;
  for (int t = 0; t < tensors; ++t) {
    if (o.stride[t][0] != element_bytes) return false;
    if (misalignment(o.data[t]) != misalignment(o.data[0])) return false;
  }
  return true;
}

inline std::int64_t element_count(const pointwise::operands& o) {
  std::int64_t size = 1;
  for (int d = 0; d < o.rank; ++d) size *= o.size[d];
  return size;
}
