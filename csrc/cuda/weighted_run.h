#pragma once
#include "parametric.h"

/// Tensors that are one run of elements each, and where the weights of its vectors lie.

/// A dense run of elements in every tensor. `inner` of them have the same channel, the next ones
/// the next channel, and after the last follows the first. `weights_in_vectors`: each vector of
/// elements has its own vector of weights. Twice the number of channels is an int.
template <int Width> struct weighted_run {
  parametric_data data;
  dense_run<Width, int> run;
  divisor inner, channels;
  bool weights_in_vectors;
  int step = 0, grad_grad_step = 0;  // between the weights of two channels

  struct position {
    int inner, channel;
  };
  position stride{};  // from a thread's vector to its next one
  /// Bit k: where a channel begins at the first element of a vector, one does at element k.
  std::uint32_t begins = 0;

  NONLIN_INLINE position of(int element) const {
    if (channels.value == 1) return {0, 0};
    const auto i = static_cast<std::uint32_t>(element), plane = inner.quotient(i);
    return {static_cast<int>(i) - static_cast<int>(plane) * length(),
            static_cast<int>(plane - channels.quotient(plane) * std::uint32_t(channels.value))};
  }
  NONLIN_INLINE position after(position p) const {
    p.inner += stride.inner;
    p.channel += stride.channel;
    if (p.inner >= length()) {
      p.inner -= length();
      ++p.channel;
    }
    if (p.channel >= count()) p.channel -= count();
    return p;
  }
  template <class Pass, class T>
  NONLIN_INLINE void load_weight(batch<Pass, T, Width>& b, int i, int channel) const {
    b.load_weight(data.at, i, std::int64_t{channel} * step, std::int64_t{channel} * grad_grad_step);
  }
  NONLIN_INLINE int length() const { return static_cast<int>(inner.value); }
  NONLIN_INLINE int count() const { return static_cast<int>(channels.value); }
};

/// The weights of a share that begins there.
template <class Pass, class T, int Width>
NONLIN_INLINE void load_weights(batch<Pass, T, Width>& b, const weighted_run<Width>& w, bool whole,
                                const typename weighted_run<Width>::position& at) {
  if (!whole || w.channels.value == 1 || at.inner + Width <= w.length()) {
    w.load_weight(b, 0, at.channel);
    b.broadcast_weight();
  } else if (w.weights_in_vectors) {
    b.load_weights(w.data, at.channel);
  } else {
    const std::uint32_t begins = w.begins << (w.length() - at.inner);
    int channel = at.channel;
    each<Width>([&](int k) {
      if (begins >> k & 1) ++channel;
      if (channel == w.count()) channel = 0;
      w.load_weight(b, k, channel);
    });
  }
}

/// Whether dense tensors have kernels of their own.
template <class F, class T> constexpr bool has_weighted_dense_kernel = !light<F> || sizeof(T) < 8;

template <class Pass, class T> constexpr int weighted_batch = sizeof(T) < 8 ? batches<Pass> : 1;

/// The shares of one thread, `threads` apart.
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void weighted_shares(const F& f, const weighted_run<Width>& w, int block,
                                   int thread) {
  constexpr int count = weighted_batch<Pass, T>;
  constexpr std::true_type vector;
  constexpr std::false_type single;
  const auto visit = [&](const auto& step) {
    each<count>([&](int n) {
      const int i = (block * count + n) * threads + thread;
      if (i < w.run.vectors) {
        step(n, w.run[i].first, vector);
      } else if (i < w.run.shares()) {
        step(n, w.run[i].first, single);
      }
    });
  };
  const auto offsets = [](int first) {
    parametric_offsets at;
    at.fill(first * std::int64_t{sizeof(T)});
    return at;
  };
  batch<Pass, T, Width> b[count];
  typename weighted_run<Width>::position at{};
  visit([&](int n, int first, auto whole) {
    b[n].load(w.data, offsets(first), whole);
    at = whole && n > 0 ? w.after(at) : w.of(first);
    load_weights(b[n], w, whole, at);
  });
  each<count>([&](int n) { b[n].compute(f, w.data.at); });
  visit([&](int n, int first, auto whole) { b[n].store(w.data, offsets(first), whole); });
}
