#pragma once
#include "offset_sum.h"

/// Choices, signs and limits. They decide at single points: here stands what happens to NaN and on
/// which side of a kink 0 is. −0 is on the left of 0 for what asks the sign bit (if_negative,
/// copysign, reflect), and equal to it for what compares (if_greater, if_positive, pick_positive):
/// there both zeros are on the left, as x > 0 is false for them.

/// max(x, −0)
///   domain    all
///   error     0
///   ends      −0 and NaN pass
///   own text  textbook lanes, for the derivative at −0
template <class V> NONLIN_INLINE V positive_part(V x) {
  if constexpr (textbook<V>) {
    return if_negative(x, V(-0.), x);
  } else {
    return max(V(-0.), x);
  }
}

/// min(|x|, limit): the limit stands for infinity
///   domain    limit > 0
///   error     0
///   ends      NaN passes
///   own text  none
template <class V> NONLIN_INLINE V magnitude(V x, std::type_identity_t<V> limit) {
  return min(limit, abs(x));
}

/// x between two limits
///   domain    low ≤ high
///   error     0
///   ends      NaN passes
///   own text  none
template <class V>
NONLIN_INLINE V clamp(V x, std::type_identity_t<V> low, std::type_identity_t<V> high) {
  return max(low, min(high, x));
}

/// a for x > 0, else b
///   domain    all
///   error     0
///   ends      b for ±0 and NaN
///   own text  none
template <class V>
NONLIN_INLINE V if_positive(V x, std::type_identity_t<V> a, std::type_identity_t<V> b) {
  return if_greater(x, V(0), a, b);
}

/// The same for a and b that cost nothing: a lane of one number does not branch, as signs are hard
/// to predict
///   domain    all
///   error     0
///   ends      b for ±0 and NaN
///   own text  lanes of one number
template <class V>
NONLIN_INLINE V pick_positive(V x, std::type_identity_t<V> a, std::type_identity_t<V> b) {
  if constexpr (V::size == 1 && requires { select(x == x, a, b); }) {
    return select(!(x <= V(0)) & (x == x), a, b);
  } else {
    return if_positive(x, a, b);
  }
}

/// a without its derivative, on lanes that carry one
///   domain    all
///   error     0
///   ends      NaN passes
///   own text  dual numbers and tensors
template <class V> NONLIN_INLINE V detached(V a) { return a; }

/// 0, and NaN for NaN
///   domain    all
///   error     0
///   ends      +0 for both zeros; its derivative is 0
///   own text  none
template <class V> NONLIN_INLINE V zero_like(V x) { return min(V(0), abs(detached(x))); }

/// a with the sign of x
///   domain    the sign bit of a is 0: −0 gives −0 for all x. Take abs(a) where it may be −0
///   error     0
///   ends      NaN passes
///   own text  textbook lanes, for derivatives
template <class V> NONLIN_INLINE V copysign(V a, V x) {
  if constexpr (textbook<V>) {
    return if_negative(x, -a, a);
  } else {
    return a | sign_bit(x);
  }
}

/// y, where a zero has the sign of x and all else has it anyway
///   domain    y·x ≥ 0
///   error     0
///   ends      NaN passes
///   own text  textbook lanes: y
template <class V, class X> NONLIN_INLINE V signed_zero(V y, X x) {
  if constexpr (textbook<V>) {
    return y;
  } else {
    return y | sign_bit(x);
  }
}

/// h for negative x, whole − h for positive x: any f with f(x) + f(−x) = whole, of which h is the
/// left side
///   domain    all
///   error     ½ ULP
///   ends      −0 is on the left, and a NaN where its sign bit says
///   own text  none
template <class V, class H> NONLIN_INLINE V reflect(V x, std::type_identity_t<V> whole, H h) {
  return if_negative(x, value(h), whole - h);
}

/// The largest |x| for which e^(scale·x) is computed; beyond, w·e^(scale·x) has reached its limit
///   domain    all
///   error     ½ ULP; GPU 4 ULP
///   ends      finite, so that 0·x is 0: the largest number for scale = 0
///   own text  none
template <class V> NONLIN_INLINE V scaled_argument_limit(V scale) {
  return min(V(largest_finite<V>),
             full_range_quotient(V(exp_argument_limit<V>), abs(detached(scale))));
}
