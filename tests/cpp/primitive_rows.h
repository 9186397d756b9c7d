#pragma once
/// What the functions of tests/cpp/primitives.h are in long double, their domains, and the worst
/// errors that their contracts state.
#include <algorithm>
#include <cmath>

#include "tests/cpp/primitive_list.h"

namespace nonlin {
namespace {

using real = long double;

real density(real t) { return expl(-t * t / 2) * sqrtl(.5L / acosl(-1)); }
real survival(real t) { return erfcl(t * sqrtl(.5L)) / 2; }
real third(real a) { return expm1l(a) / 3; }
real tail_of_exp(real r) {  // (e^r − 1 − r)/r²
  real sum = 0;
  for (int k = 30; k >= 2; --k) sum = (sum * r + 1) / k;
  return sum;
}
real ratio(real a) {
  const real e = expl(std::min(a, 2000.L)), n = e * (2 + e);
  return a * (n / (2 + n));
}

struct Row {
  const char* name;
  primitive which;
  real (*exact)(real);
  double from, to;               // of float
  double ulp_float, ulp_double;  // what results may err by
  double ulp_gpu;                // float on a GPU
  double root = 0;
  double bits_8 = 0x1p-16, bits_8_gpu = 0x1p-16, bits_11_gpu = 0x1p-18;  // relative errors
  double slack = 0;  // an absolute error besides, of floats of CPUs
};
/// On approximate lanes there are no double words for these.
inline bool needs_double_words(const Row& row) {
  return row.which == primitive::exp_and_expm1 || row.which == primitive::exp_and_expm1_bounded;
}
/// A GPU's floats have the functions made of these at once.
inline bool is_for_cpus(const Row& row) {
  return row.which == primitive::mills_ratio || row.which == primitive::gelu_tail_slope_ratio;
}
#define ROW(name, ...) \
  { #name, primitive::name, __VA_ARGS__ }
const Row rows[] = {
    ROW(exp, expl, -103, 88, .8, .65, 1),
    ROW(exp_bounded, expl, -103, 43, .8, .65, 1),
    ROW(expm1, expm1l, -103, 88, 1.3, 1.1, 1.4),
    ROW(
        times_expm1, [](real a) { return -1.375L * expm1l(a); }, -103, 80, 1.5, 1.3, 1.7),
    ROW(exp_and_expm1, third, -103, 80, 1.7, 1.5, 2.2, 0, 0, 0, 0, 0x1p-50),
    ROW(
        exp_and_expm1_bounded, [](real a) { return expl(a) / 3; }, -100, 43, .8, .7, 1.4),
    ROW(
        exp_decay, [](real t) { return expl(-t); }, 0, 103, .8, .65, 1.5),
    ROW(
        nonpositive_argument, [](real a) { return a; }, -170, 0, 0, 0, 0),
    ROW(
        logistic_tail, [](real a) { return 1.375L / (1 + expl(a)); }, 0, 103, 1.5, 1.4, 1.2),
    ROW(
        logistic_tail_bounded, [](real a) { return 1.375L / (1 + expl(a)); }, 0, 103, 1.5, 1.4,
        1.2),
    ROW(
        half_tanh, [](real a) { return tanhl(a / 2); }, 0, 120, 2, 2.4, 1.6),
    ROW(
        gaussian, [](real t) { return expl(-t * t / 2); }, 0, 14, .8, .65, 1.05),
    ROW(normal_tail, survival, 0, 14.8, 1.7, 3, 1.7, 0, 0x1p-16, 3.3e-5),
    ROW(normal_density, density, 0, 14, 1.2, 1.2, 1.4),
    ROW(
        gelu_tail_slope, [](real t) { return survival(t) - t * density(t); }, 0, 14, 2.3, 2.3, 3.1,
        .7517915246935645, 0x1p-16, 4.1e-5),
    ROW(
        mills_ratio, [](real t) { return survival(t) * expl(t * t / 2); }, 0, 14.8, 1.5, 3, 0),
    ROW(
        gelu_tail_slope_ratio,
        [](real t) {
          const real slope = survival(t) - t * density(t);
          return slope * expl(t * t / 2) / (.75179152469356445746L - t);
        },
        0, 14, 1.2, 2, 0, .7517915246935645),
    ROW(saturating_ratio, ratio, -80, 80, 1.5, 2, 1.4),
    ROW(
        full_range_quotient, [](real a) { return 1.375L / a; }, 0x1p-120, 0x1p120, .5, .5, 2.6),
    ROW(
        quotient, [](real a) { return 1.375L / (1 + a); }, 0, .9375, .6, .6, .6),
    ROW(
        corrected_quotient, [](real a) { return 1.375L / (1 + a); }, 0, .9375, .6, .6, .6),
    ROW(
        product_quotient, [](real a) { return 1.375L * a / (1 + a); }, 0, .9375, 2, 2.6, .6),
    ROW(
        difference, [](real t) { return 1 / 3.L - t; }, .01, 4, .7, .7, .7, 1. / 3, 0x1p-14,
        0x1p-14),
    ROW(
        fast_difference, [](real t) { return 1 / 3.L - t; }, .17, .66, .7, .7, .7, 1. / 3, 0x1p-14,
        0x1p-14),
    ROW(
        make_double_word, [](real a) { return a; }, -100, 100, 0, 0, 0),
    ROW(
        square, [](real a) { return a * a; }, -100, 100, .5, .5, .5),
    ROW(
        rounded, [](real a) { return 1.375L + a; }, 0, 100, .5, .5, .5),
    ROW(
        value, [](real a) { return 2.75L * expl(a); }, -103, 80, 1.4, 1.3, 1.9),
    ROW(at, tail_of_exp, -.34, .34, 1, 1, 1),
    ROW(
        positive_part, [](real a) { return a > 0 ? a : -0.L; }, -100, 100, 0, 0, 0),
    ROW(
        magnitude, [](real a) { return std::min(fabsl(a), 2.L); }, -100, 100, 0, 0, 0),
    ROW(
        zero_like, [](real) { return 0.L; }, -100, 100, 0, 0, 0),
    ROW(
        clamp, [](real a) { return std::min(std::max(a, -1.L), 2.L); }, -100, 100, 0, 0, 0),
    ROW(
        if_positive, [](real a) { return a > 0 ? 2.L : 3.L; }, -100, 100, 0, 0, 0),
    ROW(
        pick_positive, [](real a) { return a > 0 ? 2.L : 3.L; }, -100, 100, 0, 0, 0),
    ROW(
        detached, [](real a) { return a; }, -100, 100, 0, 0, 0),
    ROW(
        copysign, [](real a) { return copysignl(1.375L, a); }, -100, 100, 0, 0, 0),
    ROW(
        signed_zero, [](real a) { return copysignl(0, a); }, -100, 100, 0, 0, 0),
    ROW(
        reflect, [](real a) { return std::signbit(a) ? .25L : .75L; }, -100, 100, 0, 0, 0),
};
#undef ROW

}  // namespace
}  // namespace nonlin
