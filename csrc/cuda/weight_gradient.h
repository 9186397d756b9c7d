#pragma once
#include "parametric.h"

/// The weight gradient, in the same pass as the results. A block adds the terms of a slice of the
/// elements to one double for each of its channels, and a second kernel adds the slices. Terms are
/// products in the lane's precision, of which as many as a vector has are added there; everything
/// else is added in double. The order of all additions follows from the tensors' layout alone.

/// Where sums go: straight to the result if there is but one slice.
struct weight_gradient {
  std::int64_t channels, slices;
  double* partial;  // a sum of each channel for each slice
  void* result;

  template <class T>
  NONLIN_INLINE void deliver(std::int64_t slice, std::int64_t channel, double sum) const {
    if (slices > 1) {
      partial[slice * channels + channel] = sum;
    } else {
      lane_for<T>(sum).store(static_cast<T*>(result) + channel);
    }
  }
};

/// Every thread has `Width` sums, sum `k` of thread `t` at k·threads + t. Adds the lower half of
/// `count` rows of threads to the upper half, which `kept` rows are.
template <int Width> NONLIN_INLINE void fold(double* sum, int across, int count, int thread) {
  const int kept = count - count / 2;
  if (thread / across + kept >= count) return;
  for (int k = 0; k < Width; ++k) {
    sum[k * threads + thread] += sum[k * threads + thread + kept * across];
  }
}

/// Many elements of a channel follow each other: a block has one channel, and of its rows a slice.
struct planes {
  parametric_rows<std::int64_t> rows;  // of a channel
  std::int64_t step[parametric_tensors], slice_items;
  divisor channels;
  weight_gradient target;

  struct position {
    std::int64_t slice, channel;
  };
  NONLIN_INLINE position of(std::int64_t block) const {
    const auto b = static_cast<std::uint64_t>(block), slice = channels.quotient(b);
    return {static_cast<std::int64_t>(slice),
            static_cast<std::int64_t>(b - slice * channels.value)};
  }
};
template <class Pass, class T, class F>
NONLIN_INLINE double plane_sum(const F& f, const planes& p, std::int64_t block, int thread) {
  constexpr int width = vector_bytes / sizeof(T), in_flight = batches<Pass>;
  const auto [slice, channel] = p.of(block);
  parametric_offsets origin;
  each<parametric_tensors>([&](int t) { origin[t] = channel * p.step[t]; });
  batch<Pass, T, width> blank;
  blank.load_weight(p.rows.at, 0, origin[weight], origin[grad_grad_weight]);
  blank.broadcast_weight();
  const std::int64_t begin = slice * p.slice_items, limit = begin + p.slice_items;
  const std::int64_t end = limit < p.rows.items ? limit : p.rows.items;
  double sum = 0;
  for (std::int64_t i = begin + thread; i < end; i += in_flight * threads) {
    batch<Pass, T, width> b[in_flight];
    parametric_rows<std::int64_t>::piece mine[in_flight];
    each<in_flight>([&](int n) {
      b[n] = blank;
      mine[n].there = 0;
      if (i + n * threads >= end) return;
      mine[n] = p.rows.item<T, width, parametric::self, moving<Pass>>(origin, i + n * threads);
      if (mine[n].there != 0) b[n].load(p.rows, mine[n]);
    });
    each<in_flight>([&](int n) {
      if (mine[n].there == 0) return;
      b[n].compute(f, p.rows.at);
      b[n].store(p.rows, mine[n]);
      sum += b[n].total(mine[n].there);
    });
  }
  return sum;
}

template <class T>
NONLIN_INLINE void deliver_plane(const planes& p, const double* sum, std::int64_t block) {
  const auto [slice, channel] = p.of(block);
  p.target.deliver<T>(slice, channel, sum[0]);
}

/// Few elements of a channel follow each other, or one: a thread has as many adjacent positions as
/// a vector of the period after which the channels begin anew, and walks down its rows. The period
/// is one run in every tensor.
struct columns {
  parametric_data data;
  parametric_rows<std::int64_t> rows;  // whole periods
  std::int64_t count, slice_rows;
  int tile;          // positions of a block, whole channels
  int across, down;  // threads
  divisor inner, tiles;
  weight_gradient target;

  struct position {
    std::int64_t slice, tile;
  };
  NONLIN_INLINE position of(std::int64_t block) const {
    const auto b = static_cast<std::uint64_t>(block), slice = tiles.quotient(b);
    return {static_cast<std::int64_t>(slice), static_cast<std::int64_t>(b - slice * tiles.value)};
  }
};
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void column_sums(const F& f, const columns& c, std::int64_t block, int thread,
                               double (&sum)[Width]) {
  const int x = thread % c.across, y = thread / c.across;
  const auto [slice, tile] = c.of(block);
  const std::int64_t position = tile * c.tile + x * Width, left = c.rows.length - position;
  each<Width>([&](int k) { sum[k] = 0; });
  if (y >= c.down || left <= 0) return;
  parametric_rows<std::int64_t>::piece origin{{}, all_of<Width>};
  if (left < Width) origin.there >>= Width - static_cast<int>(left);
  each<parametric::slots>([&](int s) { origin.at[s] = position * c.rows.stride[s]; });
  batch<Pass, T, Width> blank;
  each<Width>([&](int k) {
    if (!(origin.there >> k & 1)) return;
    blank.load_weight(c.data, k, c.inner.quotient(static_cast<std::uint64_t>(position + k)));
  });
  const std::int64_t begin = slice * c.slice_rows, left_rows = c.count - begin;
  // A slice of 2³¹ rows would fill no memory that exists.
  const int end = static_cast<int>(left_rows < c.slice_rows ? left_rows : c.slice_rows);
  // Eight sums, and two conversions of an element of half, leave room for one, and for one text.
  constexpr int in_flight = std::is_same_v<T, half> ? 1 : batches<Pass>;
  for (int row = y; row < end; row += in_flight * c.down) {
    batch<Pass, T, Width> b[in_flight];
    parametric_rows<std::int64_t>::piece mine[in_flight];
    each<in_flight>([&](int n) {
      b[n] = blank;
      mine[n] = origin;
      const int nth = row + n * c.down;
      if (nth >= end) return;
      const auto& dims = c.rows.dims;
      dims.template advance<moving<Pass>>(mine[n].at, static_cast<std::uint64_t>(begin + nth));
      b[n].load(c.rows, mine[n]);
    });
    each<in_flight>([&](int n) {
      if (row + n * c.down >= end) return;
      b[n].template compute<(sizeof(T) > 2)>(f, c.rows.at);
      b[n].store(c.rows, mine[n]);
    });
    const bool last = row + (in_flight - 1) * c.down < end;
    each<Width>([&](int k) {
      const bool two = in_flight == 2 && last;
      sum[k] += two ? b[0].term[k] + b[in_flight - 1].term[k] : b[0].term[k];
    });
  }
}
/// After the fold: channel by channel of the block.
template <class T, int Width>
NONLIN_INLINE void deliver_columns(const columns& c, const double* sum, std::int64_t block,
                                   int thread) {
  const auto inner = static_cast<int>(c.inner.value);
  const auto [slice, nth] = c.of(block);
  const std::int64_t first = nth * (c.tile / inner);
  for (int k = thread; k < c.tile / inner && first + k < c.target.channels; k += threads) {
    double total = 0;
    for (int at = k * inner; at < (k + 1) * inner; ++at) {
      total += sum[at % Width * threads + at / Width];
    }
    c.target.deliver<T>(slice, first + k, total);
  }
}

/// The second stage: a thread adds every `down`-th slice of a channel, before the fold.
struct slice_sums {
  std::int64_t channels;
  int slices, across, down;  // `across` channels and `down` slices at a time are a block's threads
  const double* sums;
  void* result;
};
NONLIN_INLINE double slice_sum(const slice_sums& s, std::int64_t block, int thread) {
  const std::int64_t channel = block * s.across + thread % s.across;
  if (thread / s.across >= s.down || channel >= s.channels) return 0;
  double sum = 0;
  for (int n = thread / s.across; n < s.slices; n += s.down) {
    sum += s.sums[n * s.channels + channel];
  }
  return sum;
}
template <class T>
NONLIN_INLINE void deliver_slices(const slice_sums& s, const double* sum, std::int64_t block,
                                  int thread) {
  const std::int64_t channel = block * s.across + thread;
  if (thread >= s.across || channel >= s.channels) return;
  lane_for<T>(sum[thread]).store(static_cast<T*>(s.result) + channel);
}
