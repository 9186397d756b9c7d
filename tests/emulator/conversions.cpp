// From one type to another. Numbers of 8 bits stand in registers of 16.
#include "operations.h"

namespace emulator {
namespace {

template <class T>
using held =
    std::conditional_t<sizeof(T) == 1,
                       std::conditional_t<std::is_signed_v<T>, std::int16_t, std::uint16_t>, T>;

template <class To, class From> struct conversion {
  held<To> operator()(held<From> a) const {
    if constexpr (std::is_floating_point_v<To>) {
      return canonical(static_cast<To>(static_cast<From>(a)));
    } else {
      return static_cast<To>(static_cast<From>(a));
    }
  }
};
enum direction { nearest, to_zero, down, up };
/// Beyond the integers the nearest one; NaN gives 0.
template <class To, direction D> struct rounding {
  template <class From> To operator()(From a) const {
    a = D == nearest   ? std::nearbyint(a)
        : D == to_zero ? std::trunc(a)
        : D == down    ? std::floor(a)
                       : std::ceil(a);
    if (a != a) return 0;
    if (a >= std::ldexp(From(1), std::numeric_limits<To>::digits)) {
      return std::numeric_limits<To>::max();
    }
    const From least = static_cast<From>(std::numeric_limits<To>::min());
    return a < least ? std::numeric_limits<To>::min() : static_cast<To>(a);
  }
};

struct to_half {
  std::uint16_t operator()(float a) const {
    return a == a ? std::bit_cast<std::uint16_t>(static_cast<_Float16>(a)) : 0x7fff;
  }
};
/// To the nearest, to even from the middle.
struct to_bfloat16 {
  std::uint16_t operator()(float a) const {
    const auto bits = std::bit_cast<std::uint32_t>(a);
    const std::uint32_t up = 0x7fff + (bits >> 16 & 1);
    return a == a ? static_cast<std::uint16_t>((bits + up) >> 16) : 0x7fff;
  }
};
/// The first operand becomes the upper half.
template <class Narrow> struct pair {
  std::uint32_t operator()(float high, float low) const {
    return std::uint32_t{Narrow{}(high)} << 16 | Narrow{}(low);
  }
};
struct from_half {
  float operator()(std::uint16_t a) const {
    return canonical(static_cast<float>(std::bit_cast<_Float16>(a)));
  }
};
struct from_bfloat16 {
  float operator()(std::uint16_t a) const { return std::bit_cast<float>(std::uint32_t{a} << 16); }
};

template <class To, class From>
void add_one(operations& o, const std::string& to, const std::string& from) {
  add<held<To>, conversion<To, From>, held<From>>(o, "cvt." + to + "." + from);
}
template <class From> void add_integers(operations& o, const std::string& from) {
  add_one<std::uint8_t, From>(o, "u8", from);
  add_one<std::int8_t, From>(o, "s8", from);
  add_one<std::uint16_t, From>(o, "u16", from);
  add_one<std::int16_t, From>(o, "s16", from);
  add_one<std::uint32_t, From>(o, "u32", from);
  add_one<std::int32_t, From>(o, "s32", from);
  add_one<std::uint64_t, From>(o, "u64", from);
  add_one<std::int64_t, From>(o, "s64", from);
  add_one<float, From>(o, "rn.f32", from);
  add_one<double, From>(o, "rn.f64", from);
}
template <class To, direction D, class From>
void add_rounding(operations& o, const std::string& name) {
  add<To, rounding<To, D>, From>(o, "cvt." + name);
}
template <class From> void add_roundings(operations& o, const std::string& from) {
  add_rounding<std::int32_t, to_zero, From>(o, "rzi.s32." + from);
  add_rounding<std::uint32_t, to_zero, From>(o, "rzi.u32." + from);
  add_rounding<std::int64_t, to_zero, From>(o, "rzi.s64." + from);
  add_rounding<std::int32_t, nearest, From>(o, "rni.s32." + from);
  add_rounding<std::int64_t, nearest, From>(o, "rni.s64." + from);
  add_rounding<std::int32_t, down, From>(o, "rmi.s32." + from);
  add_rounding<std::int32_t, up, From>(o, "rpi.s32." + from);
}

}  // namespace

void add_conversions(operations& o) {
  add_integers<std::uint8_t>(o, "u8");
  add_integers<std::int8_t>(o, "s8");
  add_integers<std::uint16_t>(o, "u16");
  add_integers<std::int16_t>(o, "s16");
  add_integers<std::uint32_t>(o, "u32");
  add_integers<std::int32_t>(o, "s32");
  add_integers<std::uint64_t>(o, "u64");
  add_integers<std::int64_t>(o, "s64");
  add_roundings<float>(o, "f32");
  add_roundings<double>(o, "f64");
  add_one<double, float>(o, "f64", "f32");
  add_one<float, double>(o, "rn.f32", "f64");
  using bits = std::uint16_t;
  add<float, from_half, bits>(o, "cvt.f32.f16");
  add<float, from_bfloat16, bits>(o, "cvt.f32.bf16");
  add<bits, to_half, float>(o, "cvt.rn.f16.f32");
  add<bits, to_bfloat16, float>(o, "cvt.rn.bf16.f32");
  add<std::uint32_t, pair<to_half>, float, float>(o, "cvt.rn.f16x2.f32");
  add<std::uint32_t, pair<to_bfloat16>, float, float>(o, "cvt.rn.bf16x2.f32");
}

}  // namespace emulator
