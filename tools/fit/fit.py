"""Polynomials, and quotients of them, with coefficients rounded to the type that will hold them."""

import struct

from mpmath import cos, log, lu_solve, matrix, mp, mpf, nstr, pi

mp.dps = 60

HEAD = "#pragma once\n// Written by tools/fit/tables.py.\n// clang-format off\n"


def single(v):
    return mpf(struct.unpack("f", struct.pack("f", float(v)))[0])


def double(v):
    return mpf(float(v))


def chebyshev(a, b, count):
    """Nodes of [a, b]: the best sum of squares there is close to the best largest error."""
    middle, half = (mpf(a) + mpf(b)) / 2, (mpf(b) - mpf(a)) / 2
    return [middle + half * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def polynomial(f, a, b, degree, rounding=single, centre=0, first=None, split=False, unit=None):
    """Coefficients of a polynomial in x - centre, lowest first, and the largest error.

    Least squares for the error in units of `unit` (by default of f itself), fitted again after
    each coefficient is rounded. `first` prescribes the constant, or a list of the first ones;
    `split` leaves the constant unrounded, to be kept in two parts.
    """
    unit = unit or f
    nodes = [(x - centre, f(x), unit(x)) for x in chebyshev(a, b, max(32, 3 * degree))]
    fixed = (
        [] if first is None else [mpf(v) for v in (first if isinstance(first, list) else [first])]
    )

    def rest(x, v, u):
        return (v - sum(c * x**j for j, c in enumerate(fixed))) / u

    while len(fixed) <= degree:
        free = range(len(fixed), degree + 1)
        design = matrix([[x**j / u for j in free] for x, _, u in nodes])
        best = lu_solve(design.T * design, design.T * matrix([rest(*node) for node in nodes]))[0]
        fixed.append(best if split and not fixed else rounding(best))
    return fixed, max(abs(rest(*node)) for node in nodes)


def rational(f, b, above, below, rounding=single):
    """Coefficients of a numerator and of a denominator whose leading one is 1, lowest first, of
    degrees `above` and `below`, and the largest relative error for 0 <= x <= b.

    Least squares for the error of numerator - f·denominator, in units of f and of the denominator
    that was found before.
    """
    nodes = [(x * x, f(x * x)) for x in chebyshev(0, mpf(b) ** 0.5, 8 * (above + below))]
    c = [mpf(0)] * (above + below + 1)
    for _ in range(8):
        rows, right = [], []
        for x, v in nodes:
            before = 1 + sum(c[above + j] * x**j for j in range(1, below + 1))
            row = [x**j / v for j in range(above + 1)] + [-(x**j) for j in range(1, below + 1)]
            rows.append([entry / before for entry in row])
            right.append(1 / before)
        design = matrix(rows)
        c = list(lu_solve(design.T * design, design.T * matrix(right)))
    lead = c[-1]
    top = [rounding(v / lead) for v in c[: above + 1]]
    bottom = [rounding(v / lead) for v in [1, *c[above + 1 :]]]

    def at(p, x):
        return sum(v * x**j for j, v in enumerate(p))

    return top, bottom, max(abs(at(top, x) / at(bottom, x) / v - 1) for x, v in nodes)


def literal(v, rounding):
    mantissa, exponent = float(rounding(v)).hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{exponent}" + ("f" if rounding is single else "")


def row(values, rounding=single, indent=4):
    """A braced initializer that follows `indent` spaces, wrapped to the project's line length."""
    lines = [""]
    for v in values:
        word = literal(v, rounding) + ", "
        if indent + len(lines[-1]) + len(word) > 98:
            lines.append("")
        lines[-1] += word
    text = ("\n" + " " * (indent + 1)).join(line.rstrip() for line in lines)
    return "{" + text.rstrip(",") + "}"


def bits(error):
    return f"2^{nstr(log(error, 2), 3)}"


def coefficients(name, comment, c, rounding, low=0):
    """The text of a C++ function that returns these; `low` is what rounding left of the first."""
    kind = "float" if rounding is single else "double"
    return (
        f"/// {comment}\n"
        f"NONLIN_INLINE constexpr polynomial<{kind}, {len(c) - 1}> {name}() {{\n"
        f"  return {{{literal(low, rounding)},\n          {row(c, rounding, 10)}}};\n}}\n"
    )


def function(name, comment, f, a, b, degree, rounding, **how):
    """The text of a C++ function that returns the coefficients of a fit."""
    split = "unit" not in how and "first" not in how
    c, error = polynomial(f, a, b, degree, rounding, split=split, **how)
    low = c[0] - rounding(c[0])
    return coefficients(name, f"{comment}: {bits(error)}", c, rounding, low)
