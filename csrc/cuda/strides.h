#pragma once
#include "../jet.h"

/// Where elements lie in tensors with any strides.

#if defined(__CUDACC__)  // few dimensions: a copy of the body for each of several would be in vain
#define NONLIN_ROLLED _Pragma("unroll 1")
#else
#define NONLIN_ROLLED
#endif

NONLIN_INLINE std::uint64_t high_word(std::uint64_t a, std::uint64_t b) {
#if defined(__CUDA_ARCH__)
  return __umul64hi(a, b);
#else
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b >> 64);
#endif
}

/// A launch constant to divide by: one multiplication, in 32 bits for dividends below 2³¹ and in 64
/// for those below 2⁶³.
struct divisor {
  /// Of what is not divided: the quotient is 0.
  static divisor none() {
    divisor d;
    d.magic = d.narrow_magic = 0;
    return d;
  }

  std::uint64_t value = 1, magic = 1ull << 63;
  std::uint32_t narrow_magic = 1u << 31;
  std::uint8_t bits = 0, narrow_bits = 0;

  divisor() = default;
  explicit divisor(std::int64_t d) : value(d < 1 ? 1 : static_cast<std::uint64_t>(d)) {
    const int log = std::bit_width(value - 1);  // ⌈log₂ d⌉
    bits = static_cast<std::uint8_t>(log);
    // ⌊2⁶³⁺ˡᵒᵍ/d⌋ + 1 errs by at most 2⁻⁶³ of itself, and likewise with 31.
    const auto power = static_cast<unsigned __int128>(1) << (63 + log);
    magic = static_cast<std::uint64_t>(power / value) + 1;
    if (log > 31) {  // a narrow quotient is 0
      narrow_magic = 0;
    } else {
      narrow_bits = bits;
      narrow_magic = static_cast<std::uint32_t>((std::uint64_t{1} << (31 + log)) / value + 1);
    }
  }

  NONLIN_INLINE std::uint32_t quotient(std::uint32_t n) const {  // n < 2³¹
    return static_cast<std::uint32_t>(std::uint64_t{n << 1} * narrow_magic >> 32) >> narrow_bits;
  }
  NONLIN_INLINE std::uint64_t quotient(std::uint64_t n) const {
    if (n >> 31 == 0) return quotient(static_cast<std::uint32_t>(n));
    return high_word(n << 1, magic) >> bits;
  }
};

/// The dimensions of several tensors, the first one the fastest in the order of indices; strides in
/// bytes. The last dimension is not divided by, as an index is below the product of all sizes.
template <int Tensors> struct strides {
  using offsets = std::array<std::int64_t, Tensors>;
  divisor size[max_rank];
  std::int64_t stride[Tensors][max_rank];
  int rank = 0;

  /// The offsets of index `i` are added to `at`, in the tensors of the mask `Which`. An index of
  /// 32 bits is below 2³¹; one of 64 is divided in 32 where it fits.
  template <unsigned Which = ~0u> NONLIN_INLINE void advance(offsets& at, std::uint32_t i) const {
    advance_by<Which>(at, i);
  }
  template <unsigned Which = ~0u> NONLIN_INLINE void advance(offsets& at, std::uint64_t i) const {
    if (i >> 31 == 0) {
      advance_by<Which>(at, static_cast<std::uint32_t>(i));
    } else {
      advance_by<Which>(at, i);
    }
  }

 private:
  template <unsigned Which, class Index>
  NONLIN_INLINE void advance_by(offsets& at, Index rest) const {
    NONLIN_ROLLED
    for (int d = 0; d < rank; ++d) {
      const Index quotient = size[d].quotient(rest);
      const Index steps = rest - quotient * static_cast<Index>(size[d].value);
      for (int t = 0; t < Tensors; ++t) {
        if (Which >> t & 1) at[t] += static_cast<std::int64_t>(steps) * stride[t][d];
      }
      rest = quotient;
    }
  }
};
