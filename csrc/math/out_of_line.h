#pragma once
#include "lane.h"

/// Calls in place of inlined texts. A unit holds its formula many times, and a call costs it less
/// code. For functions that are long and rare, above all on doubles: there log, log1p, erf, sin and
/// cos are called. On a GPU a call would take registers and a stack, and texts are inlined.
#if defined(__CUDACC__)
#define NONLIN_CALLED NONLIN_INLINE
#else
#define NONLIN_CALLED __attribute__((noinline))
#endif

/// For this file: one call for each vector.
template <class F, class V> NONLIN_CALLED V called(F f, V x) { return f(x); }

/// f(x) by a call
///   domain    that of f
///   error     that of f: its bits
///   ends      those of f
///   own text  none
template <class F, class V> NONLIN_INLINE V out_of_line(F f, V x) {
  if constexpr (requires { x.a, x.b; }) {
    return {out_of_line(f, x.a), out_of_line(f, x.b)};
  } else {
    return called(f, x);
  }
}
