// Floats and doubles, and the special-function unit.
#include "operations.h"
#include "special_function_unit.h"

namespace emulator {

unit_error how_the_unit_errs;

namespace {

struct plus {
  template <class T> T operator()(T a, T b) const { return canonical(a + b); }
};
struct minus {
  template <class T> T operator()(T a, T b) const { return canonical(a - b); }
};
struct product {
  template <class T> T operator()(T a, T b) const { return canonical(a * b); }
};
struct fused {
  template <class T> T operator()(T a, T b, T c) const { return canonical(std::fma(a, b, c)); }
};
struct quotient {
  template <class T> T operator()(T a, T b) const { return canonical(a / b); }
};
struct reciprocal {
  template <class T> T operator()(T a) const { return canonical(1 / a); }
};
struct root {
  template <class T> T operator()(T a) const { return canonical(std::sqrt(a)); }
};
struct negative {
  template <class T> T operator()(T a) const { return -a; }
};
struct magnitude {
  template <class T> T operator()(T a) const { return std::fabs(a); }
};
struct same {
  template <class T> T operator()(T a) const { return a; }
};
struct choice {
  template <class T> T operator()(T a, T b, bool first) const { return first ? a : b; }
};
/// −0 is below 0. NaN loses against a number, or passes.
template <bool Passes, bool Larger> struct extreme {
  template <class T> T operator()(T a, T b) const {
    const bool below = a < b || (a == b && std::signbit(a));
    const T best = below == Larger ? b : a;
    const T with_nan = Passes || (a != a && b != b) ? canonical(a + b) : a != a ? b : a;
    return a != a || b != b ? with_nan : best;
  }
};

enum relation { eq, ne, lt, le, gt, ge, num, nan };
template <relation R, bool Unordered> struct comparison {
  template <class T> bool operator()(T a, T b) const {
    const bool unordered = a != a || b != b;
    if (R == num) return !unordered;
    if (R == nan) return unordered;
    const bool ordered = R == eq   ? a == b
                         : R == ne ? a != b
                         : R == lt ? a < b
                         : R == le ? a <= b
                         : R == gt ? a > b
                                   : a >= b;
    return unordered ? Unordered : ordered;
  }
};

template <class T> void add_numbers(operations& o, const std::string& type) {
  for (const char* rounding : {".rn.", "."}) {
    add<T, plus, T, T>(o, "add" + (rounding + type));
    add<T, minus, T, T>(o, "sub" + (rounding + type));
    add<T, product, T, T>(o, "mul" + (rounding + type));
    add<T, fused, T, T, T>(o, "fma" + (rounding + type));
  }
  add<T, quotient, T, T>(o, "div.rn." + type);
  add<T, reciprocal, T>(o, "rcp.rn." + type);
  add<T, root, T>(o, "sqrt.rn." + type);
  add<T, negative, T>(o, "neg." + type);
  add<T, magnitude, T>(o, "abs." + type);
  add<T, same, T>(o, "mov." + type);
  add<T, choice, T, T, bool>(o, "selp." + type);
  add<T, extreme<false, false>, T, T>(o, "min." + type);
  add<T, extreme<false, true>, T, T>(o, "max." + type);
  add<T, extreme<true, false>, T, T>(o, "min.NaN." + type);
  add<T, extreme<true, true>, T, T>(o, "max.NaN." + type);
  add<bool, comparison<num, false>, T, T>(o, "setp.num." + type);
  add<bool, comparison<nan, false>, T, T>(o, "setp.nan." + type);
  const auto both = [&]<relation R>(std::integral_constant<relation, R>, const std::string& name) {
    add<bool, comparison<R, false>, T, T>(o, "setp." + name + "." + type);
    add<bool, comparison<R, true>, T, T>(o, "setp." + name + "u." + type);
  };
  both(std::integral_constant<relation, eq>{}, "eq");
  both(std::integral_constant<relation, ne>{}, "ne");
  both(std::integral_constant<relation, lt>{}, "lt");
  both(std::integral_constant<relation, le>{}, "le");
  both(std::integral_constant<relation, gt>{}, "gt");
  both(std::integral_constant<relation, ge>{}, "ge");
}

/// A number of units up to `most`, in either direction.
int units(float argument, int most) {
  const unit_error& how = how_the_unit_errs;
  if (how.seed == 0 || most == 0) return most;
  std::uint32_t hash = (std::bit_cast<std::uint32_t>(argument) ^ how.seed) * 0x9e3779b1u;
  hash = (hash ^ hash >> 15) * 0x85ebca6bu;
  return static_cast<int>((hash >> 8) % (2u * std::abs(most) + 1)) - std::abs(most);
}
/// Limits are exact.
float off(float argument, float nearest, int most) {
  if (nearest == 0 || !std::isfinite(nearest)) return canonical(nearest);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(nearest) +
                              static_cast<std::uint32_t>(units(argument, most)));
}
float flushed(float a) { return std::fabs(a) < 0x1p-126f ? std::copysign(0.f, a) : a; }

struct exp2_estimate {
  float operator()(float a) const {
    a = flushed(a);
    if (a == 0) return 1;
    const float nearest = flushed(static_cast<float>(std::exp2(double{a})));
    return flushed(off(a, nearest, how_the_unit_errs.exp2));
  }
};
template <bool Flush> struct reciprocal_estimate {
  float operator()(float a) const {
    if (Flush) a = flushed(a);
    const auto nearest = static_cast<float>(1 / double{a});
    const float y = off(a, Flush ? flushed(nearest) : nearest, how_the_unit_errs.reciprocal);
    return Flush ? flushed(y) : y;
  }
};
struct log2_estimate {
  float operator()(float a) const {
    const auto nearest = static_cast<float>(std::log2(double{a}));
    if (!std::isfinite(nearest)) return canonical(nearest);
    const float unit = std::max(1.f, std::fabs(nearest)) * 0x1p-23f;
    return nearest + static_cast<float>(units(a, how_the_unit_errs.exp2)) * unit;
  }
};
struct root_estimate {
  float operator()(float a) const { return off(a, std::sqrt(a), how_the_unit_errs.reciprocal); }
};

}  // namespace

void add_float_operations(operations& o) {
  add_numbers<float>(o, "f32");
  add_numbers<double>(o, "f64");
  add<float, exp2_estimate, float>(o, "ex2.approx.ftz.f32");
  add<float, reciprocal_estimate<true>, float>(o, "rcp.approx.ftz.f32");
  add<float, reciprocal_estimate<false>, float>(o, "rcp.approx.f32");
  add<float, log2_estimate, float>(o, "lg2.approx.f32");
  add<float, root_estimate, float>(o, "sqrt.approx.f32");
}

}  // namespace emulator
