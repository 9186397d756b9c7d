"""Writes csrc/tables/. Needs mpmath and nothing else: python tools/fit/tables.py"""

from pathlib import Path

from fit import bits, double, polynomial, row, single
from mpmath import erfc, exp, expm1, findroot, log, mpf, pi, sqrt

FOLDER = Path(__file__).resolve().parents[2] / "csrc" / "tables"
HEAD = "#pragma once\n// Written by tools/fit/tables.py.\n// clang-format off\n\n"


def mills(t):
    """Φ(-t) e^(t²/2)"""
    return erfc(t / sqrt(2)) * exp(t * t / 2) / 2


ROOT = findroot(lambda t: mills(t) - t / sqrt(2 * pi), mpf("0.75"))


def bend(t):
    """(Φ(-t) - t φ(t)) e^(t²/2) / (root - t)"""
    if abs(ROOT - t) < mpf(10) ** -20:
        t += mpf(10) ** -19
    return (mills(t) - t / sqrt(2 * pi)) / (ROOT - t)


def exponential():
    out = [HEAD]
    out.append("/// 2^(j step), step = octaves/size, in two parts, and (e^r - 1 - r)/r^2 for |r| <= step ln 2/2\n")
    out.append("template <int Size, int Octaves, int Degree>\nstruct powers {\n")
    out.append("  static constexpr int octaves = Octaves;\n")
    out.append("  alignas(64) float high[Size];\n  alignas(64) float low[Size];\n")
    out.append("  float c[Degree + 1];\n};\n")
    for size, octaves, degree in ((16, 1, 1), (8, 2, 2)):
        step = mpf(octaves) / size
        high = [single(2 ** (j * step)) for j in range(size)]
        low = [2 ** (j * step) - h for j, h in enumerate(high)]
        half = log(2) * step / 2
        c, error = tail_of_exp(half, degree)
        out.append(f"/// e^r to {bits(error * half**2 / 2)}\n")
        out.append(f"constexpr powers<{size}, {octaves}, {degree}> powers_{size} = {{\n")
        out.append(f"    {row(high)},\n    {row(low)},\n    {row(c)}}};\n")
    (FOLDER / "exp.h").write_text("".join(out))


def tail_of_exp(half, degree):
    f = lambda r: (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -15 else mpf(1) / 2  # noqa: E731
    return polynomial(f, -half, half, degree)


def segments(f, knots, degree, first=None):
    """One polynomial between each two knots of 1 + t, in the order in which the bits of 1 + t count."""
    fits = []
    for i, (a, b) in enumerate(zip(knots, knots[1:])):
        a, b = mpf(a) - 1, mpf(b) - 1
        # A prescribed constant is the value at zero.
        start = first is not None and i == 0
        centre = mpf(0) if start else (a + b) / 2
        c, error = polynomial(f, a, b, degree, single, centre, first if start else None, True)
        fits.append((centre, c, error))
    turn, size = 3 * len(fits) // 4, len(fits)
    fits = [fits[(i - turn) % size] for i in range(size)]
    lines = [row([centre for centre, _, _ in fits], indent=5)]
    lines.append(row([c[0] - single(c[0]) for _, c, _ in fits], indent=5))
    rows = [row([c[k] for _, c, _ in fits], indent=6) for k in range(degree + 1)]
    lines.append("{" + ",\n      ".join(rows) + "}")
    return "{" + ",\n     ".join(lines) + "}", max(error for _, _, error in fits)


def normal():
    sixteen = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14, 16]
    out = [HEAD]
    out.append("/// Segments of t lie between the powers of two and quarters (halves) of 1 + t.\n")
    out.append("template <int Size, int Degree>\nstruct segments {\n")
    out.append("  alignas(64) float centre[Size];\n")
    out.append("  alignas(64) float low[Size];  // of c[0]\n")
    out.append("  alignas(64) float c[Degree + 1][Size];\n};\n")
    out.append("/// The Mills ratio and the bend of csrc/normal.h.\n")
    out.append("template <int Size, int Degree>\nstruct normal_table {\n")
    out.append("  segments<Size, Degree> mills;\n  segments<Size, Degree - 1> bend;\n};\n")
    for b, size, degree in ((8, 16, 4), (8, 8, 5), (24, 16, 6), (24, 8, 8)):
        knots = sixteen[:: 16 // size]
        # Results next to zero are ties of half their input: with few bits the constant must be 1/2.
        first = mpf(1) / 2 if b == 8 else None
        tail, tail_error = segments(mills, knots, degree, first)
        slope, slope_error = segments(bend, knots, degree - 1)
        out.append(f"/// relative errors {bits(tail_error)} and {bits(slope_error)}\n")
        out.append(f"constexpr normal_table<{size}, {degree}> normal_{size}_{b} = {{\n")
        out.append(f"    {tail},\n    {slope}}};\n")
    (FOLDER / "normal.h").write_text("".join(out))


def function(name, coefficients, rounding, comment):
    """A function and not a constant: device code may not take the address of a constant of the host."""
    kind = "float" if rounding is single else "double"
    return (
        f"/// {comment}\n"
        f"NONLIN_INLINE constexpr polynomial<{kind}, {len(coefficients) - 1}> {name}() {{\n"
        f"  return {{{row(coefficients, rounding, 10)}}};\n}}\n"
    )


def ratio():
    """For lanes without lookups: one polynomial for all arguments."""
    out = [HEAD]
    out.append("/// Lowest coefficient first.\n")
    out.append("template <class C, int Degree>\nstruct polynomial {\n  C c[Degree + 1];\n};\n")
    c, error = tail_of_exp(log(2) / 2, 4)
    comment = f"(e^r - 1 - r)/r^2 for |r| <= ln 2/2; e^r to {bits(error * log(2) ** 2 / 8)}"
    out.append(function("expm1_24", c, single, comment))
    centre = mpf(4)
    back = lambda q: centre * (1 + q) / (1 - q)  # noqa: E731
    cases = ((8, single, 15, 7, 6), (24, single, 15, 12, 12), (53, double, 40, 25, 25))
    for b, rounding, end, d_mills, d_bend in cases:
        last = (end - centre) / (end + centre)
        c, error = polynomial(lambda q: mills(back(q)) * (back(q) + centre), -1, last, d_mills, rounding)
        comment = f"(t + 4) times the Mills ratio, in q = (t - 4)/(t + 4), t <= {end}: {bits(error)}"
        out.append(function(f"mills_{b}", c, rounding, comment))
        c, error = polynomial(lambda q: bend(back(q)), -1, last, d_bend, rounding)
        out.append(function(f"bend_{b}", c, rounding, f"The bend, in the same q: {bits(error)}"))
    (FOLDER / "ratio.h").write_text("".join(out))


if __name__ == "__main__":
    exponential()
    normal()
    ratio()
