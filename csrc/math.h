#pragma once
#include "scaled.h"
#include "tables/exp.h"

/// Functions. One name, one contract; lanes without lookups have their own in simd/, plain lanes in
/// plain.h. The errors are those measured, relative to the exact result or in units of the last
/// place, in the order float on CPUs, float on CUDA, double. With 8 bits they are below 2⁻¹⁶,
/// with 11 on CUDA below 2⁻¹⁸.

/// Where x·e⁻ˣ and x·Φ(−x) have left the range of the results, subnormals included.
template <class V> constexpr double exp_end = narrow<V> ? 125 : 800;
template <class V> constexpr double normal_end = narrow<V> ? 14.8 : 39;
/// The domain of exp. There w·e⁻ˣ has left the range too, for w < 2¹⁰⁰ in float and 2⁹⁴⁰ in double.
template <class V> constexpr double power_end = narrow<V> ? 174 : 1400;
template <class V>
constexpr double largest = V::bits > 24 ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;

/// A lane for which every operation counts.
template <class V>
concept lean = requires {
  requires V::lean;
};

/// max(x, −0): −0 and NaN pass.
template <class V> NONLIN_INLINE V positive_part(V x) {
  if constexpr (plain<V>) {
    return if_negative(x, V(-0.), x);  // for the derivative at −0
  } else {
    return max(V(-0.), x);
  }
}
/// min(|x|, limit): the limit stands for infinity. NaN passes.
template <class V> NONLIN_INLINE V magnitude(V x, std::type_identity_t<V> limit) {
  return min(limit, abs(x));
}
template <class V>
NONLIN_INLINE V clamp(V x, std::type_identity_t<V> low, std::type_identity_t<V> high) {
  return max(low, min(high, x));
}
/// a for x > 0, else b, for NaN too.
template <class V>
NONLIN_INLINE V if_positive(V x, std::type_identity_t<V> a, std::type_identity_t<V> b) {
  return if_greater(x, V(0), a, b);
}
/// A number that stands for a constant: lanes that carry derivatives drop them.
template <class V> NONLIN_INLINE V fixed(V a) { return a; }
/// The same for results that cost nothing: a lane of one number does not branch, as signs are hard
/// to predict.
template <class V>
NONLIN_INLINE V pick_positive(V x, std::type_identity_t<V> a, std::type_identity_t<V> b) {
  if constexpr (V::size == 1 && requires { select(x == x, a, b); }) {
    return select(!(x <= V(0)) & (x == x), a, b);
  } else {
    return if_positive(x, a, b);
  }
}
/// a/b for all b, where operator/ might want normal numbers.
template <class V> NONLIN_INLINE V any_quotient(V a, V b) { return a / b; }
template <lean V> NONLIN_INLINE V any_quotient(V a, V b) requires concrete<V> && narrow<V> {
  return a * full_reciprocal(b);
}
/// The largest |x| for which e^(scale·x) is computed; beyond, w·e^(scale·x) has reached its limit.
/// Finite, so that 0·x is 0.
template <class V> NONLIN_INLINE V reach(V scale) {
  return min(V(largest<V>), any_quotient(V(power_end<V>), abs(fixed(scale))));
}
/// a with the sign of x, for a ≥ 0.
template <class V> NONLIN_INLINE V copysign(V a, V x) {
  if constexpr (plain<V>) {
    return if_negative(x, -a, a);
  } else {
    return a | sign_bit(x);
  }
}
/// h for negative x, whole − h for positive x: any f with f(x) + f(−x) = whole.
template <class V, class H> NONLIN_INLINE V reflect(V x, std::type_identity_t<V> whole, H h) {
  return if_negative(x, value(h), whole - h);
}

/// y, where a zero has the sign of x and all else has it anyway.
template <class V, class X> NONLIN_INLINE V signed_zero(V y, X x) {
  if constexpr (plain<V>) {
    return y;
  } else {
    return y | sign_bit(x);
  }
}

/// As it stands: no pairs.
template <class V>
concept rough = brief<V> || estimated<V>;

/// y, a function of t that next to its root is d·(c₀ + c₁·d + …), d = root − t: there by its
/// series, but for 8 bits, as their inputs stay away from it.
template <brief V, class... C> NONLIN_INLINE V near_root(constant, V, V y, C...) { return y; }
template <class V, class T, class... C>
NONLIN_INLINE V near_root(constant root, T t, V y, C... coefficients) {
  const V d = rounded(difference(root, t));
  const V c[] = {V(coefficients)...};
  constexpr int last = sizeof...(coefficients) - 1;
  V series = c[last];
  NONLIN_UNROLL
  for (int i = last - 1; i >= 0; --i) series = fma(series, d, c[i]);
  return if_greater(.0625, abs(d), series * d, y);
}
/// product(a, b), on lanes without pairs too, but for 8 bits.
template <class V> NONLIN_INLINE auto exact_product(V a, V b) {
  if constexpr (estimated<V> && !brief<V>) {
    const V high = a * b;
    return pair<V>{high, fma(a, b, -high)};
  } else {
    return product(a, b);
  }
}

template <class V>
concept tabled = requires {
  V::table;
};
template <tabled V> NONLIN_INLINE constexpr const auto& powers_of() {
  if constexpr (V::table == 16) {
    return powers_16;
  } else {
    return powers_8;
  }
}
/// a = k·ln 2 + r, k a multiple of the table's step: e^a is the entry `index` of the table, times
/// 2ⁿ, times e^r.
template <class V> struct reduced { V index, k, r; };
constexpr double ln_2 = 0x1.62e42fefa39efp-1;
template <tabled V> NONLIN_INLINE reduced<V> reduce(V a) {
  constexpr float step = powers_of<V>().step;
  constexpr float magic = step * (0x1.8p23f + V::table * V::bias);
  const V index = fma(a, 1 / ln_2, magic), k = index - magic;
  return {index, k, fma(k, -float(ln_2), a)};
}
template <tabled V, class Table, class... Low>
NONLIN_INLINE auto power_by(const Table& table, V a, Low... low) {
  const auto [index, k, high] = reduce(a);
  V r = fma(k, double(float(ln_2)) - ln_2, high);
  ((r = r + low), ...);
  V q = fma(r, table.c[2], table.c[1]);
  if constexpr (V::table == 8) q = fma(r, fma(r, table.c[3], table.c[2]), table.c[1]);
  q = fma(r, q, table.c[0]);
  const V j = lookup(table.high, index), m = fma(r * r, q, r);
  return scaled{pair<V>{j, fma(j, m, lookup(table.low, index))}, power_of_two(index, k)};
}
/// e^(a + low), |a| ≤ power_end, as m·2ⁿ with m a pair: 2e-8, 6e-8, 2e-17.
template <tabled V, class... Low> NONLIN_INLINE auto power(V a, Low... low) {
  return power_by(powers_of<V>(), a, low...);
}
template <class V> NONLIN_INLINE auto power(pair<V> a) { return power(a.hi, a.lo); }

/// e^a, |a| ≤ power_end, scaled: a pair, or with 8 bits a lane.
template <class V> NONLIN_INLINE auto exp(pair<V> a) { return power(a); }
template <concrete V> NONLIN_INLINE auto exp(V a) {
  if constexpr (V::bits > 8) {
    return power(a);
  } else {
    constexpr const auto& table = powers_of<V>();
    const auto [index, k, r] = reduce(a);
    V q = table.brief[0];
    if constexpr (V::table == 8) q = fma(r, table.brief[1], q);
    const V j = lookup(table.high, index);
    return scaled{fma(j, r * fma(r, q, 1), j), power_of_two(index, k)};
  }
}

/// The same for −130 ≤ a ≤ 43, where on CUDA it costs less.
template <class A> NONLIN_INLINE auto short_exp(A a) { return exp(a); }

template <class V, class N> NONLIN_INLINE pair<V> minus_one(scaled<pair<V>, N> e) {
  const V power = number(e.n);
  return {fma(e.m.hi, power, -1), e.m.lo * power};
}
template <class V, class N> NONLIN_INLINE V rounded_minus_one(scaled<pair<V>, N> e) {
  const V power = number(e.n);
  return fma(e.m.lo, power, fma(e.m.hi, power, -1));
}
/// e^a − 1, a ≤ 88 (double: 709): 1.3, 1.6, 1.1 ULP, with 8 bits too, next to zero too.
template <class V> NONLIN_INLINE V expm1(pair<V> a) { return rounded_minus_one(power(a)); }
template <concrete V> NONLIN_INLINE V expm1(V a) { return rounded_minus_one(power(a)); }

/// x for e^x where nobody uses it for x > 0.
template <class V> NONLIN_INLINE V falling(V x) {
  if constexpr (estimated<V>) {
    return x;
  } else {
    return clamp(x, -power_end<V>, 0);
  }
}

/// A table whose entries are multiplied by c.
template <int Size, int Degree>
constexpr powers<Size, Degree> multiples(powers<Size, Degree> table, constant c) {
  for (int i = 0; i < Size; ++i) {
    const double entry = c.hi * (double(table.high[i]) + double(table.low[i]));
    table.high[i] = float(entry);
    table.low[i] = float(entry - double(table.high[i]));
  }
  return table;
}
template <const constant& C, tabled V>
constexpr auto multiples_of_powers = multiples(powers_of<V>(), C);

/// C·e^a, scaled, and C·(e^a − 1), a ≤ 88 (double: 709).
template <const constant& C, tabled V> NONLIN_INLINE auto grow(pair<V> a) requires(V::bits >= 24) {
  const auto e = power_by(multiples_of_powers<C, V>, a.hi, a.lo);
  constexpr constant whole = C;  // devices do not see C itself
  const pair<V> c = whole.on(a.hi);
  const V two = number(e.n), gain = fma(e.m.lo, two, fma(e.m.hi, two, -c.hi)) - c.lo;
  return both{e, gain};
}
/// One rounding less, for results that are rounded again.
template <const constant& C, class V> NONLIN_INLINE auto grow(pair<V> a) {
  constexpr constant c = C;
  return both{c.on(a.hi) * exp(a), c.hi * expm1(a)};
}
template <const constant& C, plain V> NONLIN_INLINE auto grow(V a) {
  return both{C.hi * exp(a), C.hi * expm1(a)};
}
/// The same for −130 ≤ a ≤ 43.
template <const constant& C, class A> NONLIN_INLINE auto short_grow(A a) { return grow<C>(a); }

/// w·z/(1 + z), z = e⁻ᵃ, a ≥ 0.
template <class V, class A> NONLIN_INLINE auto logistic_tail(V w, A a) {
  const auto z = exp(-a);
  return careful_quotient(w * z, 1 + z);
}
/// The same for a ≤ 130.
template <class V, class A> NONLIN_INLINE auto short_logistic_tail(V w, A a) {
  const auto z = short_exp(-a);
  return careful_quotient(w * z, 1 + z);
}

/// w·(e^a − 1), |a| ≤ power_end, w a lane or a pair; −0 kept. Above 40 the one is lost, and e^a may
/// be larger than the result can be.
template <class W, class A> NONLIN_INLINE auto expm1(W w, A a) {
  if constexpr (plain<W>) {
    return w * expm1(a);
  } else {
    const auto e = power(a);
    const auto near = signed_zero(w * minus_one(e), sign_bit(w) ^ sign_bit(a));
    return if_greater(rounded(a), 40, value(w * e), near);
  }
}
