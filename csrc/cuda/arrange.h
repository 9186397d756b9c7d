#pragma once
#include "dense.h"
#include "sums.h"

/// How the work of a job is divided. How many slices there are depends on its shape alone, neither
/// on the device nor on where the tensors lie.

struct job_shape {
  std::int64_t inner = 1, channels, outer = 1;
  explicit job_shape(const parametric::job& job) : channels(job.size[job.channel]) {
    for (int d = 0; d < job.channel; ++d) inner *= job.size[d];
    for (int d = job.channel + 1; d < job.rank; ++d) outer *= job.size[d];
  }
  std::int64_t period() const { return inner * channels; }
  std::int64_t size() const { return period() * outer; }
};

inline std::int64_t least(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
inline std::int64_t most(std::int64_t a, std::int64_t b) { return a > b ? a : b; }

/// Whether `test(slot)` holds for every tensor that is there.
template <class Test> bool all_tensors(const parametric::job& job, const Test& test) {
  for (int s = 0; s < parametric::slots; ++s) {
    if (job.data[s] != nullptr && !test(s)) return false;
  }
  return true;
}
/// Whether a weighted_run finds the weights with 32 bits.
inline bool few_weights(const parametric::job& job) {
  const auto narrow = [](std::int64_t a) { return a == static_cast<std::int32_t>(a); };
  return narrow(2 * job.size[job.channel]) && narrow(job.weight_stride) &&
         narrow(job.grad_grad_weight_stride);
}
/// Whether a weighted_run describes the job: dense runs whose vectors begin at the same elements.
template <class T> bool is_dense(const parametric::job& job) {
  return few_weights(job) && all_tensors(job, [&](int s) {
           std::int64_t run = sizeof(T);
           for (int d = 0; d < job.rank; run *= job.size[d++]) {
             if (job.size[d] != 1 && job.stride[s][d] != run) return false;
           }
           return misalignment(job.data[s]) == misalignment(job.data[parametric::self]);
         });
}

inline void append(parametric_walk& dims, const parametric::job& job, int d) {
  const int at = dims.append(job.size[d]);
  for (int s = 0; s < parametric::slots; ++s) dims.stride[s][at] = job.stride[s][d];
  dims.stride[weight][at] = d == job.channel ? job.weight_stride : 0;
  dims.stride[grad_grad_weight][at] = d == job.channel ? job.grad_grad_weight_stride : 0;
}
inline parametric_walk all_dims(const parametric::job& job) {
  parametric_walk dims;
  for (int d = 0; d < job.rank; ++d) append(dims, job, d);
  return dims;
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
    worth = least(each_channel / slice_rows, shape.outer * tile / block_elements);
  } else {
    enough = ceil_div(enough_blocks, most(1, shape.channels));
    worth = ceil_div(each_channel, block_elements);
  }
  return most(1, least(enough, worth));
}

template <class T, int Width> weighted_run<Width> plan_run(const parametric::job& job) {
  const job_shape shape(job);
  const auto run = cut<Width>(job.data[parametric::self], shape.size());
  const auto in_vectors = [](const void* data, std::int64_t stride) {
    return data == nullptr ||
           (stride == sizeof(T) && reinterpret_cast<std::uintptr_t>(data) % vector_bytes == 0);
  };
  const bool weights = shape.inner == 1 && shape.channels % Width == 0 && run.head == 0 &&
                       in_vectors(job.weight, job.weight_stride) &&
                       in_vectors(job.grad_grad_weight, job.grad_grad_weight_stride);
  weighted_run<Width> w{.data = parametric_data(job),
                        .run = run,
                        .inner = divisor(shape.inner),
                        .channels = divisor(shape.channels),
                        .weights_in_vectors = weights,
                        .step = static_cast<int>(job.weight_stride),
                        .grad_grad_step = static_cast<int>(job.grad_grad_weight_stride)};
  w.stride = w.of(threads * Width);
  for (std::int64_t k = 0; k < Width; k += shape.inner) w.begins |= 1u << k;
  return w;
}
template <class T> planes plan_planes(const parametric::job& job, const sums& target) {
  const parametric_walk all = all_dims(job);
  planes p{plan_rows<T, parametric::self>(parametric_data(job).at, all, job.channel),
           {},
           0,
           divisor(target.channels),
           target};
  for (int t = 0; t < parametric_tensors; ++t) p.step[t] = all.stride[t][job.channel];
  if (job_shape(job).size() == 0) p.rows.items = 0;
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
  return in_columns(job_shape(job)) &&
         all_tensors(job, [&](int s) { return period_step(job, s, step); });
}
template <class T> columns plan_columns(const parametric::job& job, const sums& target) {
  constexpr int width = vector_bytes / sizeof(T);
  const job_shape shape(job);
  const std::int64_t tile = tile_of<T>(shape);
  const int across = static_cast<int>(ceil_div(tile, width));
  const parametric_data data(job);
  parametric_walk all{};
  all.append(shape.period());
  for (int d = job.channel + 1; d < job.rank; ++d) append(all, job, d);
  for (int s = 0; s < parametric::slots; ++s) {
    all.stride[s][0] = sizeof(T);
    if (data.at[s] != nullptr) period_step(job, s, all.stride[s][0]);
  }
  columns c{data,
            {},
            shape.outer,
            ceil_div(shape.outer, target.slices),
            static_cast<int>(tile),
            across,
            threads / across,
            divisor(shape.inner),
            divisor(ceil_div(shape.period(), tile)),
            target};
  plan_access<T, parametric::self>(c.rows, data.at, all, 0, false);
  walk_rows(c.rows, all, 0, 1);
  return c;
}
inline slice_sums plan_slices(const sums& target) {
  const int across = static_cast<int>(least(target.channels, 32));
  return {target, across, threads / across};
}
