#pragma once
#include "../family/parametric.h"
#include "rows.h"

/// What a thread computes of some elements and their weights.

/// The weights stand behind the tensors of a job, as two more: they move with the channel alone.
enum : int { weight = parametric::slots, grad_grad_weight, parametric_tensors };
using parametric_operands = operands<parametric_tensors>;
using parametric_offsets = strides<parametric_tensors>::offsets;

/// Which derivatives are wanted is known at run time only.
using parametric_gradient = parametric_backward<true, true>;
using parametric_second = parametric_double_backward<true>;

/// The tensors of a job and its weights.
inline parametric_operands with_weights(const parametric::job& job) {
  parametric_operands o{};
  o.rank = job.rank;
  std::copy_n(job.size, job.rank, o.size);
  for (int s = 0; s < parametric::slots; ++s) {
    o.data[s] = job.data[s];
    std::copy_n(job.stride[s], job.rank, o.stride[s]);
  }
  o.data[weight] = const_cast<void*>(job.weight);
  o.data[grad_grad_weight] = const_cast<void*>(job.grad_grad_weight);
  o.stride[weight][job.channel] = job.weight_stride;
  o.stride[grad_grad_weight][job.channel] = job.grad_grad_weight_stride;
  return o;
}

/// Null where a tensor is absent.
struct parametric_data {
  char* at[parametric_tensors];
  std::int64_t step, grad_grad_step;  // between the weights of two channels

  parametric_data(const parametric_operands& o, int channel)
      : step(o.stride[weight][channel]), grad_grad_step(o.stride[grad_grad_weight][channel]) {
    for (int t = 0; t < parametric_tensors; ++t) at[t] = static_cast<char*>(o.data[t]);
  }
};

/// The tensors of a pass, its weights aside.
template <class Pass> constexpr unsigned moving = Pass::always | Pass::optional;

/// Whether a pass has a tensor.
template <class Pass> NONLIN_INLINE bool has(int slot, char* const (&at)[parametric_tensors]) {
  return (moving<Pass> >> slot & 1) && at[slot] != nullptr;
}
template <int... Slots, class Step> NONLIN_INLINE void for_each(const Step& step) {
  (step(Slots), ...);
}
template <class Step> NONLIN_INLINE void for_inputs(const Step& step) {
  for_each<parametric::self, parametric::grad_output, parametric::grad_grad_self>(step);
}
template <class Step> NONLIN_INLINE void for_outputs(const Step& step) {
  for_each<parametric::result, parametric::grad_grad_output>(step);
}

/// Batches whose loads a thread issues before it uses them: as many as registers have room for.
template <class Pass> constexpr int batches = 2;
template <bool Sums> constexpr int batches<parametric_double_backward<Sums>> = 1;

template <class Index> using parametric_rows = rows<parametric_tensors, Index>;

/// `Width` elements of every tensor.
template <class Pass, class T, int Width> struct batch {
  using V = lane_for<T>;
  using number = decltype(V::v);
  T tensor[parametric_tensors][Width]{};
  number term[Width]{};  // of the weight gradient

  /// All elements, or the first.
  NONLIN_INLINE void load(const parametric_data& data, const parametric_offsets& at, bool whole) {
    for_inputs([&](int s) {
      if (has<Pass>(s, data.at)) load_share(tensor[s], data.at[s] + at[s], whole);
    });
  }
  NONLIN_INLINE void store(const parametric_data& data, const parametric_offsets& at,
                           bool whole) const {
    for_outputs([&](int s) {
      if (has<Pass>(s, data.at)) store_share(data.at[s] + at[s], tensor[s], whole);
    });
  }
  /// Those of a piece of a row.
  template <class Index, class Piece>
  NONLIN_INLINE void load(const parametric_rows<Index>& r, const Piece& mine) {
    for_inputs([&](int s) {
      if (has<Pass>(s, r.at)) load_at(s, r, mine);
    });
  }
  template <class Index, class Piece>
  NONLIN_INLINE void load_weights(const parametric_rows<Index>& r, const Piece& mine) {
    load_at(weight, r, mine);
    if (r.at[grad_grad_weight]) load_at(grad_grad_weight, r, mine);
  }
  template <class Index, class Piece>
  NONLIN_INLINE void store(const parametric_rows<Index>& r, const Piece& mine) const {
    for_outputs([&](int s) {
      if (!has<Pass>(s, r.at)) return;
      store_elements(r.at[s] + mine.at[s], tensor[s], r.how[s], r.stride[s], mine.there);
    });
  }

  /// The weights of element `i`, at these offsets.
  NONLIN_INLINE void load_weight(char* const (&at)[parametric_tensors], int i, std::int64_t offset,
                                 std::int64_t grad_grad_offset) {
    tensor[weight][i] = *reinterpret_cast<const T*>(at[weight] + offset);
    if (at[grad_grad_weight] == nullptr) return;
    tensor[grad_grad_weight][i] =
        *reinterpret_cast<const T*>(at[grad_grad_weight] + grad_grad_offset);
  }
  NONLIN_INLINE void load_weight(const parametric_data& data, int i, std::uint64_t channel) {
    const auto c = static_cast<std::int64_t>(channel);
    load_weight(data.at, i, c * data.step, c * data.grad_grad_step);
  }
  /// Those of adjacent channels, where they lie in a vector.
  NONLIN_INLINE void load_weights(const parametric_data& data, int channel) {
    load_vector(tensor[weight], data.at[weight] + channel * std::int64_t{sizeof(T)});
    if (data.at[grad_grad_weight] == nullptr) return;
    load_vector(tensor[grad_grad_weight],
                data.at[grad_grad_weight] + channel * std::int64_t{sizeof(T)});
  }
  /// All elements have the weights of the first.
  NONLIN_INLINE void broadcast_weight() {
    each<Width>([&](int i) {
      tensor[weight][i] = tensor[weight][0];
      tensor[grad_grad_weight][i] = tensor[grad_grad_weight][0];
    });
  }

  /// `Once`: there is one test of what is absent for all elements, and a text for each answer.
  template <bool Once = true, class F>
  NONLIN_INLINE void compute(const F& f, char* const (&at)[parametric_tensors]) {
    constexpr std::true_type there;
    constexpr std::false_type absent;
    if constexpr (!(Pass::optional >> parametric::grad_grad_self & 1)) {
      compute(f, absent, absent);
    } else if constexpr (!Once) {
      compute(f, at[parametric::grad_grad_self] != nullptr, at[grad_grad_weight] != nullptr);
    } else if (at[parametric::grad_grad_self] == nullptr) {
      at[grad_grad_weight] == nullptr ? compute(f, absent, absent) : compute(f, absent, there);
    } else {
      at[grad_grad_weight] == nullptr ? compute(f, there, absent) : compute(f, there, there);
    }
  }
  /// As parametric_point says; may be constants.
  template <class F, class U, class W> NONLIN_INLINE void compute(const F& f, U has_u, W has_v) {
    using namespace parametric;
    number first[Width], second[Width];
    each<Width>([&](int i) {
      const auto of = [&](int s) { return V::load(&tensor[s][i]); };
      const V g = of(grad_output);
      const auto y = Pass::of(f, parametric_point<V>{of(self), of(weight), g, of(grad_grad_self),
                                                     of(grad_grad_weight), has_u, has_v});
      first[i] = y.result.v;
      second[i] = y.grad_grad_output.v;
      term[i] = (g * y.weight_term).v;
    });
    round_to(tensor[result], first);
    round_to(tensor[grad_grad_output], second);
  }

  /// The sum of the terms, in pairs, so that it is rounded log₂ `Width` times.
  NONLIN_INLINE number total(std::uint32_t there) const {
    number sum[Width];
    each<Width>([&](int i) { sum[i] = there >> i & 1 ? term[i] : 0; });
    NONLIN_UNROLL
    for (int half = Width / 2; half > 0; half /= 2) {
      NONLIN_UNROLL
      for (int i = 0; i < half; ++i) sum[i] += sum[i + half];
    }
    return sum[0];
  }

 private:
  template <class Index, class Piece>
  NONLIN_INLINE void load_at(int s, const parametric_rows<Index>& r, const Piece& mine) {
    load_elements(tensor[s], r.at[s] + mine.at[s], r.how[s], r.stride[s], mine.there);
  }
};

/// Piece `i` of the rows of tensors with any strides and alignment.
template <class Pass, class T, class F>
NONLIN_INLINE void weighted_piece(const F& f, const parametric_rows<int>& r, int i) {
  constexpr int width = vector_bytes / sizeof(T);
  constexpr unsigned both_weights = slot_bits(int(weight), int(grad_grad_weight));
  const auto mine = r.item<T, width, parametric::self, moving<Pass> | both_weights>({}, i);
  if (mine.there == 0) return;
  batch<Pass, T, width> b;
  b.load(r, mine);
  b.load_weights(r, mine);
  b.template compute<(sizeof(T) > 2)>(f, r.at);  // for want of registers
  b.store(r, mine);
}
