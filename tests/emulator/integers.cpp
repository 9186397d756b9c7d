// Integers, bits and predicates.
#include "operations.h"

namespace emulator {
namespace {

template <class T> using bits_of = std::make_unsigned_t<T>;
template <class T>
using twice = std::conditional_t<
    sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>,
    std::conditional_t<sizeof(T) == 4,
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>,
                       std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>>>;

struct plus {
  template <class T> T operator()(T a, T b) const { return T(bits_of<T>(a) + bits_of<T>(b)); }
};
struct minus {
  template <class T> T operator()(T a, T b) const { return T(bits_of<T>(a) - bits_of<T>(b)); }
};
struct low_product {
  template <class T> T operator()(T a, T b) const { return T(std::uint64_t(a) * std::uint64_t(b)); }
};
struct high_product {
  template <class T> T operator()(T a, T b) const {
    return T(twice<T>(a) * twice<T>(b) >> 8 * sizeof(T));
  }
};
struct wide_product {
  template <class T> twice<T> operator()(T a, T b) const { return twice<T>(a) * twice<T>(b); }
};
struct low_product_sum {
  template <class T> T operator()(T a, T b, T c) const { return plus{}(low_product{}(a, b), c); }
};
struct wide_product_sum {
  template <class T> twice<T> operator()(T a, T b, twice<T> c) const {
    return plus{}(wide_product{}(a, b), c);
  }
};
/// Of a division by zero nothing is said.
struct quotient {
  template <class T> T operator()(T a, T b) const {
    if (b == 0) return T(-1);
    return std::is_signed_v<T> && b == T(-1) ? minus{}(T(0), a) : T(a / b);
  }
};
struct remainder {
  template <class T> T operator()(T a, T b) const {
    return b == 0 ? a : std::is_signed_v<T> && b == T(-1) ? T(0) : T(a % b);
  }
};
struct least {
  template <class T> T operator()(T a, T b) const { return a < b ? a : b; }
};
struct largest {
  template <class T> T operator()(T a, T b) const { return a < b ? b : a; }
};
struct negative {
  template <class T> T operator()(T a) const { return minus{}(T(0), a); }
};
struct magnitude {
  template <class T> T operator()(T a) const { return a < 0 ? negative{}(a) : a; }
};
/// By as many bits as there are, or more, nothing is left.
struct left_shift {
  template <class T> T operator()(T a, std::uint32_t n) const {
    return n >= 8 * sizeof(T) ? T(0) : T(bits_of<T>(a) << n);
  }
};
struct right_shift {
  template <class T> T operator()(T a, std::uint32_t n) const {
    return n >= 8 * sizeof(T) ? T(a < 0 ? -1 : 0) : T(a >> n);
  }
};

struct conjunction {
  template <class T> T operator()(T a, T b) const { return a & b; }
};
struct disjunction {
  template <class T> T operator()(T a, T b) const { return a | b; }
};
struct exclusion {
  template <class T> T operator()(T a, T b) const { return a ^ b; }
};
struct complement {
  template <class T> T operator()(T a) const { return T(~a); }
};
struct opposite {
  bool operator()(bool a) const { return !a; }
};
struct population {
  template <class T> std::uint32_t operator()(T a) const { return std::popcount(a); }
};
struct leading_zeros {
  template <class T> std::uint32_t operator()(T a) const { return std::countl_zero(a); }
};

struct equal {
  template <class T> bool operator()(T a, T b) const { return a == b; }
};
struct unequal {
  template <class T> bool operator()(T a, T b) const { return a != b; }
};
struct below {
  template <class T> bool operator()(T a, T b) const { return a < b; }
};
struct up_to {
  template <class T> bool operator()(T a, T b) const { return a <= b; }
};
struct above {
  template <class T> bool operator()(T a, T b) const { return a > b; }
};
struct from {
  template <class T> bool operator()(T a, T b) const { return a >= b; }
};
struct choice {
  template <class T> T operator()(T a, T b, bool first) const { return first ? a : b; }
};
struct same {
  template <class T> T operator()(T a) const { return a; }
};

/// Bytes of {b, a}, chosen by the nibbles of c; the eighth of one spreads the byte's sign.
struct permutation {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
    const std::uint64_t all = std::uint64_t{b} << 32 | a;
    std::uint32_t y = 0;
    for (int k = 0; k < 4; ++k) {
      const std::uint32_t nibble = c >> 4 * k & 15;
      std::uint32_t byte = all >> 8 * (nibble & 7) & 255;
      if (nibble & 8) byte = byte & 128 ? 255 : 0;
      y |= byte << 8 * k;
    }
    return y;
  }
};

/// A word of {b, a}, shifted by n: the upper one to the left, the lower one to the right.
template <bool Left, bool Wrap> struct funnel_shift {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t n) const {
    const std::uint64_t both = std::uint64_t{b} << 32 | a;
    n = Wrap ? n & 31 : n < 32 ? n : 32;
    return static_cast<std::uint32_t>(Left ? both << n >> 32 : both >> n);
  }
};
/// `length` bits of a from `first` on; the last one is the sign.
template <class T> struct bit_field {
  T operator()(T a, std::uint32_t first, std::uint32_t length) const {
    constexpr std::uint32_t all = 8 * sizeof(T);
    first &= 255;
    length &= 255;
    if (length == 0 || (first >= all && !std::is_signed_v<T>)) return 0;
    const std::uint32_t last = first + length - 1 < all - 1 ? first + length - 1 : all - 1;
    const T up = T(bits_of<T>(a) << (all - 1 - last));
    return right_shift{}(up, all - 1 - last + (first < all ? first : all - 1));
  }
};

/// b, with the lowest `length` bits of a in place of those from `first` on.
struct bits_inserted {
  template <class T> T operator()(T a, T b, std::uint32_t first, std::uint32_t length) const {
    first &= 255;
    length &= 255;
    const T ones = length >= 8 * sizeof(T) ? T(-1) : T((T(1) << length) - 1);
    const T mask = left_shift{}(ones, first);
    return (b & ~mask) | (left_shift{}(a, first) & mask);
  }
};

template <class T> void add_numbers(operations& o, const std::string& type) {
  add<T, plus, T, T>(o, "add." + type);
  add<T, minus, T, T>(o, "sub." + type);
  add<T, low_product, T, T>(o, "mul.lo." + type);
  add<T, high_product, T, T>(o, "mul.hi." + type);
  add<T, low_product_sum, T, T, T>(o, "mad.lo." + type);
  add<T, quotient, T, T>(o, "div." + type);
  add<T, remainder, T, T>(o, "rem." + type);
  add<T, least, T, T>(o, "min." + type);
  add<T, largest, T, T>(o, "max." + type);
  add<T, right_shift, T, std::uint32_t>(o, "shr." + type);
  add<bool, below, T, T>(o, "setp.lt." + type);
  add<bool, up_to, T, T>(o, "setp.le." + type);
  add<bool, above, T, T>(o, "setp.gt." + type);
  add<bool, from, T, T>(o, "setp.ge." + type);
  if constexpr (sizeof(T) < 8) {
    add<twice<T>, wide_product, T, T>(o, "mul.wide." + type);
    add<twice<T>, wide_product_sum, T, T, twice<T>>(o, "mad.wide." + type);
  }
  if constexpr (std::is_signed_v<T>) {
    add<T, negative, T>(o, "neg." + type);
    add<T, magnitude, T>(o, "abs." + type);
  }
}

/// Bits of this many, whatever they mean.
template <class T> void add_bits(operations& o, const std::string& width) {
  for (const char* kind : {"b", "u", "s"}) {
    add<bool, equal, T, T>(o, "setp.eq." + (kind + width));
    add<bool, unequal, T, T>(o, "setp.ne." + (kind + width));
    add<T, choice, T, T, bool>(o, "selp." + (kind + width));
    add<T, same, T>(o, "mov." + (kind + width));
  }
  add<T, conjunction, T, T>(o, "and.b" + width);
  add<T, disjunction, T, T>(o, "or.b" + width);
  add<T, exclusion, T, T>(o, "xor.b" + width);
  add<T, complement, T>(o, "not.b" + width);
  add<T, left_shift, T, std::uint32_t>(o, "shl.b" + width);
  add<T, right_shift, T, std::uint32_t>(o, "shr.b" + width);
  if constexpr (sizeof(T) > 2) {
    add<std::uint32_t, population, T>(o, "popc.b" + width);
    add<std::uint32_t, leading_zeros, T>(o, "clz.b" + width);
    add<T, bits_inserted, T, T, std::uint32_t, std::uint32_t>(o, "bfi.b" + width);
  }
}

}  // namespace

void add_integer_operations(operations& o) {
  add_numbers<std::uint16_t>(o, "u16");
  add_numbers<std::int16_t>(o, "s16");
  add_numbers<std::uint32_t>(o, "u32");
  add_numbers<std::int32_t>(o, "s32");
  add_numbers<std::uint64_t>(o, "u64");
  add_numbers<std::int64_t>(o, "s64");
  add_bits<std::uint16_t>(o, "16");
  add_bits<std::uint32_t>(o, "32");
  add_bits<std::uint64_t>(o, "64");
  add<std::uint32_t, permutation, std::uint32_t, std::uint32_t, std::uint32_t>(o, "prmt.b32");
  using word = std::uint32_t;
  add<word, funnel_shift<true, true>, word, word, word>(o, "shf.l.wrap.b32");
  add<word, funnel_shift<false, true>, word, word, word>(o, "shf.r.wrap.b32");
  add<word, funnel_shift<true, false>, word, word, word>(o, "shf.l.clamp.b32");
  add<word, funnel_shift<false, false>, word, word, word>(o, "shf.r.clamp.b32");
  add<word, bit_field<word>, word, word, word>(o, "bfe.u32");
  add<std::int32_t, bit_field<std::int32_t>, std::int32_t, word, word>(o, "bfe.s32");
  add<bool, conjunction, bool, bool>(o, "and.pred");
  add<bool, disjunction, bool, bool>(o, "or.pred");
  add<bool, exclusion, bool, bool>(o, "xor.pred");
  add<bool, opposite, bool>(o, "not.pred");
  add<bool, same, bool>(o, "mov.pred");
  for (const char* cast :
       {"cvta.to.global.u64", "cvta.param.u64", "cvta.to.param.u64", "cvta.global.u64"}) {
    add<std::uint64_t, same, std::uint64_t>(o, cast);  // every space has addresses of its own
  }
}

}  // namespace emulator
