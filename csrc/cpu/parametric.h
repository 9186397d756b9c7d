#pragma once
#include "../simd/half.h"
#include "loop.h"
#include "scratch.h"
#include "weighted.h"

/// The loops over one tile. Where channels are long, their weight stays in a register, and so do
/// their sums; where they are short, a buffer repeats the weights as memory does, and another one
/// holds sums for each of its entries. The order of a sum depends on the shape, the strides and the
/// tile.

template <class T> NONLIN_INLINE T entry(const void* first, std::int64_t stride, std::int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char*>(first) + i * stride, sizeof(T));
  return value;
}

template <class T>
NONLIN_INLINE auto weight(const void* first, std::int64_t stride, std::int64_t i) {
  if constexpr (std::is_same_v<T, double>) {
    return entry<T>(first, stride, i);
  } else {
    return to_float(entry<T>(first, stride, i));
  }
}

/// Whether the job's results, of which `row` lie side by side, go past the caches: not in place,
/// where their lines are there already.
template <class T>
static bool past_caches(const parametric::job& job, const lines<T>& all, std::int64_t row) {
  std::int64_t bytes = 0;
  for (const void* tensor : job.data) bytes += tensor ? sizeof(T) : 0;
  for (int d = 0; d < job.rank; ++d) bytes *= job.size[d];
  return bytes >= streamed_bytes && job.data[parametric::result] != job.data[parametric::self] &&
         all.writes_directly() && row >= streamed_row;
}

/// A line for each channel and each entry of the outer dimensions.
template <class Pass, class V, class F, class T>
static void by_channel(const F& f, const parametric::job& job, const parametric::tile& tile,
                       unsigned used) {
  lines<T> all(job, used, job.channel);
  constexpr bool may_stream = streams<F, V, T>;
  const bool stream = may_stream && past_caches(job, all, tile.inner[1] - tile.inner[0]);
  for (std::int64_t o = tile.outer[0]; o < tile.outer[1]; ++o) {
    all.move_to(o, job.channel + 1);
    for (std::int64_t c = tile.channel[0]; c < tile.channel[1]; ++c) {
      const auto w = weight<T>(job.weight, job.weight_stride, c);
      const bool has_v = job.grad_grad_weight;
      const auto v = has_v ? weight<T>(job.grad_grad_weight, job.grad_grad_weight_stride, c) : 0;
      sums_of<Pass, V> sums;
      all.template walk<Pass::always | Pass::optional>(
          c, tile.inner[0], tile.inner[1] - tile.inner[0],
          [&](const operands<T>& p, std::int64_t, std::int64_t count) {
            stream ? fixed<Pass, V, may_stream>(f, p, count, w, v, has_v, sums)
                   : fixed<Pass, V, false>(f, p, count, w, v, has_v, sums);
          });
      if constexpr (Pass::sums) tile.sums[c - tile.channel[0]] += sums.total();
    }
  }
  finish(stream);
}

/// The weights of `count` columns of the flattened inner dimensions and the channel.
template <class T>
[[gnu::noinline]] static void expand(T* to, const void* first, std::int64_t stride,
                                     std::int64_t inner, std::int64_t column, std::int64_t count) {
  std::int64_t channel = column / inner, left = inner - column % inner;
  for (std::int64_t k = 0; k < count; ++channel, left = inner) {
    const T value = entry<T>(first, stride, channel);
    const std::int64_t end = left < count - k ? k + left : count;
    for (; k < end; ++k) to[k] = value;
  }
}

/// Adds the sums of `count` columns to those of their channels.
NONLIN_INLINE void fold(const double* from, std::int64_t column, std::int64_t count,
                        std::int64_t inner, double* to) {
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

/// The weights of columns.
template <class V, class T> struct expanded {
  static constexpr std::int64_t width = 4096;
  alignas(64) T weights[width + V::size], grad_grad_weights[width + V::size];
};

/// A line for each entry of the outer dimensions, over all its channels at once; where those of one
/// entry follow upon those of the last and are few, over several entries.
template <class Pass, class V, class F, class T>
static void by_column(const F& f, const parametric::job& job, const parametric::tile& tile,
                      unsigned used, std::int64_t inner) {
  constexpr std::int64_t width = expanded<V, T>::width, repeated = 1024;
  auto& [weights, grad_grad_weights] = scratch::get<expanded<V, T>>();
  alignas(64) double sums[width + V::size];  // which compilers see that nothing else overlaps
  const std::int64_t first = tile.channel[0] * inner, end = tile.channel[1] * inner;
  const std::int64_t rows = tile.outer[1] - tile.outer[0];
  const bool whole = tile.channel[1] - tile.channel[0] == job.size[job.channel] && end <= width;
  const int depth = whole ? job.rank : job.channel + 1;
  lines<T> all(job, used, depth);
  constexpr bool may_stream = streams<F, V, T>;
  const bool stream = may_stream && past_caches(job, all, whole ? rows * end : end - first);
  for (std::int64_t column = first, n; column < end; column += n) {
    n = end - column < width ? end - column : width;
    std::int64_t repeats = 1;
    while (whole && repeats < rows && 2 * repeats * n <= repeated) repeats *= 2;
    const std::int64_t length = repeats * n;
    // A part of a vector of elements has a whole one of weights.
    expand(weights, job.weight, job.weight_stride, inner, column, n);
    repeat(weights, n, length + V::size);
    const T* v = nullptr;
    if (job.grad_grad_weight) {
      expand(grad_grad_weights, job.grad_grad_weight, job.grad_grad_weight_stride, inner, column,
             n);
      repeat(grad_grad_weights, n, length + V::size);
      v = grad_grad_weights;
    }
    if constexpr (Pass::sums) std::memset(sums, 0, (length + V::size) * sizeof(double));
    const auto compute = [&](const operands<T>& p, std::int64_t at, std::int64_t count) {
      const T *w = weights + at, *u = v ? v + at : v;
      stream ? varying<Pass, V, may_stream>(f, p, count, w, u, sums + at)
             : varying<Pass, V, false>(f, p, count, w, u, sums + at);
    };
    for (std::int64_t row = 0; row < rows; row += repeats) {
      const std::int64_t count = rows - row < repeats ? rows - row : repeats;
      all.move_to(whole ? 0 : tile.outer[0] + row, depth);
      all.template walk<Pass::always | Pass::optional>(
          0, whole ? (tile.outer[0] + row) * n : column, count * n, compute);
    }
    if constexpr (Pass::sums) {
      for (; repeats > 1; repeats /= 2) {
        const std::int64_t middle = repeats / 2 * n;
        for (std::int64_t k = 0; k < middle; ++k) sums[k] += sums[middle + k];
      }
      fold(sums, column - first, n, inner, tile.sums);
    }
  }
  finish(stream);
}

/// The job's tensors of which `used` has the bit.
template <class Pass, class F, class T, template <int> class Lane>
static void run(const parametric::job& job, const parametric::tile& tile,
                unsigned used = Pass::always | Pass::optional) {
  using V = lane_for<T, Lane>;
  std::int64_t inner = 1;
  for (int d = 0; d < job.channel; ++d) inner *= job.size[d];
  if (tile.sums) {
    std::memset(tile.sums, 0, (tile.channel[1] - tile.channel[0]) * sizeof(double));
  }
  const std::int64_t rows = tile.outer[1] - tile.outer[0];
  if (inner < 8 * (rows < 4 ? rows : 4) && tile.inner[1] - tile.inner[0] == inner) {
    by_column<Pass, V, F, T>(F{}, job, tile, used, inner);
  } else {
    by_channel<Pass, V, F, T>(F{}, job, tile, used);
  }
}

template <class F, class T, template <int> class Lane>
static void value(const parametric::job& job, const parametric::tile& tile) {
  run<parametric_value, F, T, Lane>(job, tile);
}

template <class F, class T, template <int> class Lane>
static void backward(const parametric::job& job, const parametric::tile& tile) {
  if (!tile.sums) {
    run<parametric_backward<true, false>, F, T, Lane>(job, tile);
  } else if (job.data[parametric::result]) {
    run<parametric_backward<true, true>, F, T, Lane>(job, tile);
  } else {
    run<parametric_backward<false, true>, F, T, Lane>(job, tile);
  }
}

template <class F, class T, template <int> class Lane>
static void double_backward(const parametric::job& job, const parametric::tile& tile) {
  using elements = parametric_double_backward<false>;
  const bool zero = !job.data[parametric::grad_grad_self] && !job.grad_grad_weight;
  if (tile.sums && !zero) {
    run<parametric_double_backward<true>, F, T, Lane>(job, tile);
  } else if (job.data[parametric::result] && !zero) {
    run<elements, F, T, Lane>(job, tile);
  } else {
    run<elements, F, T, Lane>(
        job, tile, (elements::always | elements::optional) & ~slot_bits(parametric::grad_output));
  }
}

template <class F, template <int> class Lane>
requires parametric_formula<F, double_lane>
constexpr parametric::cpu_unit unit_of() {
  parametric::cpu_unit unit{};
  unit.casts = autocast_of<F>();
  const auto fill = [&]<class T>(dtype type, T) {
    const int t = static_cast<int>(type);
    unit.at[static_cast<int>(pass::value)][t] = value<F, T, Lane>;
    unit.at[static_cast<int>(pass::backward)][t] = backward<F, T, Lane>;
    unit.at[static_cast<int>(pass::double_backward)][t] = double_backward<F, T, Lane>;
  };
  fill(dtype::float64, double{});
  fill(dtype::float32, float{});
  fill(dtype::float16, half{});
  fill(dtype::bfloat16, bfloat16{});
  return unit;
}
