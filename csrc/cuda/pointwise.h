#pragma once
#include "rows.h"

/// What one thread does. Every element goes through the same instructions wherever it lies, so that
/// a result depends on its inputs alone. The host can execute this text too: tests compare it
/// there, byte by byte, with a plain loop.

/// Passes that say `reference`: every tensor but that one may be absent, null. It is not read then,
/// or not written.
template <class Pass>
concept partial = requires {
  Pass::reference;
};
template <class Pass> NONLIN_INLINE bool is_absent([[maybe_unused]] const char* data) {
  if constexpr (partial<Pass>) {
    return data == nullptr;
  } else {
    return false;
  }
}
template <class Pass> constexpr int reference_of = 0;
template <partial Pass> constexpr int reference_of<Pass> = Pass::reference;

/// The outputs, then the inputs.
template <class Pass> struct pointers {
  static constexpr int count = Pass::outputs + Pass::inputs;
  char* data[count];
};

/// `Width` elements of every tensor.
template <class Pass, class T, int Width> struct elements {
  using number = decltype(lane_for<T>::v);
  T out[Pass::outputs][Width], in[Pass::inputs][Width];

  template <class F> NONLIN_INLINE void compute(const F& f) {
    compute(f, [](const T(&from)[Width], int i) { return lane_for<T>::load(&from[i]); });
  }
  /// With at(vector, i) for element `i` of a vector as a number.
  template <class F, class At> NONLIN_INLINE void compute(const F& f, const At& at) {
    number result[Pass::outputs][Width];
    each<Width>([&](int i) {
      compute(f, at, i, result, std::make_integer_sequence<int, Pass::inputs>{},
              std::make_integer_sequence<int, Pass::outputs>{});
    });
    each<Pass::outputs>([&](int k) { round_to(out[k], result[k]); });
  }

 private:
  template <class F, class At, int... I, int... O>
  NONLIN_INLINE void compute(const F& f, const At& at, int i,
                             number (&result)[Pass::outputs][Width],
                             std::integer_sequence<int, I...>, std::integer_sequence<int, O...>) {
    const auto y = Pass::of(f, at(in[I], i)...);
    ((result[O][i] = y[O].v), ...);
  }
};

/// Vectors that a thread takes of a dense run, all of them loaded before the first is used. With
/// one input there would otherwise be too few bytes in flight, with two they spare instructions;
/// three inputs fill the registers. Accesses of 32 bytes, which sm_100 has, would spare about one
/// instruction an element and take up to 26 more registers.
template <class Pass, class T> constexpr int batch_of = Pass::inputs < 3 && sizeof(T) < 8 ? 2 : 1;

/// Whether dense tensors have kernels of their own. Without one they are rows like others: with a
/// comparison as a formula, these take at most 43 % of a copy's time to issue in float64 and 41 %
/// in double backward.
template <class F, class Pass, class T>
constexpr bool has_dense_kernel = !light<F> || (sizeof(T) < 8 && Pass::inputs < 3);

/// Where the second text of a formula, for its default parameters, pays. By issue slots, as a share
/// of the time of a copy (`make budget`), with SiLU and ELU: values of dense tensors 73 → 52 % and
/// 68 → 42 % in float32, gradients in 16 bits 69 → 57 % and 39 → 29 %. Double backward needs at
/// most 74 % without it (float64: 93 %), and rows spend more on indices than it spares. Values have
/// it in rows too: the texts differ in the bits of a NaN, which no layout may change.
template <class Pass> constexpr bool pays_at_defaults = Pass::inputs < 3;
template <class Pass> constexpr bool pays_in_rows_at_defaults = Pass::inputs == 1;

/// The shares of one thread, `threads` apart: a warp accesses adjacent vectors.
template <class Pass, class T, int Width, class F>
NONLIN_INLINE void dense_shares(const F& f, const pointers<Pass>& t,
                                const dense_run<Width, std::int64_t>& run, std::int64_t block,
                                int thread) {
  constexpr int count = batch_of<Pass, T>;
  const std::int64_t begin = block * (count * threads);
  // Address arithmetic and tests are spared in all blocks but the last ones.
  const bool whole = begin + count * threads <= run.vectors;
  const std::int64_t first = run.head + (begin + thread) * Width;
  elements<Pass, T, Width> e[count]{};
  each<Pass::inputs>([&](int k) {
    const char* from = t.data[Pass::outputs + k];
    if (is_absent<Pass>(from)) return;
    if (whole) {
      from += first * std::int64_t{sizeof(T)};
      each<count>([&](int n) { load_vector(e[n].in[k], from + n * (threads * vector_bytes)); });
      return;
    }
    each<count>([&](int n) {
      const std::int64_t i = begin + n * threads + thread;
      if (i >= run.shares()) return;
      const auto mine = run[i];
      load_share(e[n].in[k], from + mine.first * std::int64_t{sizeof(T)}, mine.whole);
    });
  });
  each<count>([&](int n) { e[n].compute(f); });
  each<Pass::outputs>([&](int k) {
    char* to = t.data[k];
    if (is_absent<Pass>(to)) return;
    if (whole) {
      to += first * std::int64_t{sizeof(T)};
      each<count>([&](int n) { store_vector(to + n * (threads * vector_bytes), e[n].out[k]); });
      return;
    }
    each<count>([&](int n) {
      const std::int64_t i = begin + n * threads + thread;
      if (i >= run.shares()) return;
      const auto mine = run[i];
      store_share(to + mine.first * std::int64_t{sizeof(T)}, e[n].out[k], mine.whole);
    });
  });
}

template <class Pass, class T>
constexpr int row_batch_of = Pass::inputs == 1 ? batch_of<Pass, T> : 1;

/// The pieces of one thread, likewise, of the rows of tensors with any strides and alignment.
template <class Pass, class T, class F>
NONLIN_INLINE void row_pieces(const F& f, const rows<pointers<Pass>::count>& r, int block,
                              int thread) {
  constexpr int width = vector_bytes / sizeof(T), count = row_batch_of<Pass, T>;
  typename rows<pointers<Pass>::count>::piece mine[count];
  elements<Pass, T, width> e[count]{};
  each<count>([&](int n) {
    const int i = (block * count + n) * threads + thread;
    mine[n].there = 0;
    if (i < r.items) mine[n] = r.template item<T, width, reference_of<Pass>>({}, i);
    if (mine[n].there == 0) return;
    each<Pass::inputs>([&](int k) {
      const int t = Pass::outputs + k;
      if (is_absent<Pass>(r.at[t])) return;
      load_elements(e[n].in[k], r.at[t] + mine[n].at[t], r.how[t], r.stride[t], mine[n].there);
    });
  });
  each<count>([&](int n) {
    if (mine[n].there == 0) return;
    e[n].compute(f);
    each<Pass::outputs>([&](int k) {
      if (is_absent<Pass>(r.at[k])) return;
      store_elements(r.at[k] + mine[n].at[k], e[n].out[k], r.how[k], r.stride[k], mine[n].there);
    });
  });
}

template <class Pass, class T, int Tensors>
rows<pointers<Pass>::count> plan_elements(const operands<Tensors>& o) {
  return plan_rows(first_of<pointers<Pass>::count>(o), sizeof(T), reference_of<Pass>);
}
