#pragma once
#include "../family/parametric.h"

/// The tensors of a parametric job, walked in lines: ranges of its flattened first dimensions. A
/// tensor whose elements lie side by side there is used in place; another one passes through a
/// buffer, block by block.

/// Continues the first `period` elements to `count`.
template <class T> static void repeat(T* first, std::int64_t period, std::int64_t count) {
  for (std::int64_t n; period < count; period += n) {
    n = period < count - period ? period : count - period;
    std::memcpy(first + period, first, n * sizeof(T));
  }
}

/// How a tensor lies in memory: dimensions of size 1 are left out, neighbours joined.
struct layout {
  int rank = 0;
  std::int64_t size[max_rank], stride[max_rank];

  void append(std::int64_t n, std::int64_t step) {
    if (n == 1) return;
    if (rank > 0 && step == size[rank - 1] * stride[rank - 1]) {
      size[rank - 1] *= n;
    } else {
      size[rank] = n;
      stride[rank++] = step;
    }
  }
  /// Whether all elements are `step` bytes apart.
  bool has(std::int64_t step) const { return rank == 0 || (rank == 1 && stride[0] == step); }
};

/// `count` elements from the flattened index `begin` on, to `dense` or from there.
template <bool Gather, class T>
[[gnu::noinline]] static void copy(T* dense, char* strided, const layout& x, std::int64_t begin,
                                   std::int64_t count) {
  std::int64_t index[max_rank];
  for (int d = 0; d < x.rank; ++d) {
    const std::int64_t rest = d + 1 < x.rank ? begin / x.size[d] : 0;
    index[d] = begin - rest * x.size[d];
    strided += index[d] * x.stride[d];
    begin = rest;
  }
  while (true) {
    const std::int64_t left = x.size[0] - index[0], n = left < count ? left : count;
    if (x.stride[0] == sizeof(T)) {
      Gather ? std::memcpy(dense, strided, n * sizeof(T))
             : std::memcpy(strided, dense, n * sizeof(T));
    } else {
      char* p = strided;
      for (std::int64_t k = 0; k < n; ++k, p += x.stride[0]) {
        Gather ? std::memcpy(dense + k, p, sizeof(T)) : std::memcpy(p, dense + k, sizeof(T));
      }
    }
    if ((count -= n) == 0) break;
    dense += n;
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

/// Where the elements of a line, or of a block of it, lie side by side; null for absent tensors.
template <class T> struct operands { T* at[parametric::slots]; };

template <class T> class lines {
 public:
  /// Of the job's tensors those in `used`, bits of slots; lines along its first `depth` dimensions.
  [[gnu::noinline]] lines(const parametric::job& job, unsigned used, int depth) : job_(job) {
    for (int s = 0; s < parametric::slots; ++s) {
      if (!(used >> s & 1) || !job.data[s]) continue;
      base_[s] = place_[s] = static_cast<char*>(job.data[s]);
      step_[s] = advance_[s] = job.stride[s][job.channel];
      strided& x = strided_[count_];
      x.memory = {};
      for (int d = 0; d < depth; ++d) x.memory.append(job.size[d], job.stride[s][d]);
      if (x.memory.has(sizeof(T))) {
        unit_[s] = sizeof(T);
      } else {
        x.slot = s;
        x.filled = nullptr;
        place_[s] = reinterpret_cast<char*>(x.buffer);
        advance_[s] = 0;
        block_ = block;
        ++count_;
      }
    }
  }

  /// Whether no output passes through a buffer.
  bool writes_directly() const {
    for (int i = 0; i < count_; ++i) {
      if (is_output(strided_[i].slot)) return false;
    }
    return true;
  }

  /// To a place in the flattened dimensions from `first` on.
  [[gnu::noinline]] void move_to(std::int64_t place, int first) {
    std::int64_t offset[parametric::slots] = {};
    for (int d = first; d < job_.rank; ++d) {
      const std::int64_t rest = d + 1 < job_.rank ? place / job_.size[d] : 0;
      for (int s = 0; s < parametric::slots; ++s) {
        offset[s] += (place - rest * job_.size[d]) * job_.stride[s][d];
      }
      place = rest;
    }
    for (int s = 0; s < parametric::slots; ++s) {
      if (!base_[s]) continue;
      base_[s] = static_cast<char*>(job_.data[s]) + offset[s];
      if (unit_[s]) place_[s] = base_[s];
    }
  }

  /// Calls compute(operands, at, count) for the blocks of a line, `at` counted from its begin. All
  /// blocks but the last consist of whole vectors.
  template <unsigned Used, class Compute>
  NONLIN_INLINE void walk(std::int64_t channel, std::int64_t begin, std::int64_t count,
                          Compute compute) {
    for (std::int64_t at = 0, n; at < count; at += n) {
      n = block_ < count - at ? block_ : count - at;
      operands<T> p{};
      NONLIN_UNROLL
      for (int s = 0; s < parametric::slots; ++s) {
        if (!(Used >> s & 1)) continue;
        p.at[s] = reinterpret_cast<T*>(place_[s] + channel * advance_[s] + (begin + at) * unit_[s]);
      }
      for (int i = 0; i < count_; ++i) gather(strided_[i], channel, begin + at, n);
      compute(p, at, n);
      for (int i = 0; i < count_; ++i) scatter(strided_[i], channel, begin + at, n);
    }
  }

 private:
  static constexpr int block = 256;
  struct strided {
    int slot;
    layout memory;
    const char* filled;  // where the one element lies that the whole buffer holds
    alignas(64) T buffer[block];
  };

  [[gnu::noinline]] void gather(strided& x, std::int64_t channel, std::int64_t begin,
                                std::int64_t count) {
    char* const start = base_[x.slot] + channel * step_[x.slot];
    if (!x.memory.has(0)) {
      if (!is_output(x.slot)) copy<true>(x.buffer, start, x.memory, begin, count);
    } else if (x.filled != start) {
      std::memcpy(x.buffer, start, sizeof(T));
      repeat(x.buffer, 1, block);
      x.filled = start;
    }
  }
  [[gnu::noinline]] void scatter(strided& x, std::int64_t channel, std::int64_t begin,
                                 std::int64_t count) {
    if (!is_output(x.slot)) return;
    copy<false>(x.buffer, base_[x.slot] + channel * step_[x.slot], x.memory, begin, count);
  }
  static bool is_output(int slot) {
    return slot == parametric::result || slot == parametric::grad_grad_output;
  }

  const parametric::job& job_;
  /// A line's first element is at base + channel·step. It is computed at place + channel·advance,
  /// the same address, or in a buffer, where advance and unit are 0.
  char *base_[parametric::slots] = {}, *place_[parametric::slots] = {};
  std::int64_t step_[parametric::slots] = {}, advance_[parametric::slots] = {},
               unit_[parametric::slots] = {};
  std::int64_t block_ = INT64_MAX;
  int count_ = 0;
  strided strided_[parametric::slots];
};
