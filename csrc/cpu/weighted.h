#pragma once
#include "lines.h"
#include "stream.h"

/// Lines of elements with their weights, and the sums of their terms. Every element goes through
/// the same vector code, wherever it lies and whatever its neighbours are.

/// Where a pass without sums would put them.
struct no_sum {
  NONLIN_INLINE double total() const { return 0; }
};
template <class Pass, class V>
using sum_of = typename std::conditional_t<Pass::sums, std::type_identity<typename V::accumulator>,
                                           std::type_identity<no_sum>>::type;

/// Elements [at, at + count) of a line, a whole vector or part of one.
template <class Pass, class V, bool Whole, bool Streams, class F, class T>
NONLIN_INLINE void vector(const F& f, const operands<T>& p, V w, V v, bool has_v, std::int64_t at,
                          int count, sum_of<Pass, V>& sums) {
  const auto has = [&](int slot) {
    return (Pass::always >> slot & 1) || ((Pass::optional >> slot & 1) && p.at[slot]);
  };
  const auto load = [&](int slot) -> V {
    if (!has(slot)) return 0;
    if constexpr (Whole) {
      return V::load(p.at[slot] + at);
    } else {
      return V::load_part(p.at[slot] + at, count);
    }
  };
  const auto store = [&](int slot, V y) {
    if (!has(slot)) return;
    if constexpr (Whole) {
      put<V>(p.at[slot] + at, Streams, [&](T* to) { y.store(to); });
    } else {
      y.store_part(p.at[slot] + at, count);
    }
  };
  using enum parametric::slot;
  const V g = load(grad_output);
  const auto y = Pass::of(f, parametric_point<V>{load(self), w, g, load(grad_grad_self), v,
                                                 has(grad_grad_self), has_v});
  store(result, y.result);
  store(grad_grad_output, y.grad_grad_output);
  if constexpr (Pass::sums) {
    if constexpr (Whole) {
      sums.add(g, y.slope);
    } else {
      sums.add(g, y.slope.part(count));
    }
  }
}

/// The sums of a line, in the order in which its elements are taken.
template <class Pass, class V> struct sums_of {
  /// Where a lane is one element, so many sums hide the latency of an addition.
  static constexpr int chains = V::size == 1 ? 4 : 1;
  sum_of<Pass, several<V>> whole[chains];
  sum_of<Pass, V> rest;

  NONLIN_INLINE double total() const {
    double all = rest.total();
    for (const auto& sum : whole) all += sum.total();
    return all;
  }
};

/// Elements of one weight.
template <class Pass, class V, bool Streams, class F, class T>
NONLIN_INLINE void fixed(const F& f, const operands<T>& p, std::int64_t count,
                         typename V::element w, typename V::element v, bool has_v,
                         sums_of<Pass, V>& sums) {
  using W = several<V>;
  constexpr int n = sums.chains;
  sums_of<Pass, V> sum = sums;
  std::int64_t at = 0;
  for (; at + n * W::size <= count; at += n * W::size) {
    NONLIN_UNROLL
    for (int i = 0; i < n; ++i) {
      vector<Pass, W, true, Streams>(f, p, W(w), W(v), has_v, at + i * W::size, W::size,
                                     sum.whole[i]);
    }
  }
  for (; at + V::size <= count; at += V::size) {
    vector<Pass, V, true, Streams>(f, p, V(w), V(v), has_v, at, V::size, sum.rest);
  }
  if constexpr (V::size > 1) {
    if (at < count) {
      vector<Pass, V, false, false>(f, p, V(w), V(v), has_v, at, int(count - at), sum.rest);
    }
  }
  sums = sum;
}

/// Elements with a weight and a sum each.
template <class Pass, class V, bool Streams, class F, class T>
static void varying(const F& f, const operands<T>& p, std::int64_t count, const T* w, const T* v,
                    double* sums) {
  const auto step = [&]<class W, bool Whole>(std::type_identity<W>, std::bool_constant<Whole>,
                                             std::int64_t at, int n) {
    sum_of<Pass, W> sum;
    if constexpr (Pass::sums) sum = W::accumulator::load(sums + at);
    vector<Pass, W, Whole, Streams>(f, p, W::load(w + at), v ? W::load(v + at) : W(0), v != nullptr,
                                    at, n, sum);
    if constexpr (Pass::sums) sum.store(sums + at);
  };
  using W = several<V>;
  constexpr std::type_identity<V> one;
  std::int64_t at = 0;
  for (; at + W::size <= count; at += W::size) {
    step(std::type_identity<W>{}, std::true_type{}, at, W::size);
  }
  for (; at + V::size <= count; at += V::size) step(one, std::true_type{}, at, V::size);
  if constexpr (V::size > 1) {
    if (at < count) step(one, std::false_type{}, at, int(count - at));
  }
}
