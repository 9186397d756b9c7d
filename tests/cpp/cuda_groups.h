#pragma once
/// A job of a formula that chooses among the entries of groups, and the threads of its kernels,
/// executed on the host one after the other in random order. Included in the namespace of the
/// lanes.
#include "tests/cpp/arena.h"

using enum groupwise::slot;

/// The first of the largest, or of NaN.
struct largest_entry {
  template <class V> NONLIN_INLINE bool replaces(V best, V next) const {
    return (best == best) & !(next <= best);
  }
};

template <class T> double number(T x) {
  if constexpr (std::is_same_v<T, half>) return std::bit_cast<_Float16>(x.bits);
  if constexpr (std::is_same_v<T, bfloat16>)
    return std::bit_cast<float>(std::uint32_t{x.bits} << 16);
  if constexpr (std::is_floating_point_v<T>) return x;
  return 0;
}
/// Few numbers, so that there are equals; now and then −0 or a NaN with some bits.
template <class T> T entry() {
  T x = encoded<T>(between(-3, 3));
  if (between(0, 4)) return x;
  const bool nan = between(0, 1);
  lane_for<T>(nan ? NAN : -0.).store(&x);
  auto* bytes = reinterpret_cast<unsigned char*>(&x);
  if (nan) bytes[0] |= between(1, 255), bytes[sizeof(T) - 1] ^= between(0, 1) << 7;
  return x;
}

struct workload : arena {
  groupwise::job job{};

  workload(std::vector<std::int64_t> sizes, int k) {
    size = std::move(sizes);
    job.rank = static_cast<int>(size.size());
    std::copy(size.begin(), size.end(), job.size);
    job.group = k;
  }
  /// Visits the groups, given where each lies in every tensor.
  template <class Visit> void walk(const Visit& visit) const {
    walk_elements([&](const auto& at) {
      std::array<char*, groupwise::slots> place{};
      for (int s = 0; s < groupwise::slots; ++s) {
        place[s] = static_cast<char*>(job.data[s]);
        for (int d = 0; d < job.rank && place[s]; ++d) place[s] += at[d] * job.stride[s][d];
      }
      visit(place);
    });
  }
};

struct {
  int layout[2], vectors[2], singles[2], tails[2], short_rows;
} seen;

template <class Pass, class T>
void run_part(const groupwise::job& job, const operands<groupwise::slots>& part) {
  constexpr int width = width_of<T>;
  const group_plan plan = plan_groups(part, job.group, job.step, sizeof(T));
  const auto run = [&]<class Layout>(Layout) {
    in_any_order(plan.rows.tensors.items, [&](std::int64_t i) {
      group_item<Pass, Layout, T>(largest_entry{}, plan.rows, static_cast<int>(i));
    });
  };
  const auto& r = plan.rows.tensors;
  const int how = plan.how == grouping::interleaved;
  ++seen.layout[how];
  seen.short_rows += r.dims.rank > 0 && r.length < width;
  if (r.length >= width) {
    ++(r.how[groups] == access::vectors ? seen.vectors : seen.singles)[how];
    seen.tails[how] += r.how[groups] == access::vectors && r.length % width != 0;
  }
  const auto of_size = [&]<template <int> class Layout>(Layout<0>) {
    if (job.group == 2) return run(Layout<2>{});
    if (job.group == 3) return run(Layout<3>{});
    if (job.group == 4) return run(Layout<4>{});
    if constexpr (std::is_same_v<Layout<0>, interleaved<0>> && width == 8) {
      if (job.group == 5) return run(Layout<5>{});
      if (job.group == 6) return run(Layout<6>{});
      if (job.group == 7) return run(Layout<7>{});
    }
    return run(Layout<0>{});
  };
  how && !std::is_same_v<Pass, gather_groups> ? of_size(interleaved<0>{}) : of_size(planar<0>{});
}

/// Now and then in parts, as of tensors that are too large for one launch.
template <class Pass, class T> void run_threads(const groupwise::job& job) {
  const auto launch = [&](const operands<groupwise::slots>& part) {
    run_part<Pass, T>(job, part);
    return 0;
  };
  in_parts(job, launch, between(0, 3) ? most_elements : between(1, 40));
}

template <class Pass>
constexpr bool chooses =
    std::is_same_v<Pass, choose_groups<true>> || std::is_same_v<Pass, choose_groups<false>>;

/// The plain loop: from one group to the next.
template <class Pass, class T> void expect(const workload& a) {
  a.walk([&](const auto& place) {
    const auto at = [&](int j) { return place[groups] + j * a.job.step; };
    if constexpr (chooses<Pass>) {
      int best = 0;
      for (int j = 1; j < a.job.group; ++j) {
        const double now = number(load<T>(at(best))), next = number(load<T>(at(j)));
        if (now == now && (next > now || next != next)) best = j;
      }
      std::memcpy(place[chosen], at(best), sizeof(T));
      if (place[index]) save(place[index], static_cast<std::uint8_t>(best));
    } else {
      const int taken = load<std::uint8_t>(place[index]);
      if constexpr (std::is_same_v<Pass, gather_groups>) {
        taken < a.job.group ? std::memcpy(place[chosen], at(taken), sizeof(T))
                            : std::memset(place[chosen], 0, sizeof(T));
      } else {
        for (int j = 0; j < a.job.group; ++j) {
          save(at(j), j == taken ? load<T>(place[chosen]) : T{});
        }
      }
    }
  });
}

template <class Pass, class T> void check(workload& a) {
  constexpr bool choose = chooses<Pass>;
  a.walk([&](const auto& place) {
    if constexpr (choose) {
      for (int j = 0; j < a.job.group; ++j) save(place[groups] + j * a.job.step, entry<T>());
    } else {
      // One place too many, which chooses nothing.
      save(place[index], static_cast<std::uint8_t>(between(0, std::min(a.job.group, 255))));
    }
  });
  const auto expected = a.after([&] { expect<Pass, T>(a); });
  run_threads<Pass, T>(a.job);
  ASSERT_TRUE(a.memory == expected) << "groups of " << a.job.group << ", rank " << a.job.rank;
}

enum layout { planes, consecutive, any };

/// Groups along the dimension after the first ones, along the innermost, or anywhere.
template <class Pass, class T>
void try_one(const std::vector<std::int64_t>& sizes, int k, layout kind) {
  workload a(sizes, k);
  const std::int64_t bytes[] = {sizeof(T), sizeof(T), 1};
  const int address = between(0, 1) ? 0 : between(0, 15);
  const bool has_index = !std::is_same_v<Pass, choose_groups<false>>;
  for (const int s : {int(groups), int(chosen), int(index)}) {
    std::int64_t* stride = a.job.stride[s];
    if (kind == any) {
      a.scatter(stride, static_cast<int>(bytes[s]) * (s == groups ? k : 1), false);
    } else {
      std::int64_t next = bytes[s];
      for (int d = 0; d < a.job.rank; ++d) {
        if (s == groups && d == (kind == planes ? 1 : 0)) next *= k;
        stride[d] = next;
        next *= a.size[d];
      }
    }
    if (s == groups) {
      const bool apart = kind == planes && a.job.rank > 0;
      a.job.step = apart ? bytes[s] * a.size[0] : bytes[s];
      a.size.push_back(k);
      std::int64_t all[max_rank];
      std::copy_n(stride, a.job.rank, all);
      all[a.job.rank] = a.job.step;
      a.job.data[s] = a.place(all, sizeof(T), address / int(sizeof(T)) * int(sizeof(T)));
      a.size.pop_back();
    } else if (s == chosen || has_index) {
      a.job.data[s] =
          a.place(stride, static_cast<int>(bytes[s]), address / int(bytes[s]) * int(bytes[s]));
    }
  }
  check<Pass, T>(a);
}

template <class Case> void for_every_kernel(const Case& one) {
  for_types<choose_groups<true>>(one);
  for_types<choose_groups<false>>(one);
  const auto for_sizes = [&]<class Pass>(Pass) {
    one.template operator()<Pass, std::uint64_t>();
    one.template operator()<Pass, std::uint32_t>();
    one.template operator()<Pass, std::uint16_t>();
  };
  for_sizes(scatter_groups{});
  for_sizes(gather_groups{});
}
