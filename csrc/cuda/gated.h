#pragma once
#include "../family/gated.h"
#include "pointwise.h"
#include "vector_plan.h"

/// What one thread of a gated kernel does. There is one kernel for each pass and type, whatever the
/// layout, so that the formula's code is there once.

/// The tensors that belong to a gate; the next one belongs to what it lets up.
template <class Pass> constexpr pair_mask gates = 0b010;
template <> constexpr pair_mask gates<gated_backward> = 0b01001;
template <> constexpr pair_mask gates<gated_double_backward> = 0b01001010;

/// The tensors that may be absent.
template <class Pass> constexpr pair_mask may_be_absent = 0;
template <> constexpr pair_mask may_be_absent<gated_backward> = 0b00011;
template <> constexpr pair_mask may_be_absent<gated_double_backward> = 0b00111111;

template <class Pass> NONLIN_INLINE constexpr bool is_gate(int t) {
  constexpr pair_mask mask = gates<Pass>;
  return mask >> t & 1;
}
/// The first tensor of the pair, or the tensor itself.
template <class Pass> NONLIN_INLINE constexpr int pair_of(int t) {
  return t > 0 && is_gate<Pass>(t - 1) ? t - 1 : t;
}

/// Where the second text of act, for its defaults, pays, in every layout: gradients of dense SwiGLU
/// in float32 take 72 % of a copy's time to issue without it, 50 % with it. Double backward waits
/// for memory.
template <class Pass> constexpr bool gated_pays_at_defaults = Pass::outputs < 3;

template <class Pass> using gated_rows = vector_rows<pointers<Pass>::count>;

/// Whether there are ways for whole vectors: double backward in float64 has no registers for them.
template <class Pass, class T> constexpr bool has_vectors = Pass::outputs < 3 || sizeof(T) < 8;
/// Whether double backward of whole vectors has a text without tests for what is absent. sm_80 has
/// no registers for that, and spends less of its time on instructions.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
template <class Pass, class T> constexpr bool is_told_apart = false;
#else
template <class Pass, class T>
constexpr bool is_told_apart = Pass::outputs == 3 && has_vectors<Pass, T>;
#endif
/// Vectors of a thread: three inputs fill the registers.
template <class Pass, class T>
constexpr int gated_batch = Pass::inputs < 3 && sizeof(T) < 8 ? 2 : 1;

template <class Pass> NONLIN_INLINE bool is_present(const gated_rows<Pass>& r, int t) {
  constexpr pair_mask optional = may_be_absent<Pass>;
  return !(optional >> t & 1) || (r.present >> t & 1);
}

/// A vector of each tensor, which is in row `row`. `All`: they are there.
template <bool All, class Pass, class T, int Width>
NONLIN_INLINE void load_vectors(elements<Pass, T, Width>& e, const gated_rows<Pass>& r, int vector,
                                int row) {
  each<Pass::inputs>([&](int k) {
    const int t = Pass::outputs + k;
    if (All || is_present<Pass>(r, t)) {
      load_vector(e.in[k], r.at[t] + r.offset(pair_of<Pass>(t), vector, row));
    } else {
      std::memset(&e.in[k], 0, sizeof(e.in[k]));
    }
  });
}
template <bool All, class Pass, class T, int Width>
NONLIN_INLINE void store_vectors(const elements<Pass, T, Width>& e, const gated_rows<Pass>& r,
                                 int vector, int row) {
  each<Pass::outputs>([&](int k) {
    if (!All && !is_present<Pass>(r, k)) return;
    store_vector(r.at[k] + r.offset(pair_of<Pass>(k), vector, row), e.out[k]);
  });
}

/// Calls visit(gate's, up's) for the pairs among `tensors`, of which the first is tensor `First`.
template <class Pass, int First, class T, int Width, int Count, class Visit>
NONLIN_INLINE void for_pairs(T (&tensors)[Count][Width], const Visit& visit) {
  each<Count>([&](int k) {
    if (is_gate<Pass>(First + k)) visit(tensors[k], tensors[k + 1]);
  });
}

/// The vectors of one thread, `threads` apart; one, where a tensor is absent or pairs alternate; or
/// a piece of a row. Each way reads and writes apart from the others, so that compilers make
/// branches of them: under predicates they would all take their time.
template <class Pass, class T, class F>
NONLIN_INLINE void gated_share(const F& f, const gated_rows<Pass>& r, int block, int thread) {
  constexpr int width = vector_bytes / sizeof(T), count = gated_batch<Pass, T>;
  const bool plain = has_vectors<Pass, T> && block < r.plain_blocks;
  const bool vectors = has_vectors<Pass, T> && block < r.vector_blocks;
  const int first = block * (count * threads) + thread, only = block * threads + thread;
  elements<Pass, T, width> e[count];
  typename rows<pointers<Pass>::count>::piece mine;
  int row[count] = {};
  if (plain) {
    each<count>([&](int n) {
      row[n] = r.row_of(first + n * threads);
      load_vectors<true>(e[n], r, first + n * threads, row[n]);
    });
  } else if (vectors) {
    if (only >= r.taken) return;
    mine.there = 0;
    row[0] = r.row_of(only);
    load_vectors<false>(e[0], r, only, row[0]);
    if (r.inputs_alternate) {
      for_pairs<Pass, Pass::outputs>(e[0].in, [](auto& gate, auto& up) { separate(gate, up); });
    }
  } else {
    const int piece = only - r.vector_blocks * threads;
    if (piece >= r.items) return;
    mine = r.template piece<T, width, reference_of<Pass>, has_vectors<Pass, T>>(piece);
    if (mine.there == 0) return;
    each<Pass::inputs>([&](int k) {
      const int t = Pass::outputs + k;
      std::memset(&e[0].in[k], 0, sizeof(e[0].in[k]));
      if (!is_present<Pass>(r, t)) return;
      load_elements(e[0].in[k], r.all.at[t] + mine.at[t], r.all.how[t], r.all.stride[t],
                    mine.there);
    });
  }
  constexpr auto number = [](const auto& vector, int k) { return lane_at(vector, k); };
  if constexpr (is_told_apart<Pass, T>) {
    if (plain) {
      F all = f;
      all.along_gate = all.along_up = true;
      e[0].compute(all, number);
      store_vectors<true>(e[0], r, first, r.row_of(first));
      return;
    }
  }
  e[0].compute(f, number);
  if (plain) {
    store_vectors<true>(e[0], r, first, row[0]);
    if constexpr (count == 2) {
      e[1].compute(f, number);
      store_vectors<true>(e[1], r, first + threads, row[1]);
    }
  } else if (vectors) {
    if (r.outputs_alternate) {
      for_pairs<Pass, 0>(e[0].out, [](auto& gate, auto& up) { alternate(gate, up); });
    }
    store_vectors<false>(e[0], r, only, row[0]);
  } else {
    each<Pass::outputs>([&](int k) {
      if (!is_present<Pass>(r, k)) return;
      store_elements(r.all.at[k] + mine.at[k], e[0].out[k], r.all.how[k], r.all.stride[k],
                     mine.there);
    });
  }
}

template <class Pass, class T, int Tensors>
gated_rows<Pass> plan_gated(const operands<Tensors>& o) {
  constexpr int batch = has_vectors<Pass, T> ? gated_batch<Pass, T> : 0;
  return plan_vectors(first_of<pointers<Pass>::count>(o), Pass::outputs, gates<Pass>, sizeof(T),
                      reference_of<Pass>, batch);
}
template <class Pass> std::int64_t blocks_of(const gated_rows<Pass>& r) {
  return r.vector_blocks + ceil_div(r.items, threads);
}
