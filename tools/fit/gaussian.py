"""The normal distribution: its tail, GELU's slope there, and the tail for compilers."""

from fit import HEAD, bits, coefficients, rational, single
from mpmath import erfc, exp, findroot, mpf, pi, sqrt


def mills(t):
    """Φ(-t) e^(t²/2)"""
    return erfc(t / sqrt(2)) * exp(t * t / 2) / 2


ROOT = findroot(lambda t: mills(t) - t / sqrt(2 * pi), mpf("0.75"))


def gelu_tail_slope(t):
    """(Φ(-t) - t φ(t)) e^(t²/2) / (root - t)"""
    if abs(ROOT - t) < mpf(10) ** -20:
        t += mpf(10) ** -19
    return (mills(t) - t / sqrt(2 * pi)) / (ROOT - t)


def survival():
    yield HEAD + '#include "polynomial.h"\n\n'
    above, below, error = rational(mills, 14.5, 4, 4)
    comment = f"The normal tail times e^(t^2/2) times the denominator, t <= 14.5: {bits(error)}"
    yield coefficients("survival_24", comment, above, single)
    yield coefficients("survival_denominator_24", "Its denominator", below, single)
