#pragma once
#include "../descriptor.h"
#include "../jet.h"

/// Which elements a thread computes, and where they lie in memory.

constexpr int vector_bytes = 16;
constexpr int threads = 256;  // of a block

/// What one thread computes of a dense run: a whole vector or a single element.
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

template <int Width> NONLIN_INLINE dense_run<Width> cut(const void* data, std::int64_t size) {
  const auto past = static_cast<int>(reinterpret_cast<std::uintptr_t>(data) % vector_bytes);
  const int head = (vector_bytes - past) % vector_bytes / (vector_bytes / Width);
  return {size, (size - head) / Width, head};  // a run that ends before the boundary has 0 vectors
}

/// Whether the tensors are dense runs whose vectors begin at the same elements.
inline bool is_dense(const pointwise::operands& o, int tensors, int element_bytes) {
  if (o.rank != 1) return false;
  const auto address = [&](int t) { return reinterpret_cast<std::uintptr_t>(o.data[t]); };
  for (int t = 0; t < tensors; ++t) {
    if (o.stride[t][0] != element_bytes) return false;
    if ((address(t) - address(0)) % vector_bytes != 0) return false;
  }
  return true;
}

inline std::int64_t element_count(const pointwise::operands& o) {
  std::int64_t size = 1;
  for (int d = 0; d < o.rank; ++d) size *= o.size[d];
  return size;
}

/// Byte offsets of element `i` in every tensor. The last dimension needs no division.
template <int Tensors>
NONLIN_INLINE std::array<std::int64_t, Tensors> offsets(const pointwise::operands& o,
                                                        std::int64_t i) {
  std::array<std::int64_t, Tensors> offset{};
  auto rest = static_cast<std::uint64_t>(i);  // which divides in fewer instructions
  const auto advance = [&](int d, std::uint64_t steps) {
    for (int t = 0; t < Tensors; ++t)
      offset[t] += static_cast<std::int64_t>(steps) * o.stride[t][d];
  };
  const int last = o.rank - 1;
  for (int d = 0; d < last; ++d) {
    const auto size = static_cast<std::uint64_t>(o.size[d]);
    const std::uint64_t quotient = rest / size;
    advance(d, rest - quotient * size);
    rest = quotient;
  }
  if (last >= 0) advance(last, rest);
  return offset;
}
