#pragma once
#include "../family/parametric.h"
#include "../simd/half.h"
#include "nontemporal.h"
#include "tile.h"

/// Blocks of elements with their weights, and the sums of their terms. Every element goes through
/// the same vector code, wherever it lies and whatever its neighbours are.

/// Which outputs are wanted is asked once a step, so that a pass is compiled once: compilers move
/// what one output alone needs to where it is stored.
struct any_backward : parametric_backward<true, true> {
  static constexpr unsigned always = slot_bits(parametric::self, parametric::grad_output),
                            optional = slot_bits(parametric::result);
};
using any_double_backward = parametric_double_backward<true>;

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
    if constexpr (Whole || W::size == 1) {
      return W::load(at[slot] + i);
    } else {
      return W::load_part(at[slot] + i, count);
    }
  }
  NONLIN_INLINE void store(int slot, W y, std::int64_t i, [[maybe_unused]] int count) const {
    if (!has(slot)) return;
    if constexpr (!Whole && W::size > 1) {
      y.store_part(at[slot] + i, count);
    } else if (Streams && nontemporal[slot]) {
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

/// What is left of a block after whole steps, in single vectors. The weights, and the sums unless
/// null, of one vector follow those of the vector before it where `advance` is 1, and are the same
/// where it is 0.
template <class Pass, class V, class F, class T>
[[gnu::noinline]] static void rest_of(const tile_block& block, std::int64_t i, const T* w,
                                      const T* v, double* sums, int advance) {
  const block_tensors<Pass, V, T, false, false> tensors(block);
  for (std::int64_t from = 0; i < block.count; i += V::size, from += advance * V::size) {
    const int count = block.count - i < V::size ? static_cast<int>(block.count - i) : V::size;
    tensors.compute(F{}, V::load(w + from), v ? V::load(v + from) : V(0), v != nullptr, i, count,
                    [&](V g, V term) {
                      if (!sums) return;
                      auto sum = V::accumulator::load(sums + from);
                      if constexpr (V::size > 1) term = term.part(count);
                      sum.add(g, term);
                      sum.store(sums + from);
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

/// The sums of `fixed`, as a block leaves them for the next one of its line. Whole steps have sums
/// of their own for each element of a step, and what is left over has some for each element of a
/// vector. Where a lane is one element, four elements have sums in turn, which hides the latency of
/// an addition.
template <class V> struct fixed_sums {
  using W = unrolled<V>;
  static constexpr int chains = V::size == 1 ? 4 : 1;
  static_assert(chains * W::size + V::size <= tile_sums);
  typename W::accumulator whole[chains];
  typename V::accumulator rest;

  NONLIN_INLINE void load(const double* from) {
    for (int k = 0; k < chains; ++k) whole[k] = W::accumulator::load(from + k * W::size);
    rest = V::accumulator::load(from + chains * W::size);
  }
  NONLIN_INLINE void store(double* to) const {
    for (int k = 0; k < chains; ++k) whole[k].store(to + k * W::size);
    rest.store(to + chains * W::size);
  }
  NONLIN_INLINE double total() const {
    double sum = rest.total();
    for (int k = 0; k < chains; ++k) sum += whole[k].total();
    return sum;
  }
};

/// A block whose elements have one weight; `tile_kernels` says more.
template <class Pass, class V, class F, class T>
static double fixed(const tile_block& block, const void* w, const void* v, double* sums,
                    sums_part part) {
  using W = unrolled<V>;
  constexpr int chains = fixed_sums<V>::chains;
  fixed_sums<V> sum;
  if constexpr (Pass::sums) {
    if (sums && !part.first) sum.load(sums);
  }
  const block_tensors<Pass, W, T, true, streams<F, V, T>> tensors(block);
  const W weight = weight_at<T, V>(w), direction = v ? weight_at<T, V>(v) : 0;
  const std::int64_t whole = block.count / W::size * W::size;
  for (std::int64_t i = 0; i < whole; i += W::size) {
    tensors.compute(F{}, weight, direction, v != nullptr, i, W::size, [&](W g, W term) {
      if (!sums) return;
      if constexpr (chains == 1) {
        sum.whole[0].add(g, term);
      } else {
        (i < whole / chains * chains ? sum.whole[i % chains] : sum.rest).add(g, term);
      }
    });
  }
  if constexpr (V::size > 1) {
    if (whole < block.count) {
      T weights[V::size], directions[V::size];
      const auto fill = [](T* to, const void* from) {
        for (int k = 0; k < V::size; ++k) to[k] = *static_cast<const T*>(from);
      };
      fill(weights, w);
      if (v) fill(directions, v);
      alignas(64) double rest[V::size];
      if (sums) sum.rest.store(rest);
      rest_of<Pass, V, F, T>(block, whole, weights, v ? directions : nullptr, sums ? rest : nullptr,
                             0);
      if (sums) sum.rest = V::accumulator::load(rest);
    }
  }
  if constexpr (Pass::sums) {
    if (sums && part.last) return sum.total();
    if (sums) sum.store(sums);
  }
  return 0;
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
                      if (!sums) return;
                      auto sum = W::accumulator::load(sums + i);
                      sum.add(g, term);
                      sum.store(sums + i);
                    });
  }
  if constexpr (V::size > 1) {
    if (whole < block.count) {
      rest_of<Pass, V, F, T>(block, whole, weights + whole, v ? directions + whole : nullptr,
                             sums ? sums + whole : nullptr, 1);
    }
  }
}

template <class Pass, class F, class T, class V>
constexpr tile_kernels kernels_of{sizeof(T), streams<F, V, T>, fixed<Pass, V, F, T>,
                                  varying<Pass, V, F, T>};
