#pragma once
#include "../family/parametric.h"
#include "../simd/half.h"
#include "nontemporal.h"
#include "tile.h"

/// Blocks of elements with their weights, and the sums of their terms. Every element goes through
/// the same vector code, wherever it lies and whatever its neighbours are.

/// Whether the gradient of x is wanted beside that of the weight is asked once a step, so that this
/// is compiled once; without the latter a pass has a text of its own, as some formulas have much
/// that only the weight needs.
struct any_backward : parametric_backward<true, true> {
  static constexpr unsigned always = slot_bits(parametric::self, parametric::grad_output),
                            optional = slot_bits(parametric::result);
};

/// The tensors of a block. `Whole`: a step has as many elements as its lane; otherwise it may have
/// fewer at the end of the block, where zeros stand for those that are not there.
template <class Pass, class W, class T, bool Whole, bool Streams> struct block_tensors {
  T* at[parametric::slots];
  bool nontemporal[parametric::slots];

  NONLIN_INLINE explicit block_tensors(const tile_block& block) {
    NONLIN_UNROLL
    for (int s = 0; s < parametric::slots; ++s) {
      at[s] = static_cast<T*>(block.at[s]);
      nontemporal[s] = Streams && block.nontemporal && may_bypass_caches<W>(at[s]);
    }
  }
  NONLIN_INLINE bool has(int slot) const {
    return (Pass::always >> slot & 1) || ((Pass::optional >> slot & 1) && at[slot]);
  }
  NONLIN_INLINE W load(int slot, std::int64_t i, [[maybe_unused]] int count) const {
    if (!has(slot)) return 0;
    if constexpr (!Whole && W::size > 1) {
      if (count < W::size) return W::load_part(at[slot] + i, count);
    }
    return W::load(at[slot] + i);
  }
  NONLIN_INLINE void store(int slot, W y, std::int64_t i, [[maybe_unused]] int count) const {
    if (!has(slot)) return;
    if constexpr (!Whole && W::size > 1) {
      if (count < W::size) return y.store_part(at[slot] + i, count);
    }
    if (Streams && nontemporal[slot]) {
      put_past_caches<W>(at[slot] + i, [&](T* to) { y.store(to); });
    } else {
      y.store(at[slot] + i);
    }
  }
  /// Computes the elements [i, i + count) and calls add(g, term): their product is the term of the
  /// weight gradient.
  template <class F, class Add>
  NONLIN_INLINE void compute(const F& f, W w, W v, bool has_v, std::int64_t i, int count,
                             const Add& add) const {
    using enum parametric::slot;
    const W g = load(grad_output, i, count);
    const auto y =
        Pass::of(f, parametric_point<W>{load(self, i, count), w, g, load(grad_grad_self, i, count),
                                        v, has(grad_grad_self), has_v});
    store(result, y.result, i, count);
    store(grad_grad_output, y.grad_grad_output, i, count);
    if constexpr (Pass::sums) add(g, y.weight_term);
  }
};

/// What is left of a block from element i on, in single vectors. weights(i) are the weight and the
/// direction of the vector that begins there, add(i, g, term) takes its part of the weight
/// gradient.
template <class Pass, class V, class F, class T, class Weights, class Add>
NONLIN_INLINE void rest_of(const tile_block& block, std::int64_t i, bool has_v,
                           const Weights& weights, const Add& add) {
  const block_tensors<Pass, V, T, false, false> tensors(block);
  for (; i < block.count; i += V::size) {
    const int count = block.count - i < V::size ? static_cast<int>(block.count - i) : V::size;
    const both<V, V> w = weights(i);
    tensors.compute(F{}, w.first, w.second, has_v, i, count, [&](V g, V term) {
      if constexpr (V::size > 1) term = term.part(count);
      add(i, g, term);
    });
  }
}

template <class T, class V> NONLIN_INLINE typename V::element weight_at(const void* w) {
  T value;
  std::memcpy(&value, w, sizeof(T));
  if constexpr (std::is_same_v<T, double>) {
    return value;
  } else {
    return to_float(value);
  }
}

/// Sums of single elements: four elements have one each in turn, which hides the latency of an
/// addition.
template <class Sum> struct sums_in_turn {
  static constexpr int count = 4;
  Sum each[count];

  NONLIN_INLINE static sums_in_turn load(const double* p) {
    return {Sum::load(p), Sum::load(p + 1), Sum::load(p + 2), Sum::load(p + 3)};
  }
  NONLIN_INLINE void store(double* p) const {
    for (int k = 0; k < count; ++k) each[k].store(p + k);
  }
};
template <class Sum> NONLIN_INLINE double add_to(double total, const Sum& sum) {
  return total + sum.total();
}
template <class Sum> NONLIN_INLINE double add_to(double total, const sums_in_turn<Sum>& sums) {
  for (const Sum& sum : sums.each) total += sum.total();
  return total;
}

/// The sums of a line, as a block leaves them for the next one. Whole steps have sums of their own
/// for each element of a step, and what is left over has some for each element of a vector.
template <class V> struct line_sums {
  using W = unrolled<V>;
  using sum_of_steps = typename W::accumulator;
  static constexpr bool in_turn = V::size == 1;
  static constexpr int first_of_rest = in_turn ? 4 : W::size;
  static_assert(first_of_rest + V::size <= tile_sums);
  std::conditional_t<in_turn, sums_in_turn<sum_of_steps>, sum_of_steps> steps = {};
  typename V::accumulator rest = {};

  NONLIN_INLINE void load(const double* from) {
    steps = decltype(steps)::load(from);
    rest = V::accumulator::load(from + first_of_rest);
  }
  NONLIN_INLINE void store(double* to) const {
    steps.store(to);
    rest.store(to + first_of_rest);
  }
  /// Adds the terms of step i of `all`.
  NONLIN_INLINE void add([[maybe_unused]] std::int64_t i, [[maybe_unused]] std::int64_t all, W g,
                         W term) {
    if constexpr (in_turn) {
      (i < all / 4 * 4 ? steps.each[i % 4] : rest).add(g, term);
    } else {
      steps.add(g, term);
    }
  }
  NONLIN_INLINE double total(bool has_steps) const {
    return has_steps ? add_to(rest.total(), steps) : rest.total();
  }
};

/// A block whose elements have the weight `w`, and `v` if there is one.
template <class Pass, class V, class F, class T>
NONLIN_INLINE void fixed_line(const tile_block& block, const void* w, const void* v, double* total,
                              double* sums, sums_part part) {
  using W = unrolled<V>;
  line_sums<V> sum;
  if constexpr (Pass::sums) {
    if (!part.first) sum.load(sums);
  }
  const block_tensors<Pass, W, T, true, streams<F, V, T>> tensors(block);
  const W weight = weight_at<T, V>(w), direction = v ? weight_at<T, V>(v) : 0;
  const std::int64_t whole = block.count / W::size * W::size;
  for (std::int64_t i = 0; i < whole; i += W::size) {
    tensors.compute(F{}, weight, direction, v != nullptr, i, W::size,
                    [&](W g, W term) { sum.add(i, whole, g, term); });
  }
  if constexpr (V::size > 1) {
    const both weights{V(weight_at<T, V>(w)), v ? V(weight_at<T, V>(v)) : V(0)};
    rest_of<Pass, V, F, T>(
        block, whole, v != nullptr, [&](std::int64_t) { return weights; },
        [&](std::int64_t, V g, V term) { sum.rest.add(g, term); });
  }
  if constexpr (Pass::sums) {
    if (part.last) {
      *total += sum.total(whole > 0 || !part.first);
    } else {
      sum.store(sums);
    }
  }
}

/// `tile_kernels` says what.
template <class Pass, class V, class F, class T>
static void fixed(const tile_lines& all, double* totals, double* sums, sums_part part) {
  tile_block block = all.first;
  const char *w = static_cast<const char*>(all.w), *v = static_cast<const char*>(all.v);
  for (std::int64_t line = 0; line < all.lines; ++line) {
    fixed_line<Pass, V, F, T>(block, w, v, totals + line, sums, part);
    NONLIN_UNROLL
    for (int s = 0; s < parametric::slots; ++s) {
      block.at[s] = static_cast<char*>(block.at[s]) + all.stride[s];
    }
    w += all.w_stride;
    v += all.v_stride;
  }
}

/// A block whose elements have a weight each.
template <class Pass, class V, class F, class T>
static void varying(const tile_block& block, const void* w, const void* v, double* sums) {
  using W = unrolled<V>;
  const block_tensors<Pass, W, T, true, streams<F, V, T>> tensors(block);
  const T *weights = static_cast<const T*>(w), *directions = static_cast<const T*>(v);
  const std::int64_t whole = block.count / W::size * W::size;
  for (std::int64_t i = 0; i < whole; i += W::size) {
    tensors.compute(F{}, W::load(weights + i), v ? W::load(directions + i) : W(0), v != nullptr, i,
                    W::size, [&](W g, W term) {
                      auto sum = W::accumulator::load(sums + i);
                      sum.add(g, term);
                      sum.store(sums + i);
                    });
  }
  if constexpr (V::size > 1) {
    rest_of<Pass, V, F, T>(
        block, whole, v != nullptr,
        [&](std::int64_t i) {
          return both{V::load(weights + i), v ? V::load(directions + i) : V(0)};
        },
        [&](std::int64_t i, V g, V term) {
          auto sum = V::accumulator::load(sums + i);
          sum.add(g, term);
          sum.store(sums + i);
        });
  }
}

template <class Pass, class F, class T, class V>
constexpr tile_kernels kernels_of{sizeof(T), streams<F, V, T>, fixed<Pass, V, F, T>,
                                  varying<Pass, V, F, T>};
