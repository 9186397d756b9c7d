#pragma once
#include "../family/parametric.h"
#include "../simd/half.h"
#include "stream.h"
#include "tile.h"

/// Blocks of elements with their weights, and the sums of their terms. Every element goes through
/// the same vector code, wherever it lies and whatever its neighbours are; a step at the end of a
/// block computes what is left of it and zeros.

/// Which outputs are wanted is asked once a step, so that a pass is compiled once: compilers move
/// what one output alone needs to where it is stored.
struct any_backward : parametric_backward<true, true> {
  static constexpr unsigned always = slot_bits(parametric::self, parametric::grad_output),
                            optional = slot_bits(parametric::result);
};
using any_double_backward = parametric_double_backward<true>;

/// The terms of one weight, in the order in which its elements are taken: whole steps have sums of
/// their own for each element of a step, and what is left over for each element of a vector.
template <class V> struct fixed_sums {
  /// Where a lane is one element, so many sums hide the latency of an addition.
  static constexpr int chains = V::size == 1 ? 4 : 1;
  typename several<V>::accumulator whole[chains];
  typename V::accumulator rest;

  static double total(const void* sums) {
    const auto& all = *static_cast<const fixed_sums*>(sums);
    double sum = all.rest.total();
    for (const auto& part : all.whole) sum += part.total();
    return sum;
  }
};

/// Adds the products of a step to the sums of a vector, one vector after the other.
template <class V> NONLIN_INLINE void add_vectors(typename V::accumulator& sums, V a, V b) {
  sums.add(a, b);
}
template <class V, class L>
NONLIN_INLINE void add_vectors(typename V::accumulator& sums, twice<L> a, twice<L> b) {
  add_vectors<V>(sums, a.a, b.a);
  add_vectors<V>(sums, a.b, b.b);
}

/// The tensors of a block. At its end a step has fewer elements than a lane: zeros stand for those
/// that are not there.
template <class Pass, class W, class T> class block_step {
 public:
  NONLIN_INLINE block_step(const tile_block& block, std::int64_t at)
      : block_(block),
        at_(at),
        left_(block.count - at < W::size ? static_cast<int>(block.count - at) : W::size) {}

  NONLIN_INLINE static bool has(const tile_block& block, int slot) {
    return (Pass::always >> slot & 1) || ((Pass::optional >> slot & 1) && block.at[slot]);
  }
  NONLIN_INLINE W load(int slot) const {
    if (!has(block_, slot)) return 0;
    const T* p = static_cast<const T*>(block_.at[slot]) + at_;
    if constexpr (W::size > 1) {
      if (left_ < W::size) [[unlikely]] return W::load_part(p, left_);
    }
    return W::load(p);
  }
  template <bool Streams> NONLIN_INLINE void store(int slot, W y) const {
    if (!has(block_, slot)) return;
    T* p = static_cast<T*>(block_.at[slot]) + at_;
    if constexpr (W::size > 1) {
      if (left_ < W::size) [[unlikely]] return y.store_part(p, left_);
    }
    put<W>(p, Streams && block_.nontemporal, [&](T* to) { y.store(to); });
  }
  NONLIN_INLINE bool whole() const { return left_ == W::size; }
  NONLIN_INLINE int count() const { return left_; }

 private:
  const tile_block& block_;
  std::int64_t at_;
  int left_;
};

/// Computes a step and returns g and the term of the weight gradient that it multiplies.
template <class Pass, bool Streams, class W, class T, class F>
NONLIN_INLINE std::array<W, 2> compute(const block_step<Pass, W, T>& step, const tile_block& block,
                                       const F& f, W w, W v, bool has_v) {
  using enum parametric::slot;
  const W g = step.load(grad_output);
  const auto y = Pass::of(
      f, parametric_point<W>{step.load(self), w, g, step.load(grad_grad_self), v,
                             step.has(block, grad_grad_self), has_v});
  step.template store<Streams>(result, y.result);
  step.template store<Streams>(grad_grad_output, y.grad_grad_output);
  return {g, y.slope};
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

/// A block whose elements have one weight; the members of `tile_kernels` say more.
template <class Pass, class V, class F, class T>
static void fixed(const tile_block& block, const void* w, const void* v, void* sums) {
  using W = several<V>;
  constexpr int chains = fixed_sums<V>::chains;
  fixed_sums<V> sum;
  if constexpr (Pass::sums) {
    if (sums) sum = *static_cast<fixed_sums<V>*>(sums);
  }
  const W weight = weight_at<T, V>(w), direction = v ? weight_at<T, V>(v) : 0;
  for (std::int64_t at = 0; at < block.count; at += W::size) {
    const block_step<Pass, W, T> step(block, at);
    const auto [g, term] =
        compute<Pass, streams<F, V, T>>(step, block, F{}, weight, direction, v != nullptr);
    if constexpr (Pass::sums) {
      if (!sums) continue;
      if constexpr (V::size == 1) {
        (at < block.count / chains * chains ? sum.whole[at % chains] : sum.rest).add(g, term);
      } else if (step.whole()) {
        sum.whole[0].add(g, term);
      } else {
        add_vectors<V>(sum.rest, g, term.part(step.count()));
      }
    }
  }
  if constexpr (Pass::sums) {
    if (sums) *static_cast<fixed_sums<V>*>(sums) = sum;
  }
}

/// A block whose elements have a weight each.
template <class Pass, class V, class F, class T>
static void varying(const tile_block& block, const void* w, const void* v, double* sums) {
  using W = several<V>;
  const T *weights = static_cast<const T*>(w), *directions = static_cast<const T*>(v);
  for (std::int64_t at = 0; at < block.count; at += W::size) {
    const block_step<Pass, W, T> step(block, at);
    const auto [g, term] =
        compute<Pass, streams<F, V, T>>(step, block, F{}, W::load(weights + at),
                                        v ? W::load(directions + at) : W(0), v != nullptr);
    if constexpr (Pass::sums) {
      if (!sums) continue;
      auto sum = W::accumulator::load(sums + at);
      if constexpr (W::size > 1) {
        sum.add(g, step.whole() ? term : term.part(step.count()));
      } else {
        sum.add(g, term);
      }
      sum.store(sums + at);
    }
  }
}

template <class Pass, class F, class T, class V>
constexpr tile_kernels kernels_of{sizeof(T),
                                  streams<F, V, T>,
                                  fixed<Pass, V, F, T>,
                                  fixed_sums<V>::total,
                                  varying<Pass, V, F, T>};
