#pragma once
#include "../family/pointwise.h"
#include "../simd/gpu.h"
#include "dense_run.h"

/// How a thread reads, rounds and writes adjacent elements. Loads are plain ones, not of the
/// read-only kind: an output may be the very memory of an input.

/// The lane that computes for a storage type.
template <class T>
using lane_for =
    std::conditional_t<std::is_same_v<T, double>, double_lane, gpu_lane<significant_bits<T>>>;

/// step(0), step(1) … with constant arguments: arrays that are indexed with them stay in registers.
template <class Step, int... I>
NONLIN_INLINE void each(const Step& step, std::integer_sequence<int, I...>) {
  (step(I), ...);
}
template <int Count, class Step> NONLIN_INLINE void each(const Step& step) {
  each(step, std::make_integer_sequence<int, Count>{});
}

/// The type of an access decides about its width: arrays of 16-bit elements would be moved in
/// pieces. What it accesses are elements of any type.
template <int Bytes> struct [[gnu::may_alias]] alignas(Bytes) memory {
  std::uint32_t words[Bytes / 4];
};
template <> struct [[gnu::may_alias]] memory<2> { std::uint16_t words[1]; };
template <> struct [[gnu::may_alias]] memory<1> { std::uint8_t words[1]; };

template <class T, int Width> NONLIN_INLINE void load_vector(T (&to)[Width], const char* from) {
  const auto loaded = *reinterpret_cast<const memory<Width* int(sizeof(T))>*>(from);
  std::memcpy(to, &loaded, sizeof(to));
}
template <class T, int Width> NONLIN_INLINE void store_vector(char* to, const T (&from)[Width]) {
  memory<Width* int(sizeof(T))> stored;
  std::memcpy(&stored, from, sizeof(from));
  *reinterpret_cast<memory<Width* int(sizeof(T))>*>(to) = stored;
}

/// All elements, or the first.
template <class T, int Width>
NONLIN_INLINE void load_share(T (&to)[Width], const char* from, bool whole) {
  if (Width > 1 && whole) {
    load_vector(to, from);
  } else {
    to[0] = *reinterpret_cast<const T*>(from);
  }
}
template <class T, int Width>
NONLIN_INLINE void store_share(char* to, const T (&from)[Width], bool whole) {
  if (Width > 1 && whole) {
    store_vector(to, from);
  } else {
    *reinterpret_cast<T*>(to) = from[0];
  }
}

/// How a tensor's elements lie along a row: in vectors, all at one place, or anyhow.
enum class access : std::uint8_t { vectors, same, singles };

/// A mask of `Width` elements, all of which are there.
template <int Width> constexpr std::uint32_t all_of = (1u << Width) - 1;

/// Elements `stride` bytes apart. Those that are not there are neither read nor written.
template <class T, int Width, class Index>
NONLIN_INLINE void load_elements(T (&to)[Width], const char* from, access how, Index stride,
                                 std::uint32_t there) {
  if (how == access::vectors && there == all_of<Width>) {
    load_vector(to, from);
  } else if (how == access::same) {
    const T one = *reinterpret_cast<const T*>(from);
    each<Width>([&](int i) { to[i] = one; });
  } else {
    each<Width>([&](int i) {
      if (there >> i & 1) to[i] = *reinterpret_cast<const T*>(from + std::int64_t{i} * stride);
    });
  }
}
template <class T, int Width, class Index>
NONLIN_INLINE void store_elements(char* to, const T (&from)[Width], access how, Index stride,
                                  std::uint32_t there) {
  if (how == access::vectors && there == all_of<Width>) {
    store_vector(to, from);
  } else {
    each<Width>([&](int i) {
      if (there >> i & 1) *reinterpret_cast<T*>(to + std::int64_t{i} * stride) = from[i];
    });
  }
}

/// Element `i` of a vector as a number. That in the upper half of a word is one of bfloat16 as it
/// stands, without the lower half.
template <class T, int Width> NONLIN_INLINE lane_for<T> lane_at(const T (&from)[Width], int i) {
  if constexpr (std::is_same_v<T, bfloat16> && Width % 2 == 0) {
    std::uint32_t pair;
    std::memcpy(&pair, &from[i & ~1], sizeof(pair));
    const float number = std::bit_cast<float>(i & 1 ? pair & 0xffff0000u : pair << 16);
    return lane_for<T>::load(&number);
  } else {
    return lane_for<T>::load(&from[i]);
  }
}

/// Rounds results to elements; those of 16 bits in pairs, as one instruction does.
template <class T, int Width, class Number>
NONLIN_INLINE void round_to(T (&to)[Width], const Number (&from)[Width]) {
  if constexpr (sizeof(T) == 2 && Width % 2 == 0) {
    each<Width / 2>([&](int i) {
      const std::uint32_t pair = to_pair<T>(from[2 * i], from[2 * i + 1]);
      std::memcpy(&to[2 * i], &pair, sizeof(pair));
    });
  } else {
    each<Width>([&](int i) { lane_for<T>(from[i]).store(&to[i]); });
  }
}
