#pragma once
#include "../family/pointwise.h"
#include "index.h"

/// What one thread does. Every element goes through the same instructions wherever it lies, so that
/// a result depends on its inputs alone. The host can execute this text too: tests compare it
/// there, byte by byte, with a plain loop.

/// The lane that computes for a storage type.
template <class T>
using lane_for =
    std::conditional_t<std::is_same_v<T, double>, cuda_wide, cuda<significant_bits<T>>>;

/// The outputs, then the inputs.
template <class Pass> struct pointers {
  static constexpr int count = Pass::outputs + Pass::inputs;
  void* data[count];
};

/// step(0), step(1) … with constant arguments: arrays that are indexed with them stay in registers.
template <class Step, int... I>
NONLIN_INLINE void each(const Step& step, std::integer_sequence<int, I...>) {
  (step(I), ...);
}
template <int Count, class Step> NONLIN_INLINE void each(const Step& step) {
  each(step, std::make_integer_sequence<int, Count>{});
}

/// `Width` elements of every tensor.
template <class Pass, class T, int Width> struct elements {
  T out[Pass::outputs][Width], in[Pass::inputs][Width];

  template <class F> NONLIN_INLINE void compute(const F& f) {
    each<Width>([&](int i) {
      compute(f, i, std::make_integer_sequence<int, Pass::inputs>{},
              std::make_integer_sequence<int, Pass::outputs>{});
    });
  }

 private:
  template <class F, int... I, int... O>
  NONLIN_INLINE void compute(const F& f, int i, std::integer_sequence<int, I...>,
                             std::integer_sequence<int, O...>) {
    const auto result = Pass::of(f, lane_for<T>::load(&in[I][i])...);
    (result[O].store(&out[O][i]), ...);
  }
};

/// The type of an access decides about its width: arrays of 16-bit elements would be loaded in
/// pieces.
struct alignas(vector_bytes) vector {
  std::uint32_t words[4];
};

/// Loads are plain ones, not of the read-only kind: an output may be the very memory of an input.
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void dense_share(const F& f, const pointers<Pass>& t, const dense_run<Width>& run,
                               std::int64_t i) {
  const share mine = run[i];
  elements<Pass, T, Width> e{};
  each<Pass::inputs>([&](int k) {
    const T* from = static_cast<const T*>(t.data[Pass::outputs + k]) + mine.first;
    if (mine.whole) {
      const vector loaded = *reinterpret_cast<const vector*>(from);
      std::memcpy(e.in[k], &loaded, vector_bytes);
    } else {
      e.in[k][0] = *from;
    }
  });
  e.compute(f);
  each<Pass::outputs>([&](int k) {
    T* to = static_cast<T*>(t.data[k]) + mine.first;
    if (mine.whole) {
      vector stored;
      std::memcpy(&stored, e.out[k], vector_bytes);
      *reinterpret_cast<vector*>(to) = stored;
    } else {
      *to = e.out[k][0];
    }
  });
}

/// Element `i` of tensors with any strides and alignment.
template <class Pass, class T, class F>
NONLIN_INLINE void strided_element(const F& f, const pointwise::operands& o, std::int64_t i) {
  const auto offset = offsets<pointers<Pass>::count>(o, i);
  elements<Pass, T, 1> e;
  each<Pass::inputs>([&](int k) {
    const int n = Pass::outputs + k;
    e.in[k][0] = *reinterpret_cast<const T*>(static_cast<const char*>(o.data[n]) + offset[n]);
  });
  e.compute(f);
  each<Pass::outputs>([&](int k) {
    *reinterpret_cast<T*>(static_cast<char*>(o.data[k]) + offset[k]) = e.out[k][0];
  });
}
