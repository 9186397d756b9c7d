"""Polynomials whose coefficients are rounded to the type that will hold them."""

import struct

from mpmath import cos, log, lu_solve, matrix, mp, mpf, nstr, pi

mp.dps = 60


def single(v):
    return mpf(struct.unpack("f", struct.pack("f", float(v)))[0])


def double(v):
    return mpf(float(v))


def chebyshev(a, b, count):
    """Nodes of [a, b]: the sum of squares there is close to the largest error."""
    middle, half = (mpf(a) + mpf(b)) / 2, (mpf(b) - mpf(a)) / 2
    return [middle + half * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def polynomial(f, a, b, degree, rounding=single, centre=0, first=None, exact_first=False):
    """Coefficients of a polynomial in x - centre, lowest first, and the largest relative error.

    Least squares for the relative error, fitted again after each coefficient is rounded.
    `first` prescribes the constant; `exact_first` leaves it unrounded, to be kept in two parts.
    """
    xs = chebyshev(a, b, max(32, 3 * degree))
    values = [f(x) for x in xs]
    xs = [x - centre for x in xs]
    fixed = [] if first is None else [mpf(first)]
    while len(fixed) <= degree:
        free = range(len(fixed), degree + 1)
        design = matrix([[x**j / v for j in free] for x, v in zip(xs, values)])
        rest = matrix([1 - sum(c * x**j for j, c in enumerate(fixed)) / v for x, v in zip(xs, values)])
        best = lu_solve(design.T * design, design.T * rest)[0]
        fixed.append(best if exact_first and not fixed else rounding(best))
    errors = (sum(c * x**j for j, c in enumerate(fixed)) / v - 1 for x, v in zip(xs, values))
    return fixed, max(abs(e) for e in errors)


def literal(v, suffix):
    text = float(v).hex()
    mantissa, exponent = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{exponent}{suffix}"


def row(values, rounding=single, indent=4):
    """A braced initializer, wrapped to the line length of the project."""
    suffix = "f" if rounding is single else ""
    lines, line = [], ""
    for i, v in enumerate(values):
        word = literal(rounding(v), suffix) + ("," if i + 1 < len(values) else "")
        if line and indent + len(line) + len(word) + 3 > 100:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    lines.append(line)
    return "{" + ("\n" + " " * (indent + 1)).join(lines) + "}"


def bits(error):
    return f"2^{nstr(log(error, 2), 3)}"
