#pragma once
#include "weight_gradient.h"
#include "weighted_run.h"

/// How the work of a job is divided. How many slices there are depends on its shape alone, neither
/// on the device nor on where the tensors lie.

struct job_shape {
  std::int64_t inner = 1, channels, outer = 1;
  template <int Tensors>
  job_shape(const operands<Tensors>& o, int channel) : channels(o.size[channel]) {
    for (int d = 0; d < channel; ++d) inner *= o.size[d];
    for (int d = channel + 1; d < o.rank; ++d) outer *= o.size[d];
  }
  explicit job_shape(const parametric::job& job) : job_shape(job, job.channel) {}
  std::int64_t period() const { return inner * channels; }
  std::int64_t size() const { return period() * outer; }
};

/// Whether a weighted_run finds the weights with 32 bits.
inline bool few_weights(const parametric_operands& o, int channel) {
  const auto narrow = [](std::int64_t a) { return a == static_cast<std::int32_t>(a); };
  return narrow(2 * o.size[channel]) && narrow(o.stride[weight][channel]) &&
         narrow(o.stride[grad_grad_weight][channel]);
}

/// Up to how many adjacent elements of a channel columns are the better arrangement.
constexpr std::int64_t most_inner = 16;
/// Blocks that keep any device busy; elements of a block, and rows of a slice, that are worth it.
constexpr std::int64_t enough_blocks = 4096, block_elements = 8192, slice_rows = 128;

inline bool in_columns(const job_shape& shape) {
  return shape.size() > 0 && shape.inner <= most_inner;
}
/// Positions of a block of columns, 512 bytes if there are as many: whole channels, whole vectors.
template <class T> std::int64_t tile_of(const job_shape& shape) {
  constexpr std::int64_t limit = 512 / sizeof(T), width = vector_bytes / sizeof(T);
  const std::int64_t unit = shape.inner * width;
  return shape.period() <= limit ? shape.period() : limit / unit * unit;
}
template <class T> std::int64_t slices_of(const job_shape& shape) {
  const std::int64_t each_channel = shape.inner * shape.outer;
  std::int64_t enough, worth;
  if (in_columns(shape)) {
    const std::int64_t tile = tile_of<T>(shape);
    enough = ceil_div(enough_blocks, ceil_div(shape.period(), tile));
    worth = std::min(each_channel / slice_rows, shape.outer * tile / block_elements);
  } else {
    enough = ceil_div(enough_blocks, std::max<std::int64_t>(1, shape.channels));
    worth = ceil_div(each_channel, block_elements);
  }
  return std::max<std::int64_t>(1, std::min(enough, worth));
}

template <class T, int Width>
weighted_run<Width> plan_run(const parametric_operands& o, int channel) {
  const job_shape shape(o, channel);
  const auto run = cut<Width, int>(o.data[parametric::self], shape.size());
  const auto in_vectors = [&](int t) {
    return o.data[t] == nullptr ||
           (o.stride[t][channel] == sizeof(T) && misalignment(o.data[t]) == 0);
  };
  weighted_run<Width> w{.data = parametric_data(o, channel),
                        .run = run,
                        .inner = divisor(shape.inner),
                        .channels = divisor(shape.channels),
                        .weights_in_vectors = shape.inner == 1 && shape.channels % Width == 0 &&
                                              run.head == 0 && in_vectors(weight) &&
                                              in_vectors(grad_grad_weight),
                        .step = static_cast<int>(o.stride[weight][channel]),
                        .grad_grad_step = static_cast<int>(o.stride[grad_grad_weight][channel])};
  w.stride = w.of(threads * Width);
  for (std::int64_t k = 0; k < Width; k += shape.inner) w.begins |= 1u << k;
  return w;
}
template <class T> planes plan_planes(const parametric::job& job, const weight_gradient& target) {
  const auto o = with_weights(job);
  planes p{plan_rows<std::int64_t>(o, sizeof(T), parametric::self, job.channel),
           {},
           0,
           divisor(target.channels),
           target};
  for (int t = 0; t < parametric_tensors; ++t) p.step[t] = o.stride[t][job.channel];
  if (element_count(o) == 0) p.rows.items = 0;
  p.slice_items = ceil_div(p.rows.items, target.slices);
  return p;
}
/// The step from position to position of a period in a tensor, if it is the same everywhere.
inline bool period_step(const parametric::job& job, int slot, std::int64_t& step) {
  std::int64_t next = 0;
  bool any = false;
  for (int d = 0; d <= job.channel; ++d) {
    if (job.size[d] == 1) continue;
    if (!any) step = job.stride[slot][d];
    if (any && job.stride[slot][d] != next) return false;
    any = true;
    next = job.stride[slot][d] * job.size[d];
  }
  return true;
}
inline bool in_columns(const parametric::job& job) {
  std::int64_t step = 0;
  bool same = in_columns(job_shape(job));
  for (int s = 0; s < parametric::slots; ++s) {
    same = same && (job.data[s] == nullptr || period_step(job, s, step));
  }
  return same;
}
/// The job with its period as one dimension.
inline parametric_operands by_periods(const parametric::job& job, std::int64_t element_bytes) {
  const auto all = with_weights(job);
  parametric_operands o = all;
  o.rank = 1;
  o.size[0] = job_shape(job).period();
  for (int t = 0; t < parametric_tensors; ++t) {
    o.stride[t][0] = t < parametric::slots ? element_bytes : 0;
    if (t < parametric::slots && o.data[t] != nullptr) period_step(job, t, o.stride[t][0]);
  }
  for (int d = job.channel + 1; d < job.rank; ++d, ++o.rank) {
    o.size[o.rank] = all.size[d];
    for (int t = 0; t < parametric_tensors; ++t) o.stride[t][o.rank] = all.stride[t][d];
  }
  return o;
}
template <class T> columns plan_columns(const parametric::job& job, const weight_gradient& target) {
  constexpr int width = vector_bytes / sizeof(T);
  const job_shape shape(job);
  const std::int64_t tile = tile_of<T>(shape);
  const int across = static_cast<int>(ceil_div(tile, width));
  const auto o = by_periods(job, sizeof(T));
  row_plan<parametric_tensors, std::int64_t> plan{o, 0};
  adjacent lie[parametric_tensors];
  for (adjacent& one : lie) one.stride = sizeof(T);
  plan.choose_access(lie, parametric::self, false);
  plan.divide(width, parametric::self, sizeof(T));
  return {parametric_data(with_weights(job), job.channel),
          plan.r,
          shape.outer,
          ceil_div(shape.outer, target.slices),
          static_cast<int>(tile),
          across,
          threads / across,
          divisor(shape.inner),
          divisor(ceil_div(shape.period(), tile)),
          target};
}
inline slice_sums plan_slices(std::int64_t channels, std::int64_t slices, const double* sums,
                              void* result) {
  const int across = static_cast<int>(std::min<std::int64_t>(channels, 32));
  return {channels, static_cast<int>(slices), across, threads / across, sums, result};
}
