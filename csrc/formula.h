#pragma once
/// All that a header in ops/ includes, and the page that its author reads first. Like every header
/// of the formula layer it opens no namespace and is included inside that of an instruction set,
/// after prelude.h and descriptor.h.
///
/// A formula is a struct with a call operator, a template over the *lane* V: a float, a double, a
/// vector of these, a thread of a GPU, a dual number, a whole tensor. It returns a jet (jet.h).
///
/// What every lane has
///   V(c), V(p)              of a constant c of C++, a `parameter` p. Constants may stand for V in
///                           any operation that has a V beside them
///   a + b  a - b  a * b     rounded once
///   a / b                   CPU ½ ULP; GPU 1 ULP, 8 and 11 bits 2, for |b| from 2⁻¹²⁶ to 2¹²⁶, and
///                           beyond that 0 or infinity, for infinite b NaN; full_range_quotient
///                           (math/offset_sum.h) takes every b
///   fma(a, b, c)            one rounding; on textbook lanes a·b + c
///   abs(a)  min(a, b)  max(a, b)   NaN in the second operand passes
///   a | b  a ^ b  sign_bit(a)      bits, not on textbook lanes: use copysign, signed_zero
///   if_negative(x, a, b)    by the sign bit of x: a for −0
///   if_greater(a, b, x, y)  y for NaN, and for equal numbers
///   V::bits                 with how many significant bits results will be read
/// and the functions of csrc/math/. Each has a contract above it, of four lines:
///   domain    the inputs of which the rest speaks; of others nothing is said
///   error     the worst that was found, and a test holds it, on each kind of lane: in ULP of the
///             exact result, or 2⁻ⁿ of it where it is a normal number. *float* is 24 bits on CPUs,
///             and 11 where these are not named, *double* 53; *GPU …* is on a GPU; *8 bits* are
///             those of both where no GPU stands beside, *16 bits* 8 and 11
///   ends      what ±0, ±∞, NaN and subnormal results give
///   own text  the lanes that do not run the text below: *tables* those that look exponentials up,
///             *doubles*, *GPU*, *textbook lanes* …; *out of line*: by a call
///
/// Three kinds of arithmetic are all that a formula may tell apart (math/lane.h):
///   textbook<V>      operations mean what they say
///   approximate<V>   8 bits, and 11 on a GPU: everything is a lane, rounded as it comes
///   compensated<V>   two_prod, two_sum, difference give double words, exp a mantissa and exponent
/// A text that uses the names below is right on all three.
///
/// Forms of numbers, and what takes them
///   double_word hi + lo     V * w; w * w, one of them normalized (renormalize); w + V, |V| ≤ |w|;
///                           fma(V, w, V), two_prod, two_sum, rounded(w)
///   mantissa_exponent m·2ⁿ  V * z, z * V, z / V, V − z; V + z is V − (−1 * z); value(z)
///   offset_sum c + z        by `1 + z` with a constant of C++ and a mantissa_exponent z, of a lane
///                           by offset_sum<V>{1, x}; V / s, w / s, z / s, square(s),
///                           fast_two_sum(s)
///
/// Conventions
///   * NaN in is NaN out; a derivative that is constant between kinks may be the constant.
///   * −0 gives what the formula's piece gives there. Odd functions keep it: copysign(a, x) wants
///     an a whose sign bit is 0, which −0 is not.
///   * At a kink the definition's piece at the point itself counts, which at ±0 may go by the sign
///     bit. if_positive, pick_positive and if_greater put ±0 on the left, if_negative and reflect
///     ask the sign bit: value and derivatives must ask the same.
///   * At ±∞ are the limits: clamp or magnitude keeps 0·∞ out. A bound that suits doubles does not
///     keep tensors of floats from overflowing, whose type a textbook lane does not know: where it
///     matters, give these a text that needs none.
///
/// What a formula may say of itself
///   parameters()    its hyper-parameters, at most max_parameters (descriptor.h); pointwise only
///   at_defaults     a second text for their defaults: the same bits in less time; pointwise only
///   weight, casts   of operator()(V x, V w), which makes it parametric: the name of its weight,
///                   which must be there, and what autocast does
///   saves_result(type)   whether derivatives at f(x), rounded to that dtype, are those at x, as of
///                   max(x, 0): backward then keeps the result, which in place needs no copy;
///                   pointwise only
///   refused()       what is wrong with its hyper-parameters, which are finite, in words that name
///                   them, or null; pointwise only
///   light           it computes faster than memory delivers, as a comparison does (jet.h). Where
///                   its slope is 0, so is the gradient, also of an infinite one
///   bounded_slope   it is true: no |f′| is above 2, whatever the hyper-parameters, and gated
///                   backward multiplies sooner
///   value_and_slope(x)   both, with fewer operations than apart, within the bounds of each: for
///                   gated backward, which needs both
///   surrogate_slope it is true: the slope is not that of the value, but what takes its place
///   replaces()      in place of the call operator makes it groupwise
///   with_gate<F>    as its base makes it gated: F(gate)·up with the pointwise formula F, of which
///                   it has the hyper-parameters and all else (jet.h)
#include "jet.h"
#include "math/erf.h"
#include "math/erf_softplus.h"
#include "math/exp.h"
#include "math/logistic.h"
#include "math/normal.h"
#include "math/root.h"
#include "math/scaled_argument.h"
#include "math/sigmoid.h"
#include "math/tanh.h"
#include "math/tanh_softplus.h"
#include "math/trigonometric.h"
