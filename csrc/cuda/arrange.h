#pragma once
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

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
inline std::int64_t least(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
inline std::int64_t most(std::int64_t a, std::int64_t b) { return a > b ? a : b; }

/// Whether `test(slot)` holds for every tensor that is there.
template <class Test> bool all_tensors(const parametric::job& job, const Test& test) {
  for (int s = 0; s < parametric::slots; ++s) {
    if (job.data[s] != nullptr && !test(s)) return false;
  }
  return true;
}
/// Whether `test(slot, d)` holds for every dimension from `begin` on along which one can move.
template <class Test>
bool all_strides(const parametric::job& job, int begin, int end, const Test& test) {
  return all_tensors(job, [&](int s) {
    for (int d = begin; d < end; ++d) {
      if (job.size[d] != 1 && !test(s, d)) return false;
    }
    return true;
  });
}
inline bool is_run(const parametric::job& job, int end, std::int64_t element_bytes) {
  std::int64_t run[max_rank];
  for (int d = 0; d < end; element_bytes *= job.size[d++]) run[d] = element_bytes;
  return all_strides(job, 0, end, [&](int s, int d) { return job.stride[s][d] == run[d]; });
}
inline std::int64_t misalignment(const parametric::job& job, int slot) {
  return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(job.data[slot]) % vector_bytes);
}
/// Whether vectors begin at the same elements in every tensor, `begin` and later dimensions apart.
inline bool is_aligned(const parametric::job& job, int begin) {
  const std::int64_t past = misalignment(job, parametric::self);
  return all_tensors(job, [&](int s) { return misalignment(job, s) == past; }) &&
         all_strides(job, begin, job.rank, [&](int s, int d) {
           return (job.stride[s][d] - job.stride[parametric::self][d]) % vector_bytes == 0;
         });
}
/// Whether these dimensions lead from vector to vector.
inline bool keeps_alignment(const parametric::job& job, int begin) {
  return all_strides(job, begin, job.rank,
                     [&](int s, int d) { return job.stride[s][d] % vector_bytes == 0; });
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

/// How many elements a thread takes at once: a vector, or one.
template <class T> int plane_width(const parametric::job& job) {
  constexpr int width = vector_bytes / sizeof(T);
  const bool rows = job.channel > 0 && job.size[0] >= 2 * width && is_run(job, 1, sizeof(T));
  return rows && is_aligned(job, 1) ? width : 1;
}
template <class T> int column_width(const parametric::job& job) {
  constexpr int width = vector_bytes / sizeof(T);
  const int rows = job.channel + 1;
  const bool vectors = is_run(job, rows, sizeof(T)) && job_shape(job).period() % width == 0;
  const bool aligned = is_aligned(job, rows) && keeps_alignment(job, rows);
  return vectors && aligned && misalignment(job, parametric::self) == 0 ? width : 1;
}
template <class T> int run_width(const parametric::job& job) {
  const bool dense = is_run(job, job.rank, sizeof(T)) && is_aligned(job, job.rank);
  return dense ? vector_bytes / sizeof(T) : 1;
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
  return {parametric_data(job), run, divisor(shape.inner), divisor(shape.channels), weights};
}
template <class T> planes plan_planes(const parametric::job& job, const sums& target, int width) {
  const job_shape shape(job);
  planes p{parametric_data(job), {}, shape.inner * shape.outer, 0, job.size[0], {}, target};
  for (int d = 0; d < job.rank; ++d) {
    if (d != job.channel) append(p.dims, job, d);
  }
  append(p.dims, job, job.channel);
  if (width > 1) {
    // A row has most shares if as many elements as possible precede its first vector.
    const std::int64_t past = misalignment(job, parametric::self);
    const std::int64_t gap = (vector_bytes - past) % vector_bytes / sizeof(T);
    const std::int64_t head = keeps_alignment(job, 1) ? gap : width - 1;
    p.shares = divisor(p.length - (p.length - head) / width * (width - 1));
    p.items = p.items / p.length * static_cast<std::int64_t>(p.shares.value);
  }
  p.slice_items = ceil_div(p.items, target.slices);
  return p;
}
template <class T> columns plan_columns(const parametric::job& job, const sums& target, int width) {
  const job_shape shape(job);
  const std::int64_t tile = tile_of<T>(shape);
  return {parametric_data(job),
          all_dims(job),
          job.channel + 1,
          shape.period(),
          shape.outer,
          ceil_div(shape.outer, target.slices),
          ceil_div(shape.period(), tile),
          static_cast<int>(tile),
          static_cast<int>(tile / width),
          static_cast<int>(threads / (tile / width)),
          divisor(shape.inner),
          target};
}
inline slice_sums plan_slices(const sums& target) {
  const int across = static_cast<int>(least(target.channels, 32));
  return {target, across, threads / across};
}
