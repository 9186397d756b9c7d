"""Writes csrc/tables/, or FOLDER. Needs mpmath alone: python tools/fit/tables.py [FOLDER]"""

import sys
from itertools import pairwise
from pathlib import Path

from elementary import error_function, hyperbolic, logarithm, softplus_in_erf, trigonometric
from fit import HEAD, bits, double, function, literal, polynomial, row, single
from gaussian import gelu_tail_slope, mills, survival
from mpmath import exp, expm1, log, mpf, tanh

FOLDER = Path(__file__).resolve().parents[2] / "csrc" / "tables"


def tail_of_exp(r):
    """(e^r - 1 - r)/r²"""
    return (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -20 else mpf(1) / 2


def chord_of_exp(r):
    """(e^r - 1)/r"""
    return expm1(r) / r if r else mpf(1)


def inverse_square(r):
    """In this unit the error of (e^r - 1 - r)/r² is that of e^r."""
    return 1 / r**2


EXP = """
/// For e^(k ln 2 + r), k a multiple of step: high + low is 2^k up to a power of two; then
/// (e^r - 1 - r)/r^2, and the same for 8 bits.
template <int Size, int Degree>
struct powers {
  float step;
  alignas(64) float high[Size];
  alignas(64) float low[Size];
  float c[Degree + 1], brief[Degree - 1];
};
"""


def exponential():
    yield HEAD + EXP
    for size, octaves, degree in ((16, 1, 2), (8, 2, 3)):
        step = mpf(octaves) / size
        entries = [mpf(2) ** (j * step) for j in range(size)]
        half = log(2) * step / 2
        c, error = polynomial(tail_of_exp, -half, half, degree)
        brief, rough = polynomial(tail_of_exp, -half, half, degree - 2, unit=inverse_square)
        yield f"/// e^r to {bits(error * half**2 / 2)} and {bits(rough)}\n"
        yield f"constexpr powers<{size}, {degree}> powers_{size} = {{\n"
        yield f"    {literal(step, single)},\n    {row(entries)},\n"
        yield f"    {row([v - single(v) for v in entries])},\n    {row(c)},\n    {row(brief)}}};\n"


NORMAL = """
/// Polynomials in t - centre. Segments lie between the powers of two and quarters (halves) of 1 + t
/// and follow each other as the bits of 1 + t count.
template <int Size, int Degree>
struct segments {
  alignas(64) float centre[Size];
  alignas(64) float low[Size];  // of c[0]
  alignas(64) float c[Degree + 1][Size];
};
/// The mills_ratio and gelu_tail_slope_ratio of csrc/math/normal.h.
template <int Size, int Degree>
struct normal_table {
  segments<Size, Degree> mills;
  segments<Size, Degree - 1> slope;
};
"""


def segments(f, knots, degree, first=None):
    fits = []
    for a, b in pairwise([mpf(k) - 1 for k in knots]):
        # A prescribed constant is the value at zero.
        start = first is not None and a == 0
        centre = mpf(0) if start else (a + b) / 2
        c, error = polynomial(f, a, b, degree, single, centre, first if start else None, True)
        fits.append((centre, c, error))
    turn = len(fits) // 4
    fits = fits[turn:] + fits[:turn]
    lines = [row([centre for centre, _, _ in fits], indent=5)]
    lines.append(row([c[0] - single(c[0]) for _, c, _ in fits], indent=5))
    rows = [row([c[k] for _, c, _ in fits], indent=6) for k in range(degree + 1)]
    lines.append("{" + ",\n      ".join(rows) + "}")
    return "{" + ",\n     ".join(lines) + "}", max(error for _, _, error in fits)


def normal():
    knots = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16]
    yield HEAD + NORMAL
    for b, size, degree in ((8, 16, 4), (8, 8, 5), (24, 16, 6), (24, 8, 8)):
        used = knots[:: 16 // size]
        # Half a subnormal may be a tie: with few bits the constant must be 1/2.
        tail, tail_error = segments(mills, used, degree, mpf(1) / 2 if b == 8 else None)
        slope, slope_error = segments(gelu_tail_slope, used, degree - 1)
        yield f"/// relative errors {bits(tail_error)} and {bits(slope_error)}\n"
        yield f"constexpr normal_table<{size}, {degree}> normal_{size}_{b} = {{\n"
        yield f"    {tail},\n    {slope}}};\n"


TANH = """
#include "normal.h"

"""


def tanh_by_segments():
    knots = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16]
    yield HEAD + TANH
    for b, size, degree in ((8, 16, 5), (8, 8, 6), (24, 16, 6), (24, 8, 8)):
        text, error = segments(tanh, knots[:: 16 // size], degree, [0, 1])
        yield f"/// tanh(t), t <= 15: relative error {bits(error)}\n"
        yield f"constexpr segments<{size}, {degree}> tanh_{size}_{b} = {{\n    {text[1:-1]}}};\n"


RATIO = """
#include "../jet.h"

/// For lanes without lookups: c[0] + low + c[1] x + ..., one polynomial for all arguments.
/// Functions, as device code may not take the address of a constant of the host.
template <class C, int Degree>
struct polynomial {
  C low, c[Degree + 1];
};
"""


def back(q, a=4):
    return a * (1 + q) / (1 - q)


def log2_tail(t):
    return (log(mills(t)) - t * t / 2) / log(2)


def log2_slope(t):
    return (log(gelu_tail_slope(t)) - t * t / 2) / log(2)


def slack(q):
    return (1 / mills(back(q)) - 2) / back(q)


def careful(knee, rate, *dips):
    """A unit that grows beyond the knee, where results are small, and is smaller in dips (centre,
    depth, width) around inputs whose results lie next to the middle between two 16-bit numbers."""

    def unit(t):
        size = mpf(2) ** (max(0, t - knee) * mpf(rate))
        for centre, depth, width in dips:
            size *= 1 - mpf(depth) * exp(-(((t - mpf(centre)) / mpf(width)) ** 2))
        return size

    return unit


def ratio():
    yield HEAD + RATIO
    half = log(2) / 2
    comment = "(e^r - 1 - r)/r^2, |r| <= ln 2/2"
    yield function("expm1_24", comment, tail_of_exp, -half, half, 4, single, first=0.5)
    yield function("expm1_53", comment, tail_of_exp, -half, half, 10, double)
    for b, rounding, end, degree_slack, degree_slope in (
        (24, single, 15, 10, 9),
        (53, double, 40, 25, 25),
    ):
        last = mpf(end - 4) / (end + 4)
        comment = f"(1/mills - 2)/t in q = (t - 4)/(t + 4), t <= {end}"
        yield function(f"slack_{b}", comment, slack, -1, last, degree_slack, rounding)
        comment = "The gelu_tail_slope_ratio in the same q"
        yield function(
            f"gelu_tail_slope_{b}",
            comment,
            lambda q: gelu_tail_slope(back(q)),
            -1,
            last,
            degree_slope,
            rounding,
        )
    yield function(
        "expm1_11", "(e^a - 1)/a, |a| <= 1/4", chord_of_exp, -0.25, 0.25, 4, single, first=1
    )
    for name, f, b, end, degree, first, unit in (
        ("tail", log2_tail, 8, 13.2, 9, -1, careful(13, 1, (0.336, 0.97, 0.7), (3.14, 0.7, 0.5))),
        ("tail", log2_tail, 11, 7.6, 10, -1, careful(5, 1.5, (0, 0.8, 2.5))),
        ("gelu_tail_slope", log2_slope, 8, 14.3, 11, None, careful(13.6, 4, (0, 0.8, 0.7))),
        ("gelu_tail_slope", log2_slope, 11, 7.6, 10, None, careful(5.5, 1, (0, 0.5, 1))),
    ):
        scale = mpf(1) / 2 if b == 8 else 1
        comment = f"{'half of ' if b == 8 else ''}log2 of the {name} times e^(-t^2/2), t <= {end}"
        yield function(
            f"log_{name}_{b}",
            comment,
            lambda t, f=f, scale=scale: scale * f(t),
            0,
            end,
            degree,
            single,
            first=first and scale * first,
            unit=unit,
        )


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, table in (
        ("exp", exponential),
        ("normal", normal),
        ("polynomial", ratio),
        ("survival", survival),
        ("log", logarithm),
        ("tanh", hyperbolic),
        ("tanh_segments", tanh_by_segments),
        ("erf", error_function),
        ("erf_softplus", softplus_in_erf),
        ("trigonometric", trigonometric),
    ):
        (folder / f"{name}.h").write_text("".join(table()))
