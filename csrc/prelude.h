#pragma once
#define NONLIN_PRELUDE
/// Everything from outside that the formula layer uses. Units include it first and at global scope,
/// as the headers of the layer itself are included inside the namespace of an instruction set.
#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
// Compensated arithmetic is made of the roundings, zeros and infinities that these take away.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    defined(__NO_SIGNED_ZEROS__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0)
#error "nonlin needs IEEE arithmetic: build without -ffast-math, -Ofast and the flags they imply"
#elif FLT_EVAL_METHOD != 0
#error "nonlin needs floats to be computed as floats: build for SSE2, with -mfpmath=sse"
#endif
#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)  // GCC 12 warns of its own _mm512_undefined_ps
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#include <immintrin.h>
#endif
#endif
