#pragma once
#include "../tables/exp.h"
#include "polynomial.h"
#include "select.h"

/// Exponentials. e^a is m·2ⁿ: m from a table and a polynomial of the rest on floats of CPUs, from a
/// polynomial alone on doubles and floats of a GPU (gpu/exp.h), by the special-function unit on a
/// GPU for 16 bits (gpu/estimates.h).

/// For this file: a = k·ln 2 + r, k a multiple of the table's step. e^a is the entry `index` of the
/// table, times 2ⁿ, times e^r.
template <class V> struct reduced_argument { V index, k, r; };
constexpr double ln_2 = 0x1.62e42fefa39efp-1;
template <has_table V> NONLIN_INLINE constexpr const auto& exp_table_of() {
  if constexpr (V::traits.table == 16) {
    return powers_16;
  } else {
    return powers_8;
  }
}
template <has_table V> NONLIN_INLINE reduced_argument<V> reduce_argument(V a) {
  constexpr float step = exp_table_of<V>().step;
  constexpr float magic = step * (0x1.8p23f + V::traits.table * V::traits.bias);
  const V index = fma(a, 1 / ln_2, magic), k = index - magic;
  return {index, k, fma(k, -float(ln_2), a)};
}
template <has_table V, class Table, class... Low>
NONLIN_INLINE auto exp_by_table(const Table& table, V a, Low... low) {
  const auto [index, k, high] = reduce_argument(a);
  V r = fma(k, double(float(ln_2)) - ln_2, high);
  ((r = r + low), ...);
  V q = fma(r, table.c[2], table.c[1]);
  if constexpr (V::traits.table == 8) q = fma(r, fma(r, table.c[3], table.c[2]), table.c[1]);
  q = fma(r, q, table.c[0]);
  const V j = lookup(table.high, index), m = fma(r * r, q, r);
  return mantissa_exponent{double_word<V>{j, fma(j, m, lookup(table.low, index))},
                           power_of_two(index, k)};
}

/// e^(a + low) as m·2ⁿ, m a double word that is not normalized
///   domain    |a| ≤ exp_argument_limit
///   error     float 2e-8 · GPU float 6e-8 · double 2e-17, relative and before m is rounded
///   ends      beyond the domain anything but an exception; NaN passes
///   own text  tables, doubles, GPU
template <has_table V, class... Low> NONLIN_INLINE auto exp_double_word(V a, Low... low) {
  return exp_by_table(exp_table_of<V>(), a, low...);
}
template <has_polynomial V>
NONLIN_INLINE auto exp_double_word(V a, std::type_identity_t<V> low = 0) requires(V::bits == 53) {
  // 2046 is twice the bias of exponents, which leaves bits of n/2 that need no sign.
  constexpr double magic = 0x1.8p52 + 2046, log2_e = 0x1.71547652b82fep0;
  const V index = fma(a, log2_e, magic), n = index - magic;
  // ln 2 in two parts, the first with 40 bits: n times it is exact.
  const V r = fma(n, -0x1.62e42fefap-1, a), rest = fma(n, -0x1.cf79abc9e3b39p-40, low);
  const V bow = r * r * rounded(horner(expm1_53(), r)), high = 1 + r;
  const V low_part = (r - (high - 1)) + fma(rest, high + bow, bow);
  return mantissa_exponent{double_word<V>{high, low_part}, power_of_two(index, n)};
}
template <class V> NONLIN_INLINE auto exp_double_word(double_word<V> a) {
  return exp_double_word(a.hi, a.lo);
}

/// e^a as m·2ⁿ, m a double word or, on approximate lanes, a lane
///   domain    |a| ≤ exp_argument_limit
///   error     rounded: float 0.8 ULP · GPU float 1.0 ULP · double 0.65 ULP · 8 bits 2⁻¹⁶ · GPU 11
///             bits 2⁻¹⁸; before m is rounded float 2e-8 · GPU float 6e-8 · double 2e-17
///   ends      subnormal results round once by `value`, and are 0 on a GPU with 11 bits; NaN passes
///   own text  tables, 8 bits, doubles, GPU, GPU 16 bits; textbook lanes: exp
template <class V> NONLIN_INLINE auto exp(double_word<V> a) { return exp_double_word(a); }
template <machine_lane V> NONLIN_INLINE auto exp(V a) {
  if constexpr (V::bits > 8) {
    return exp_double_word(a);
  } else {
    constexpr const auto& table = exp_table_of<V>();
    const auto [index, k, r] = reduce_argument(a);
    V q = table.brief[0];
    if constexpr (V::traits.table == 8) q = fma(r, table.brief[1], q);
    const V j = lookup(table.high, index);
    return mantissa_exponent{fma(j, r * fma(r, q, 1), j), power_of_two(index, k)};
  }
}

/// The same where the argument is bounded on both sides
///   domain    floats −130 ≤ a ≤ 43; doubles as exp
///   error     as exp
///   ends      as exp
///   own text  GPU float, where it costs less; the others: exp
template <class A> NONLIN_INLINE auto exp_bounded(A a) { return exp(a); }

/// For this file: e − 1 of an e that exp_double_word has made.
template <class V, class N>
NONLIN_INLINE double_word<V> minus_one(mantissa_exponent<double_word<V>, N> e) {
  const V power = number(e.n);
  return {fma(e.m.hi, power, -1), e.m.lo * power};
}
template <class V, class N>
NONLIN_INLINE V rounded_minus_one(mantissa_exponent<double_word<V>, N> e) {
  const V power = number(e.n);
  return fma(e.m.lo, power, fma(e.m.hi, power, -1));
}

/// e^a − 1
///   domain    −exp_argument_limit ≤ a ≤ 88, double 709
///   error     float 1.3 ULP · GPU float 1.4 ULP · double 1.1 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      relatively accurate next to zero; −0 gives +0, but stays on a GPU with 16 bits and
///             on textbook lanes; NaN passes
///   own text  tables, doubles, GPU, GPU 16 bits; textbook lanes: expm1
template <class V> NONLIN_INLINE V expm1(double_word<V> a) {
  return rounded_minus_one(exp_double_word(a));
}
template <machine_lane V> NONLIN_INLINE V expm1(V a) {
  return rounded_minus_one(exp_double_word(a));
}

/// w·(e^a − 1), w a lane or a double word. Above a = 40 the one is lost, and e^a may be larger than
/// the result can be
///   domain    |a| ≤ exp_argument_limit
///   error     float 1.5 ULP · GPU float 1.7 ULP · double 1.3 ULP · 8 bits 2⁻¹⁶ · GPU 11 bits 2⁻¹⁸
///   ends      a zero has the sign of w·a; NaN passes
///   own text  GPU 16 bits; textbook lanes: w * expm1(a)
template <class W, class A> NONLIN_INLINE auto expm1(W w, A a) {
  if constexpr (textbook<W>) {
    return w * expm1(a);
  } else {
    const auto e = exp_double_word(a);
    const auto near = signed_zero(w * minus_one(e), sign_bit(w) ^ sign_bit(a));
    return if_greater(rounded(a), 40, value(w * e), near);
  }
}

/// x as an argument of exp where nobody uses the result for x > 0
///   domain    all
///   error     0
///   ends      at least −exp_argument_limit, at most 0; NaN passes
///   own text  the special-function unit of a GPU takes every argument: x
template <class V> NONLIN_INLINE V nonpositive_argument(V x) {
  if constexpr (has_estimates<V>) {
    return x;
  } else {
    return clamp(x, -exp_argument_limit<V>, 0);
  }
}

/// 1, or 0 where u has left the domain of exp, for products with e⁻ᵘ that must then be 0
///   domain    u ≥ 0
///   error     0
///   ends      0 at ∞; 1 for NaN
///   own text  a library's exp has no end: 1
template <class V> NONLIN_INLINE V inside_exp(V u) {
  if constexpr (V::traits.exponentials == exponentials::library) {
    return V(1);
  } else {
    return if_greater(u, exp_argument_limit<V>, 0, 1);
  }
}

/// For this file: a table whose entries are multiplied by c.
template <int Size, int Degree>
constexpr powers<Size, Degree> multiples(powers<Size, Degree> table, constant c) {
  for (int i = 0; i < Size; ++i) {
    const double entry = c.hi * (double(table.high[i]) + double(table.low[i]));
    table.high[i] = float(entry);
    table.low[i] = float(entry - double(table.high[i]));
  }
  return table;
}
template <const constant& C, has_table V>
constexpr auto multiples_of_powers = multiples(exp_table_of<V>(), C);

/// C·e^a, as exp gives it, and C·(e^a − 1), for a slope with a root: there the second is the
/// distance that the first has from its value at the root
///   domain    −exp_argument_limit ≤ a ≤ 88, double 709; not on approximate lanes
///   error     the first: float 0.8 ULP · GPU float 1.4 ULP · double 0.7 ULP; the second: float 1.7
///             ULP and 2⁻⁵⁰, as C is in the table · GPU float 2.2 ULP · double 1.5 ULP
///   ends      accurate next to zero, but for the 2⁻⁵⁰; NaN passes
///   own text  tables, with C in the table; the others with one rounding more; textbook lanes
template <const constant& C, has_table V>
NONLIN_INLINE auto exp_and_expm1(double_word<V> a) requires(V::bits >= 24) {
  const auto e = exp_by_table(multiples_of_powers<C, V>, a.hi, a.lo);
  constexpr constant whole = C;  // devices do not see C itself
  const double_word<V> c = whole.on(a.hi);
  const V two = number(e.n), gain = fma(e.m.lo, two, fma(e.m.hi, two, -c.hi)) - c.lo;
  return both{e, gain};
}
template <const constant& C, class V> NONLIN_INLINE auto exp_and_expm1(double_word<V> a) {
  constexpr constant c = C;
  return both{c.on(a.hi) * exp(a), c.hi * expm1(a)};
}
template <const constant& C, textbook V> NONLIN_INLINE auto exp_and_expm1(V a) {
  return both{C.hi * exp(a), C.hi * expm1(a)};
}

/// The same where the argument is bounded on both sides
///   domain    floats −130 ≤ a ≤ 43; doubles as exp_and_expm1
///   error     as exp_and_expm1
///   ends      as exp_and_expm1
///   own text  GPU float, where it costs less; the others: exp_and_expm1
template <const constant& C, class A> NONLIN_INLINE auto exp_and_expm1_bounded(A a) {
  return exp_and_expm1<C>(a);
}
