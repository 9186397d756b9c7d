#pragma once
#include "alone.h"
//
#include "prelude.h"

#if defined(__CUDACC__)
#define NONLIN_INLINE __host__ __device__ __forceinline__
#define NONLIN_UNROLL _Pragma("unroll")
#else
#define NONLIN_INLINE inline __attribute__((always_inline))
#define NONLIN_UNROLL _Pragma("GCC unroll 32")
#endif

/// A number of C++, as `.5` or `2` in the text of a formula.
template <class C>
concept real_constant = std::is_arithmetic_v<C>;

/// A function of x at one point: f, f′ and f″. The caller uses one member; the compiler drops the
/// rest.
template <class Value, class Slope, class Curvature> struct jet {
  Value value;
  Slope slope;
  Curvature curvature;
};
template <class A, class B, class C> jet(A, B, C) -> jet<A, B, C>;

/// A function of x and a weight w at one point: itself, its first and its second derivatives.
template <class Value, class X, class W, class XX, class XW, class WW> struct parametric_jet {
  Value value;
  X x;
  W w;
  XX xx;
  XW xw;
  WW ww;
};
template <class A, class B, class C, class D, class E, class F>
parametric_jet(A, B, C, D, E, F) -> parametric_jet<A, B, C, D, E, F>;

/// The base of a gated formula, which needs no text of its own: act(gate)·up for a pointwise one.
///
///   struct Swiglu : with_gate<Swish> {};
///
/// An act that says `up(V u)` makes something of `up` as well: it returns both{h(u), h′(u)}, where
/// h′ is 1, or 0 where u is cut off. One that says `kept(V x, V a)` cuts x off as well: it returns
/// a, a product with one of its derivatives, or 0 where it is constant, whatever the gradient.
template <class Activation> struct with_gate { using activation = Activation; };

/// Two numbers that are found together.
template <class A, class B> struct both {
  A first;
  B second;
};
template <class A, class B> both(A, B) -> both<A, B>;

/// A hyper-parameter of formula F. Its default is its value in F{}.
template <class F> struct named {
  const char* name;
  parameter F::*member;
};
template <class F> named(const char*, parameter F::*) -> named<F>;

/// Whether a number is one of this type, and no subnormal one of 16 bits.
NONLIN_INLINE bool representable(double x, dtype type) {
  if (type == dtype::float64 || x == 0) return true;
  if (type == dtype::float32) return x == static_cast<float>(x);
  const bool is_half = type == dtype::float16;
  int exponent = 0;
  const double mantissa = std::ldexp(std::frexp(x, &exponent), is_half ? 11 : 8);
  return mantissa == std::rint(mantissa) && exponent >= (is_half ? -13 : -125) &&
         exponent <= (is_half ? 16 : 128);
}

/// Formulas that say `static constexpr bool surrogate_slope = true`: their slope is not that of the
/// value, which is flat, but what learns in its place. Their curvature is that of this slope.
template <class F>
concept has_surrogate_slope = requires {
  requires F::surrogate_slope;
};

/// Formulas that say `static constexpr bool light = true`: they compute faster than memory
/// delivers, as comparisons do. Results of parametric ones go past the caches of CPUs where they
/// are large (cpu/nontemporal.h); on CUDA fewer dense tensors have kernels of their own
/// (cuda/pointwise.h).
template <class F>
concept light = requires {
  requires F::light;
};
