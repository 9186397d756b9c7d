#include "tile.h"

#include "scratch.h"

namespace nonlin {
namespace {

constexpr unsigned outputs = 1u << parametric::result | 1u << parametric::grad_grad_output;

/// Where channels are long, their weight stays in a register, and so do their sums; where they are
/// short, a buffer repeats the weights as memory does, and another one holds sums for each of its
/// entries. The order of a sum depends on the shape, the strides and the tile.
class walk {
 public:
  walk(const parametric::job& job, const parametric::tile& tile, unsigned used,
       const tile_kernels& kernels, int depth)
      : job_(job),
        tile_(tile),
        kernels_(kernels),
        all_(parametric::slots, job.data, job.stride, job.size, depth, used, outputs,
             kernels.element_size) {}

  void by_channel();
  void by_column(std::int64_t inner, bool whole);

 private:
  using offsets = std::array<std::int64_t, parametric::slots>;

  /// Of a place in the flattened dimensions from `first` on, in bytes.
  offsets offset(std::int64_t place, int first) const {
    offsets all{};
    add_offsets(all.data(), parametric::slots, place, first, job_.rank, job_.size, job_.stride);
    return all;
  }
  void move_to(const offsets& line, std::int64_t channel = 0) {
    for (int s = 0; s < parametric::slots; ++s) {
      all_.move_to(s, line[s] + channel * channel_stride(s));
    }
  }
  std::int64_t channel_stride(int slot) const { return job_.stride[slot][job_.channel]; }

  /// Whether results, of which `row` lie side by side, go past the caches: not in place, where
  /// their lines are there already.
  bool past_caches(std::int64_t row) const {
    if (!kernels_.may_stream || row < streamed_row || !all_.writes_directly()) return false;
    std::int64_t bytes = 0;
    for (const void* tensor : job_.data) bytes += tensor ? kernels_.element_size : 0;
    for (int d = 0; d < job_.rank; ++d) bytes *= job_.size[d];
    return bytes >= streamed_bytes && job_.data[parametric::result] != job_.data[parametric::self];
  }

  /// Calls compute(block, at) for the blocks of `count` elements of a line. All but the last
  /// consist of whole steps.
  template <class Compute>
  void blocks(std::int64_t begin, std::int64_t count, bool nontemporal, const Compute& compute) {
    tile_block block;
    block.nontemporal = nontemporal;
    for (std::int64_t at = 0; at < count; at += block.count) {
      block.count = all_.block(count - at);
      all_.load(block.at, begin + at, block.count);
      compute(block, at);
      all_.store(begin + at, block.count);
    }
  }

  const parametric::job& job_;
  const parametric::tile& tile_;
  const tile_kernels& kernels_;
  strided_buffers<parametric::slots> all_;
};

const char* entry(const void* first, std::int64_t stride, std::int64_t i) {
  return first ? static_cast<const char*>(first) + i * stride : nullptr;
}

void fence(bool nontemporal) {
#if defined(__x86_64__)
  if (nontemporal) _mm_sfence();
#else
  (void)nontemporal;
#endif
}

/// A line for each channel and each entry of the outer dimensions. Without buffers a kernel takes
/// all channels of an entry in one call.
void walk::by_channel() {
  const std::int64_t begin = tile_.inner[0], length = tile_.inner[1] - begin;
  const bool nontemporal = past_caches(length);
  alignas(64) double sums[tile_sums];
  const std::int64_t channels = tile_.channel[1] - tile_.channel[0],
                     v_stride = job_.grad_grad_weight ? job_.grad_grad_weight_stride : 0;
  tile_lines all{{}, 1, {}, nullptr, nullptr, job_.weight_stride, v_stride};
  for (std::int64_t o = tile_.outer[0]; o < tile_.outer[1]; ++o) {
    const offsets row = offset(o, job_.channel + 1);
    for (std::int64_t c = 0; c < channels; c += all.lines) {
      const std::int64_t channel = tile_.channel[0] + c;
      all.w = entry(job_.weight, job_.weight_stride, channel);
      all.v = entry(job_.grad_grad_weight, job_.grad_grad_weight_stride, channel);
      double* const totals = tile_.sums ? tile_.sums + c : nullptr;
      move_to(row, channel);
      if (all_.in_place()) all.lines = channels;
      blocks(begin, length, nontemporal, [&](const tile_block& block, std::int64_t at) {
        all.first = block;
        for (int s = 0; s < parametric::slots; ++s) {
          all.stride[s] = block.at[s] ? channel_stride(s) : 0;
        }
        kernels_.fixed(all, totals, sums, {at == 0, at + block.count == length});
      });
    }
  }
  fence(nontemporal);
}

/// Sets `to` to the weights of `count` columns of the flattened inner dimensions and the channel.
template <class Word>
void expand(Word* to, const void* first, std::int64_t stride, std::int64_t inner,
            std::int64_t column, std::int64_t count) {
  std::int64_t channel = column / inner, left = inner - column % inner;
  for (std::int64_t k = 0; k < count; ++channel, left = inner) {
    Word value;
    std::memcpy(&value, entry(first, stride, channel), sizeof value);
    const std::int64_t end = left < count - k ? k + left : count;
    for (; k < end; ++k) to[k] = value;
  }
}
void expand(char* to, const void* first, std::int64_t stride, std::int64_t inner,
            std::int64_t column, std::int64_t count, int element_size) {
  const auto as = [&]<class Word>(Word*) {
    expand(reinterpret_cast<Word*>(to), first, stride, inner, column, count);
  };
  if (element_size == 2) {
    as(static_cast<std::uint16_t*>(nullptr));
  } else if (element_size == 4) {
    as(static_cast<std::uint32_t*>(nullptr));
  } else {
    as(static_cast<std::uint64_t*>(nullptr));
  }
}

/// Adds the sums of `count` columns to those of their channels.
void fold(const double* from, std::int64_t column, std::int64_t count, std::int64_t inner,
          double* to) {
  std::int64_t channel = column / inner, used = column % inner;
  while (count > 0) {
    const std::int64_t left = inner - used, n = left < count ? left : count;
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k) sum += from[k];
    to[channel++] += sum;
    from += n;
    count -= n;
    used = 0;
  }
}

/// Columns whose weights are expanded at once, and their sums.
constexpr std::int64_t width = 4096, repeated = 1024;
struct expanded {
  alignas(64) char weights[8 * (width + max_step)], grad_grad_weights[8 * (width + max_step)];
};

/// A line for each entry of the outer dimensions, over all its channels at once; where those of one
/// entry follow upon those of the last and are few, over several entries.
void walk::by_column(std::int64_t inner, bool whole) {
  const int size = kernels_.element_size, depth = whole ? job_.rank : job_.channel + 1;
  auto& [weights, grad_grad_weights] = *static_cast<expanded*>(scratch(sizeof(expanded)));
  alignas(64) double sums[width + max_step];
  const std::int64_t first = tile_.channel[0] * inner, end = tile_.channel[1] * inner;
  const std::int64_t rows = tile_.outer[1] - tile_.outer[0];
  const bool nontemporal = past_caches(whole ? rows * end : end - first);
  for (std::int64_t column = first, n; column < end; column += n) {
    n = end - column < width ? end - column : width;
    std::int64_t repeats = 1;
    while (whole && repeats < rows && 2 * repeats * n <= repeated) repeats *= 2;
    const std::int64_t length = repeats * n;
    const auto prepare = [&](char* to, const void* from, std::int64_t stride) {
      expand(to, from, stride, inner, column, n, size);
      repeat(to, n, length + max_step, size);
    };
    prepare(weights, job_.weight, job_.weight_stride);
    const bool has_v = job_.grad_grad_weight;
    if (has_v) prepare(grad_grad_weights, job_.grad_grad_weight, job_.grad_grad_weight_stride);
    if (tile_.sums) std::memset(sums, 0, (length + max_step) * sizeof(double));
    for (std::int64_t row = 0; row < rows; row += repeats) {
      const std::int64_t count = rows - row < repeats ? rows - row : repeats;
      move_to(offset(whole ? 0 : tile_.outer[0] + row, depth));
      blocks(whole ? (tile_.outer[0] + row) * n : column, count * n, nontemporal,
             [&](const tile_block& block, std::int64_t at) {
               kernels_.varying(block, weights + at * size,
                                has_v ? grad_grad_weights + at * size : nullptr,
                                tile_.sums ? sums + at : nullptr);
             });
    }
    if (tile_.sums) {
      for (; repeats > 1; repeats /= 2) {
        const std::int64_t middle = repeats / 2 * n;
        for (std::int64_t k = 0; k < middle; ++k) sums[k] += sums[middle + k];
      }
      fold(sums, column - first, n, inner, tile_.sums);
    }
  }
  fence(nontemporal);
}

}  // namespace

void run_tile(const parametric::job& job, const parametric::tile& tile, unsigned used,
              const tile_kernels& kernels) {
  std::int64_t inner = 1;
  for (int d = 0; d < job.channel; ++d) inner *= job.size[d];
  const std::int64_t channels = tile.channel[1] - tile.channel[0],
                     rows = tile.outer[1] - tile.outer[0];
  if (tile.sums) std::memset(tile.sums, 0, channels * sizeof(double));
  if (inner < 8 * (rows < 4 ? rows : 4) && tile.inner[1] - tile.inner[0] == inner) {
    const bool whole = channels == job.size[job.channel] && tile.channel[1] * inner <= width;
    walk(job, tile, used, kernels, whole ? job.rank : job.channel + 1).by_column(inner, whole);
  } else {
    walk(job, tile, used, kernels, job.channel).by_channel();
  }
}

}  // namespace nonlin
