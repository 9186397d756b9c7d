#pragma once
#include "../jet.h"

/// What formulas and functions may know of the lane that they are evaluated on.

/// What the operations of a lane mean.
enum class arithmetic {
  textbook,     ///< what they say, in numbers that need no care: doubles for proofs, dual numbers,
                ///< whole tensors
  approximate,  ///< floats, for results of 8 or 11 bits: every number is rounded once and no more
                ///< is asked
  compensated,  ///< floats or doubles, for results that use all of their bits: what roundings lose
                ///< is kept in double words
};

/// Where a lane's exponentials come from.
enum class exponentials { library, table, polynomial, special_function_unit };

/// A number apart: x = mantissa·2^exponent, ¾ ≤ mantissa < 3/2, and scale = 2^(−exponent) where x
/// and that are normal numbers. Lanes have decompose(x) for 0 < x < ∞, subnormals too; what it
/// gives for other x has no meaning.
template <class V> struct decomposed { V mantissa, exponent, scale; };

/// The facts of a lane V, which it states as `V::traits`.
struct lane_traits {
  int bits;  ///< significant bits with which its results will be read: 8, 11, 24 or 53
  enum arithmetic arithmetic;
  enum exponentials exponentials;
  int table = 0;  ///< entries of a table that a lookup takes, 0 without lookups
  int bias = 0;   ///< of the exponent that power_of_two() takes from the index into the table
  /// A thread of a GPU: there every instruction counts, here a long chain of them does.
  bool gpu = false;
};

/// What floats are computed for results of so many bits, but for a GPU's.
template <int Bits>
constexpr arithmetic arithmetic_of_floats =
    Bits > 8 ? arithmetic::compensated : arithmetic::approximate;

template <class V>
concept any_lane = requires {
  V::traits.bits;
};
template <class V>
concept textbook = any_lane<V> && V::traits.arithmetic == arithmetic::textbook;
/// A textbook lane of eight bits runs the texts for approximate lanes, so that they are proved too.
template <class V>
concept approximate = any_lane<V> &&
    (V::traits.arithmetic == arithmetic::approximate || (textbook<V> && V::bits <= 8));
template <class V>
concept compensated = any_lane<V> && V::traits.arithmetic == arithmetic::compensated;

/// For the functions of csrc/math/, not for formulas.
template <class V>
concept machine_lane = any_lane<V> && !textbook<V>;
template <class V>
concept has_table = any_lane<V> && V::traits.exponentials == exponentials::table;
template <class V>
concept has_polynomial = any_lane<V> && V::traits.exponentials == exponentials::polynomial;
template <class V>
concept has_estimates =
    any_lane<V> && V::traits.exponentials == exponentials::special_function_unit;
/// Its numbers are floats; textbook lanes have the range of doubles.
template <class V>
concept float_range = machine_lane<V> && V::bits <= 24;

/// The domain of exp. There w·e⁻ˣ has left the range of the results too, subnormals included, for w
/// < 2¹⁰⁰ in float and 2⁹⁴⁰ in double.
template <class V> constexpr double exp_argument_limit = float_range<V> ? 174 : 1400;
/// Where x·e⁻ˣ has left the range of the results, subnormals included.
template <class V> constexpr double exp_decay_limit = float_range<V> ? 125 : 800;
/// Where x·Φ(−x) has left it.
template <class V> constexpr double normal_decay_limit = float_range<V> ? 14.8 : 39;
template <class V>
constexpr double largest_finite = V::bits > 24 ? 0x1.fffffffffffffp1023 : 0x1.fffffep127;
