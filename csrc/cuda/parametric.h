#pragma once
#include "../family/parametric.h"
#include "loop.h"
#include "walk.h"

/// What a thread computes of some elements and their weights.

/// The weights stand behind the tensors of a job, as two more: they move with the channel alone.
enum : int { weight = parametric::slots, grad_grad_weight, parametric_tensors };
using parametric_walk = walk<parametric_tensors>;
using parametric_place = parametric_walk::place;

/// Which derivatives are wanted is known at run time only.
using parametric_gradient = parametric_backward<true, true>;
using parametric_second = parametric_double_backward<true>;

/// Null where a tensor is absent.
struct parametric_data {
  char* at[parametric_tensors];
  std::int64_t step, grad_grad_step;  // between the weights of two channels

  explicit parametric_data(const parametric::job& job)
      : step(job.weight_stride), grad_grad_step(job.grad_grad_weight_stride) {
    for (int s = 0; s < parametric::slots; ++s) at[s] = static_cast<char*>(job.data[s]);
    at[weight] = static_cast<char*>(const_cast<void*>(job.weight));
    at[grad_grad_weight] = static_cast<char*>(const_cast<void*>(job.grad_grad_weight));
  }
  template <class Pass> NONLIN_INLINE bool has(int slot) const {
    return ((Pass::always | Pass::optional) >> slot & 1) && at[slot] != nullptr;
  }
};

template <class T, int Width> NONLIN_INLINE void load_vector(T (&to)[Width], const char* from) {
  const vector loaded = *reinterpret_cast<const vector*>(from);
  std::memcpy(to, &loaded, Width * sizeof(T));
}
template <int... Slots, class Step> NONLIN_INLINE void for_each(const Step& step) {
  (step(Slots), ...);
}

/// `Width` elements of every tensor, of which a thread has all or the first.
template <class Pass, class T, int Width> struct batch {
  using V = lane_for<T>;
  using number = decltype(V::v);
  T tensor[parametric_tensors][Width]{};
  number term[Width]{};  // of the weight gradient

  NONLIN_INLINE void load(const parametric_data& data, const parametric_place& place, bool whole) {
    using namespace parametric;
    for_each<self, grad_output, grad_grad_self>([&](int s) {
      if (!data.template has<Pass>(s)) return;
      const char* from = data.at[s] + place[s];
      if (Width > 1 && whole) {
        load_vector(tensor[s], from);
      } else {
        tensor[s][0] = *reinterpret_cast<const T*>(from);
      }
    });
  }
  NONLIN_INLINE void store(const parametric_data& data, const parametric_place& place,
                           bool whole) const {
    using namespace parametric;
    for_each<result, grad_grad_output>([&](int s) {
      if (!data.template has<Pass>(s)) return;
      char* to = data.at[s] + place[s];
      if (Width > 1 && whole) {
        vector stored;
        std::memcpy(&stored, tensor[s], Width * sizeof(T));
        *reinterpret_cast<vector*>(to) = stored;
      } else {
        *reinterpret_cast<T*>(to) = tensor[s][0];
      }
    });
  }

  /// The weights of element `i`, at these offsets.
  NONLIN_INLINE void load_weight(const parametric_data& data, int i, std::int64_t offset,
                                 std::int64_t grad_grad_offset) {
    tensor[weight][i] = *reinterpret_cast<const T*>(data.at[weight] + offset);
    if (data.at[grad_grad_weight] == nullptr) return;
    tensor[grad_grad_weight][i] =
        *reinterpret_cast<const T*>(data.at[grad_grad_weight] + grad_grad_offset);
  }
  NONLIN_INLINE void load_weight(const parametric_data& data, int i, std::uint64_t channel) {
    const auto c = static_cast<std::int64_t>(channel);
    load_weight(data, i, c * data.step, c * data.grad_grad_step);
  }
  /// Those of adjacent channels, where they lie in a vector.
  NONLIN_INLINE void load_weights(const parametric_data& data, std::uint64_t channel) {
    load_vector(tensor[weight], data.at[weight] + channel * sizeof(T));
    if (data.at[grad_grad_weight] == nullptr) return;
    load_vector(tensor[grad_grad_weight], data.at[grad_grad_weight] + channel * sizeof(T));
  }
  /// All elements have the weights of the first.
  NONLIN_INLINE void spread_weight() {
    each<Width>([&](int i) {
      tensor[weight][i] = tensor[weight][0];
      tensor[grad_grad_weight][i] = tensor[grad_grad_weight][0];
    });
  }

  template <class F> NONLIN_INLINE void compute(const F& f, const parametric_data& data) {
    each<Width>([&](int i) { compute(f, data, i); });
  }

  /// The sum of the terms, in pairs, so that it is rounded log₂ `Width` times.
  NONLIN_INLINE number total(bool whole) const {
    number sum[Width];
    each<Width>([&](int i) { sum[i] = i == 0 || whole ? term[i] : 0; });
    NONLIN_UNROLL
    for (int half = Width / 2; half > 0; half /= 2) {
      NONLIN_UNROLL
      for (int i = 0; i < half; ++i) sum[i] += sum[i + half];
    }
    return sum[0];
  }

 private:
  template <class F> NONLIN_INLINE void compute(const F& f, const parametric_data& data, int i) {
    using namespace parametric;
    const auto of = [&](int s) { return V::load(&tensor[s][i]); };
    const V g = of(grad_output);
    const auto y =
        Pass::of(f, parametric_point<V>{of(self), of(weight), g, of(grad_grad_self),
                                        of(grad_grad_weight), data.at[grad_grad_self] != nullptr,
                                        data.at[grad_grad_weight] != nullptr});
    y.result.store(&tensor[result][i]);
    y.grad_grad_output.store(&tensor[grad_grad_output][i]);
    term[i] = (g * y.slope).v;
  }
};

/// A dense run of elements in every tensor. `inner` of them have the same channel, the next ones
/// the next channel, and after the last follows the first. `weights_in_vectors`: each vector of
/// elements has its own vector of weights.
template <int Width> struct weighted_run {
  parametric_data data;
  dense_run<Width> run;
  divisor inner, channels;
  bool weights_in_vectors;

  struct position {
    std::uint64_t channel, inner;
  };
  NONLIN_INLINE position of(std::int64_t element) const {
    if (channels.value == 1) return {0, 0};
    const auto i = static_cast<std::uint64_t>(element), plane = inner.quotient(i);
    return {plane - channels.quotient(plane) * channels.value, i - plane * inner.value};
  }
};
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void weighted_share(const F& f, const weighted_run<Width>& w, std::int64_t i) {
  const share mine = w.run[i];
  parametric_place place;
  each<parametric::slots>([&](int s) { place[s] = mine.first * std::int64_t{sizeof(T)}; });
  batch<Pass, T, Width> b;
  b.load(w.data, place, mine.whole);
  auto [channel, inner] = w.of(mine.first);
  if (!mine.whole || w.channels.value == 1 || inner + Width <= w.inner.value) {
    b.load_weight(w.data, 0, channel);
    b.spread_weight();
  } else if (w.weights_in_vectors) {
    b.load_weights(w.data, channel);
  } else {
    each<Width>([&](int k) {
      b.load_weight(w.data, k, channel);
      if (++inner < w.inner.value) return;
      inner = 0;
      if (++channel == w.channels.value) channel = 0;
    });
  }
  b.compute(f, w.data);
  b.store(w.data, place, mine.whole);
}

/// Tensors with any strides: one element.
struct weighted_walk {
  parametric_data data;
  parametric_walk dims;
};
template <class Pass, class T, class F>
NONLIN_INLINE void weighted_element(const F& f, const weighted_walk& w, std::int64_t i) {
  parametric_place place{};
  w.dims.advance(place, 0, w.dims.rank, i);
  batch<Pass, T, 1> b;
  b.load(w.data, place, false);
  b.load_weight(w.data, 0, place[weight], place[grad_grad_weight]);
  b.compute(f, w.data);
  b.store(w.data, place, false);
}
