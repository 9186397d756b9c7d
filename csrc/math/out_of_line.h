#pragma once
#include "lane.h"

/// f(x) by a call: what is compiled once in a unit costs its kernels, which hold a formula many
/// times, no code. For functions that are long and rare, above all on doubles. On a GPU a call
/// would take registers and a stack, and the text is inlined.
///   domain    that of f
///   error     that of f: the same bits
///   ends      those of f
///   own text  several vectors: one call for each
#if defined(__CUDACC__)
template <class F, class V> NONLIN_INLINE V out_of_line(F f, V x) { return f(x); }
#else
template <class F, class V> __attribute__((noinline)) V called(F f, V x) { return f(x); }
template <class F, class V> NONLIN_INLINE V out_of_line(F f, V x) {
  if constexpr (requires { x.a, x.b; }) {
    return {out_of_line(f, x.a), out_of_line(f, x.b)};
  } else {
    return called(f, x);
  }
}
#endif
