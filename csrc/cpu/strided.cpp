#include "strided.h"

namespace nonlin {
namespace {

/// Elements two apart, as those of an interleaved tensor: copies the first ones of `count` in
/// vectors, and returns how many. What lies between them is read, and nothing behind the last.
template <int Size>
std::int64_t gather_pairs([[maybe_unused]] char* dense, [[maybe_unused]] const char* strided,
                          [[maybe_unused]] std::int64_t count) {
  std::int64_t k = 0;
#if __has_builtin(__builtin_shufflevector)
  using element = std::conditional_t<Size == 2, std::int16_t,
                                     std::conditional_t<Size == 4, std::int32_t, std::int64_t>>;
  constexpr int width = 16 / Size;
  typedef element vector __attribute__((vector_size(16)));
  for (; k + width < count; k += width, strided += 32) {
    vector low, high, even;
    std::memcpy(&low, strided, 16);
    std::memcpy(&high, strided + 16, 16);
    if constexpr (Size == 2) {
      even = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
    } else if constexpr (Size == 4) {
      even = __builtin_shufflevector(low, high, 0, 2, 4, 6);
    } else {
      even = __builtin_shufflevector(low, high, 0, 2);
    }
    std::memcpy(dense + k * Size, &even, 16);
  }
#endif
  return k;
}

/// Both directions, for elements of one size.
template <bool Gather, int Size>
void copy(char* dense, char* strided, const layout& x, std::int64_t begin, std::int64_t count) {
  const auto move = [](char* in_block, char* in_tensor, std::size_t bytes) {
    Gather ? std::memcpy(in_block, in_tensor, bytes) : std::memcpy(in_tensor, in_block, bytes);
  };
  if (x.rank == 0) return move(dense, strided, Size);
  std::int64_t index[max_rank];
  for (int d = 0; d < x.rank; ++d) {
    const std::int64_t rest = d + 1 < x.rank ? begin / x.size[d] : 0;
    index[d] = begin - rest * x.size[d];
    strided += index[d] * x.stride[d];
    begin = rest;
  }
  while (true) {
    const std::int64_t left = x.size[0] - index[0], n = left < count ? left : count;
    if (x.stride[0] == Size) {
      move(dense, strided, n * Size);
    } else {
      std::int64_t k = 0;
      if constexpr (Gather && Size > 1) {
        if (x.stride[0] == 2 * Size) k = gather_pairs<Size>(dense, strided, n);
      }
      char* p = strided + k * x.stride[0];
      for (; k < n; ++k, p += x.stride[0]) move(dense + k * Size, p, Size);
    }
    if ((count -= n) == 0) break;
    dense += n * Size;
    strided -= index[0] * x.stride[0];
    index[0] = 0;
    for (int d = 1; d < x.rank; ++d) {
      strided += x.stride[d];
      if (++index[d] < x.size[d]) break;
      strided -= x.size[d] * x.stride[d];
      index[d] = 0;
    }
  }
}

template <bool Gather>
void copy(char* dense, char* strided, const layout& x, std::int64_t begin, std::int64_t count,
          int element_size) {
  if (count == 0) return;
  switch (element_size) {
    case 1:
      return copy<Gather, 1>(dense, strided, x, begin, count);
    case 2:
      return copy<Gather, 2>(dense, strided, x, begin, count);
    case 4:
      return copy<Gather, 4>(dense, strided, x, begin, count);
    default:
      return copy<Gather, 8>(dense, strided, x, begin, count);
  }
}

}  // namespace

void layout::set(const std::int64_t* sizes, const std::int64_t* strides, int depth) {
  rank = 0;
  for (int d = 0; d < depth; ++d) {
    if (sizes[d] == 1) continue;
    if (rank > 0 && strides[d] == size[rank - 1] * stride[rank - 1]) {
      size[rank - 1] *= sizes[d];
    } else {
      size[rank] = sizes[d];
      stride[rank++] = strides[d];
    }
  }
}

bool layout::has(std::int64_t step) const { return rank == 0 || (rank == 1 && stride[0] == step); }

void add_offsets(std::int64_t* offset, int tensors, std::int64_t place, int first, int rank,
                 const std::int64_t* size, const std::int64_t (*stride)[max_rank]) {
  for (int d = first; d < rank; ++d) {
    const std::int64_t rest = d + 1 < rank ? place / size[d] : 0, i = place - rest * size[d];
    for (int t = 0; t < tensors; ++t) offset[t] += i * stride[t][d];
    place = rest;
  }
}

void gather(void* dense, const void* strided, const layout& x, std::int64_t begin,
            std::int64_t count, int element_size) {
  copy<true>(static_cast<char*>(dense), static_cast<char*>(const_cast<void*>(strided)), x, begin,
             count, element_size);
}

void scatter(const void* dense, void* strided, const layout& x, std::int64_t begin,
             std::int64_t count, int element_size) {
  copy<false>(static_cast<char*>(const_cast<void*>(dense)), static_cast<char*>(strided), x, begin,
              count, element_size);
}

void repeat(void* first, std::int64_t period, std::int64_t count, int element_size) {
  char* const to = static_cast<char*>(first);
  for (std::int64_t n; period < count; period += n) {
    n = period < count - period ? period : count - period;
    std::memcpy(to + period * element_size, to, n * element_size);
  }
}

template <int Most>
strided_buffers<Most>::strided_buffers(int tensors, void* const* data,
                                       const std::int64_t (*stride)[max_rank],
                                       const std::int64_t* size, int depth, unsigned used,
                                       unsigned written, int element_size)
    : data_(data), tensors_(tensors), element_size_(element_size), written_(written) {
  for (int t = 0; t < tensors; ++t) {
    if (!(used >> t & 1) || !data[t]) continue;
    present_ |= 1u << t;
    layout_[t].set(size, stride[t], depth);
    if (!layout_[t].has(element_size)) buffered_ |= 1u << t;
  }
}

template <int Most>
void strided_buffers<Most>::load(void** at, std::int64_t begin, std::int64_t count) {
  for (int t = 0; t < tensors_; ++t) {
    const unsigned bit = 1u << t;
    if (!(present_ & bit)) {
      at[t] = nullptr;
    } else if (!(buffered_ & bit)) {
      at[t] = start(t) + begin * element_size_;
    } else {
      at[t] = buffer_[t];
      if (written_ & bit) continue;
      if (!layout_[t].has(0)) {
        gather(buffer_[t], start(t), layout_[t], begin, count, element_size_);
      } else if (repeated_[t] != start(t)) {
        repeated_[t] = start(t);
        std::memcpy(buffer_[t], start(t), element_size_);
        repeat(buffer_[t], 1, block_elements, element_size_);
      }
    }
  }
}

template <int Most> void strided_buffers<Most>::store(std::int64_t begin, std::int64_t count) {
  const unsigned all = buffered_ & written_;
  for (int t = 0; t < tensors_ && all >> t; ++t) {
    if (all >> t & 1) scatter(buffer_[t], start(t), layout_[t], begin, count, element_size_);
  }
}

template class strided_buffers<pointwise::operands::max_tensors>;
template class strided_buffers<gated::operands::max_tensors>;

}  // namespace nonlin
