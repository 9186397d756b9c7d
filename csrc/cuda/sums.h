#pragma once
#include "parametric.h"

/// The weight gradient, in the same pass as the results. A block adds the terms of a slice of the
/// elements to one double for each of its channels, and a second kernel adds the slices. Terms are
/// products in the lane's precision, of which as many as a vector has are added there; everything
/// else is added in double. The order of all additions follows from the tensors' layout alone.

/// Batches whose loads a thread issues before it uses them: as many as registers have room for.
template <class Pass> constexpr int batches = 2;
template <bool Sums> constexpr int batches<parametric_double_backward<Sums>> = 1;

/// Where sums go: straight to the result if there is but one slice.
struct sums {
  std::int64_t channels, slices;
  double* partial;
  void* grad_weight;

  template <class T>
  NONLIN_INLINE void deliver(std::int64_t slice, std::int64_t channel, double sum) const {
    if (slices > 1) {
      partial[slice * channels + channel] = sum;
    } else {
      lane_for<T>(sum).store(static_cast<T*>(grad_weight) + channel);
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

/// Many elements of a channel follow each other: a block has one channel. The channel is the last
/// of the dimensions; `items` are the elements of a channel, or the shares of its rows, which have
/// up to `shares` each: dense runs of `length` elements.
struct planes {
  parametric_data data;
  parametric_walk dims;
  std::int64_t items, slice_items, length;
  divisor shares;
  sums target;

  struct item {
    parametric_place place;
    bool there, whole;
  };
  template <class T, int Width>
  NONLIN_INLINE item at(const parametric_place& origin, std::int64_t i, std::int64_t end) const {
    item mine{origin, i < end, false};
    const int channel = dims.rank - 1;
    if (!mine.there) return mine;
    if constexpr (Width == 1) {
      dims.advance(mine.place, 0, channel, i);
    } else {
      const auto row = static_cast<std::int64_t>(shares.quotient(static_cast<std::uint64_t>(i)));
      dims.advance(mine.place, 1, channel, row);
      const auto run = cut<Width>(data.at[parametric::self] + mine.place[parametric::self], length);
      const std::int64_t nth = i - row * static_cast<std::int64_t>(shares.value);
      const share found = run[nth];
      mine.there = nth < run.shares();
      mine.whole = found.whole;
      each<parametric::slots>(
          [&](int s) { mine.place[s] += found.first * std::int64_t{sizeof(T)}; });
    }
    return mine;
  }
};
template <class Pass, class T, int Width, class F>
NONLIN_INLINE double plane_sum(const F& f, const planes& p, std::int64_t block, int thread) {
  const std::int64_t slice = block / p.target.channels, channel = block % p.target.channels;
  parametric_place origin{};
  p.dims.advance(origin, p.dims.rank - 1, p.dims.rank, channel);
  batch<Pass, T, Width> blank;
  blank.load_weight(p.data, 0, origin[weight], origin[grad_grad_weight]);
  blank.spread_weight();
  const std::int64_t begin = slice * p.slice_items, limit = begin + p.slice_items;
  const std::int64_t end = limit < p.items ? limit : p.items;
  constexpr int in_flight = batches<Pass>;
  double sum = 0;
  for (std::int64_t i = begin + thread; i < end; i += in_flight * threads) {
    batch<Pass, T, Width> b[in_flight];
    planes::item mine[in_flight];
    each<in_flight>([&](int n) {
      b[n] = blank;
      mine[n] = p.at<T, Width>(origin, i + n * threads, end);
      if (mine[n].there) b[n].load(p.data, mine[n].place, mine[n].whole);
    });
    each<in_flight>([&](int n) {
      if (!mine[n].there) return;
      b[n].compute(f, p.data);
      b[n].store(p.data, mine[n].place, mine[n].whole);
      sum += b[n].total(mine[n].whole);
    });
  }
  return sum;
}

template <class T>
NONLIN_INLINE void deliver_plane(const planes& p, const double* sum, std::int64_t block) {
  const std::int64_t slice = block / p.target.channels;
  p.target.deliver<T>(slice, block - slice * p.target.channels, sum[0]);
}

/// Few elements of a channel follow each other, or one: a thread has `Width` adjacent positions of
/// the period after which the channels begin anew, and walks down its rows. Of the dimensions,
/// those before `outer` make the period.
struct columns {
  parametric_data data;
  parametric_walk dims;
  int outer;
  std::int64_t period, rows, slice_rows, tiles;
  int tile;          // positions of a block, whole channels
  int across, down;  // threads
  divisor inner;
  sums target;
};
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void column_sums(const F& f, const columns& c, std::int64_t block, int thread,
                               double (&sum)[Width]) {
  const int x = thread % c.across, y = thread / c.across;
  const std::int64_t slice = block / c.tiles;
  const std::int64_t position = (block - slice * c.tiles) * c.tile + x * Width;
  each<Width>([&](int k) { sum[k] = 0; });
  if (y >= c.down || position >= c.period) return;
  parametric_place origin{};
  c.dims.advance(origin, 0, c.outer, position);
  batch<Pass, T, Width> blank;
  each<Width>([&](int k) {
    blank.load_weight(c.data, k, c.inner.quotient(static_cast<std::uint64_t>(position + k)));
  });
  const std::int64_t begin = slice * c.slice_rows, limit = begin + c.slice_rows;
  const std::int64_t end = limit < c.rows ? limit : c.rows;
  const std::int64_t step = c.down;
  // Eight sums, and the conversions of half, leave room for one.
  constexpr int in_flight = std::is_same_v<T, half> ? 1 : batches<Pass>;
  for (std::int64_t row = begin + y; row < end; row += in_flight * step) {
    batch<Pass, T, Width> b[in_flight];
    parametric_place place[in_flight];
    each<in_flight>([&](int n) {
      b[n] = blank;
      place[n] = origin;
      if (row + n * step >= end) return;
      c.dims.advance(place[n], c.outer, c.dims.rank, row + n * step);
      b[n].load(c.data, place[n], true);
    });
    each<in_flight>([&](int n) {
      if (row + n * step >= end) return;
      b[n].compute(f, c.data);
      b[n].store(c.data, place[n], true);
    });
    const bool last = row + (in_flight - 1) * step < end;
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
  const std::int64_t slice = block / c.tiles, first = (block - slice * c.tiles) * (c.tile / inner);
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
  sums target;
  int across, down;  // threads
};
NONLIN_INLINE double slice_sum(const slice_sums& s, std::int64_t block, int thread) {
  const int across = s.across, down = s.down;
  const std::int64_t channel = block * across + thread % across;
  if (thread / across >= down || channel >= s.target.channels) return 0;
  double sum = 0;
  for (std::int64_t n = thread / across; n < s.target.slices; n += down) {
    sum += s.target.partial[n * s.target.channels + channel];
  }
  return sum;
}
template <class T>
NONLIN_INLINE void deliver_slices(const slice_sums& s, const double* sum, std::int64_t block,
                                  int thread) {
  const std::int64_t channel = block * s.across + thread;
  if (thread >= s.across || channel >= s.target.channels) return;
  lane_for<T>(sum[thread]).store(static_cast<T*>(s.target.grad_weight) + channel);
}
