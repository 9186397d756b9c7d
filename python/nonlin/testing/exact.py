"""Definitions evaluated with MPFR: good beyond the last bit of float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import frexp
from typing import Any

import gmpy2
from gmpy2 import mpfr

from nonlin.testing.functions import Functions
from nonlin.testing.series import ZERO, Series, Space

# Twice the 53 bits of float64, as many again as cancel at the neighbour of a root, and a reserve
# for arguments of exponentials. The exponential of a number beyond the limit has overflowed in
# every type, but MPFR holds it and its powers.
_BITS, _LIMIT = 192, 2.0**20


class _Numbers:
    """Functions of numbers of MPFR."""

    mpf, sqrt, expm1, log, log1p = mpfr, gmpy2.sqrt, gmpy2.expm1, gmpy2.log, gmpy2.log1p
    tanh, erf, erfc, sin, cos = gmpy2.tanh, gmpy2.erf, gmpy2.erfc, gmpy2.sin, gmpy2.cos

    @property
    def pi(self) -> Any:
        return gmpy2.const_pi()

    def exp(self, x: Any) -> Any:
        return gmpy2.exp(min(x, _LIMIT))

    def sech2(self, x: Any) -> Any:
        return gmpy2.sech(x) ** 2

    def logistic(self, x: Any) -> tuple[Any, Any, Any]:
        z = self.exp(-x)
        s = 1 / (1 + z)
        return s, z * s**2, gmpy2.tanh(x / 2)

    def moderate(self, x: Any) -> Any:
        return x

    def moving(self, x: Series, scale: Any) -> tuple[Series, Any]:
        return (x if abs(x.terms[0]) < _LIMIT else x * ZERO), scale


mp = Functions(_Numbers())


def derivatives(
    definition: Callable[..., Any], numbers: Sequence[float], space: Space
) -> list[tuple[float, float]]:
    """Those of a definition at these numbers, one for each of `orders`, as unevaluated sums."""
    # Next to a root at 0 as many bits cancel as a number is small.
    small = sum(max(0, -frexp(number)[1]) for number in numbers)
    with gmpy2.context(precision=_BITS + small):
        series = space.variables([mpfr(number) for number in numbers])
        result = definition(mp, numbers[0])(*series)
        exact = [mpfr(a) * n for a, n in zip(result.terms, space.factorials, strict=True)]
        return [(high := float(number), float(number - high)) for number in exact]
