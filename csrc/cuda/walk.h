#pragma once
#include "../descriptor.h"
#include "../jet.h"

/// Where elements lie in tensors with any strides.

/// A launch constant to divide by: one multiplication for dividends below 2³¹.
struct divisor {
  std::uint64_t value = 1;
  std::uint32_t magic = 0x80000001, shift = 31;

  divisor() = default;
  explicit divisor(std::int64_t d) : value(d < 1 ? 1 : static_cast<std::uint64_t>(d)) {
    const int bits = std::bit_width(value - 1);  // ⌈log₂ d⌉
    shift = bits > 32 ? 63 : 31 + bits;
    // ⌊2³¹⁺ᵇⁱᵗˢ/d⌋ + 1 errs by at most 2⁻³¹ of itself. From 2³² on the quotient is 0.
    magic = bits > 32 ? 0 : static_cast<std::uint32_t>((std::uint64_t{1} << shift) / value + 1);
  }

  NONLIN_INLINE std::uint64_t quotient(std::uint64_t n) const {
    return n >> 31 ? n / value : n * magic >> shift;
  }
};

/// Dimensions of several tensors, in the order in which they are walked; strides in bytes.
template <int Tensors> struct walk {
  using place = std::array<std::int64_t, Tensors>;
  divisor size[max_rank];
  std::int64_t stride[Tensors][max_rank];
  int rank = 0;

  /// One more dimension. Its strides are to be set.
  int append(std::int64_t extent) {
    size[rank] = divisor(extent);
    return rank++;
  }

  /// Advances by index `i` along the dimensions [begin, end). The last one needs no division.
  NONLIN_INLINE void advance(place& at, int begin, int end, std::int64_t i) const {
    auto rest = static_cast<std::uint64_t>(i);
    for (int d = begin; d < end; ++d) {
      const std::uint64_t quotient = d + 1 < end ? size[d].quotient(rest) : 0;
      const auto steps = static_cast<std::int64_t>(rest - quotient * size[d].value);
      for (int t = 0; t < Tensors; ++t) at[t] += steps * stride[t][d];
      rest = quotient;
    }
  }
};
