#pragma once
/// A job of a formula with a weight, and the threads of its kernels, executed on the host one after
/// the other in random order. Included in the namespace of the lanes.
#include "tests/cpp/arena.h"

using enum parametric::slot;

/// A job, its weights, its sums and its workspace.
struct workload : arena {
  parametric::job job{};
  std::vector<char> grad_weight;
  std::vector<double> partial;

  workload(const std::vector<std::int64_t>& inner, std::int64_t channels,
           const std::vector<std::int64_t>& outer) {
    size = inner;
    size.push_back(channels);
    size.insert(size.end(), outer.begin(), outer.end());
    job.rank = static_cast<int>(size.size());
    job.channel = static_cast<int>(inner.size());
    std::copy(size.begin(), size.end(), job.size);
  }
  /// Strides of one dense run, its outermost dimension `gap` elements further apart.
  void pack(int slot, std::int64_t element_bytes, std::int64_t gap) {
    std::int64_t next = element_bytes;
    for (int d = 0; d < job.rank; ++d) {
      if (d == job.rank - 1) next += gap * element_bytes;
      job.stride[slot][d] = next;
      next *= job.size[d];
    }
  }
  template <class T> void put(int slot, int address) {
    job.data[slot] = place(job.stride[slot], sizeof(T), address);
  }
  template <class T> void put_weights(bool grad_grad, bool dense) {
    const auto one = [&](std::int64_t& stride) {
      stride = dense ? sizeof(T) : between(0, 2) * sizeof(T);
      const int address = dense ? 0 : between(0, 1) * int(sizeof(T));
      return place(stride * job.size[job.channel] + std::int64_t{sizeof(T)}, address);
    };
    job.weight = one(job.weight_stride);
    job.grad_grad_weight = grad_grad ? one(job.grad_grad_weight_stride) : nullptr;
  }
  /// Visits the elements, given where each and its weights lie.
  template <class Visit> void walk(const Visit& visit) const {
    const parametric_data data(with_weights(job), job.channel);
    walk_elements([&](const auto& at) {
      std::array<char*, parametric_tensors> place{};
      for (int s = 0; s < parametric::slots; ++s) {
        place[s] = data.at[s];
        for (int d = 0; d < job.rank && place[s]; ++d) place[s] += at[d] * job.stride[s][d];
      }
      const std::int64_t c = at[job.channel];
      place[weight] = data.at[weight] + c * data.step;
      if (job.grad_grad_weight) {
        place[grad_grad_weight] = data.at[grad_grad_weight] + c * data.grad_grad_step;
      }
      visit(place, c);
    });
  }
};

struct {
  int dense, weights_in_vectors, rows, planes, columns[2], sliced;
  int weight_access[3], part, singles;  // in rows and planes
} seen;

template <class Index> void see(const parametric_rows<Index>& r) {
  if (r.length < 2) return;
  ++seen.weight_access[static_cast<int>(r.how[weight])];
  seen.part += r.how[self] == access::vectors && misalignment(r.at[self]) > 0;
  seen.singles += r.how[self] == access::singles;
}

template <class Pass, class T, class F>
void run_part(const F& f, const parametric_operands& o, int channel) {
  if (few_weights(o, channel) && is_dense(o, parametric::slots, sizeof(T))) {
    const auto w = plan_run<T, vector_bytes / sizeof(T)>(o, channel);
    constexpr int batch = weighted_batch<Pass, T> * threads;
    in_any_order(ceil_div(w.run.shares(), batch) * threads, [&](std::int64_t i) {
      weighted_shares<Pass, T>(f, w, static_cast<int>(i / threads), static_cast<int>(i % threads));
    });
    ++seen.dense;
    seen.weights_in_vectors += w.weights_in_vectors;
  } else {
    const auto r = plan_rows(o, sizeof(T), self);
    in_any_order(r.items,
                 [&](std::int64_t i) { weighted_piece<Pass, T>(f, r, static_cast<int>(i)); });
    ++seen.rows;
    see(r);
  }
}
/// Now and then in parts, as tensors that are too large for one launch.
template <class Pass, class T, class F> void run_results(const F& f, const workload& a) {
  const auto launch = [&](const parametric_operands& part) {
    run_part<Pass, T>(f, part, a.job.channel);
    return 0;
  };
  in_parts(with_weights(a.job), launch, between(0, 3) ? most_elements : between(1, 40));
}

/// The threads of a block up to every barrier.
template <int Width, class Sums, class Deliver>
void run_block(int across, int down, const Sums& sums, const Deliver& deliver) {
  std::vector<double> sum(Width * threads, NAN);
  in_any_order(threads, [&](int thread) {
    double mine[Width];
    sums(thread, mine);
    for (int k = 0; k < Width; ++k) sum[k * threads + thread] = mine[k];
  });
  for (int count = down; count > 1; count -= count / 2) {
    in_any_order(threads, [&](int thread) { fold<Width>(sum.data(), across, count, thread); });
  }
  in_any_order(threads, [&](int thread) { deliver(sum.data(), thread); });
}

template <class Pass, class T, class F>
void run_planes(const F& f, const workload& a, const weight_gradient& target) {
  const planes p = plan_planes<T>(a.job, target);
  in_any_order(target.channels * target.slices, [&](std::int64_t block) {
    run_block<1>(
        1, threads,
        [&](int thread, double(&sum)[1]) { sum[0] = plane_sum<Pass, T>(f, p, block, thread); },
        [&](const double* sum, int thread) {
          if (thread == 0) deliver_plane<T>(p, sum, block);
        });
  });
  ++seen.planes;
  see(p.rows);
}
template <class Pass, class T, class F>
void run_columns(const F& f, const workload& a, const weight_gradient& target) {
  constexpr int width = vector_bytes / sizeof(T);
  const columns c = plan_columns<T>(a.job, target);
  in_any_order(static_cast<std::int64_t>(c.tiles.value) * target.slices, [&](std::int64_t block) {
    run_block<width>(
        c.across, c.down,
        [&](int thread, double(&sum)[width]) { column_sums<Pass, T>(f, c, block, thread, sum); },
        [&](const double* sum, int thread) { deliver_columns<T, width>(c, sum, block, thread); });
  });
  ++seen.columns[c.rows.how[self] == access::vectors];
}
template <class Pass, class T, class F> void run_sums(const F& f, workload& a) {
  a.grad_weight.assign(a.job.size[a.job.channel] * sizeof(T), 0x55);
  const job_shape shape(a.job);
  const std::int64_t slices = slices_of<T>(shape);
  a.partial.assign(slices > 1 ? slices * shape.channels : 0, NAN);
  const weight_gradient target{shape.channels, slices, a.partial.data(), a.grad_weight.data()};
  in_columns(a.job) ? run_columns<Pass, T>(f, a, target) : run_planes<Pass, T>(f, a, target);
  if (slices == 1) return;
  ++seen.sliced;
  const slice_sums s = plan_slices(shape.channels, slices, a.partial.data(), a.grad_weight.data());
  in_any_order(ceil_div(shape.channels, s.across), [&](std::int64_t block) {
    run_block<1>(
        s.across, s.down,
        [&](int thread, double(&sum)[1]) { sum[0] = slice_sum(s, block, thread); },
        [&](const double* sum, int thread) { deliver_slices<T>(s, sum, block, thread); });
  });
}
