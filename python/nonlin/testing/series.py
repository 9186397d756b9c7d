"""Truncated Taylor series over MPFR: one evaluation gives a function and all its derivatives.

`mp` is as much of mpmath's context as textbook definitions need, so that one text runs on both:
there on numbers, here on `Series`. The chain rule takes derivatives from formulas none of which
cancels: where a function nears a limit, its slope keeps all its bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from itertools import product
from math import factorial, frexp, prod
from operator import mul
from typing import Any

import gmpy2
from gmpy2 import mpfr

# Twice the 53 bits of float64, as many again as cancel at the neighbour of a root, and a reserve
# for arguments of exponentials. The exponential of a number beyond the limit has overflowed or
# vanished in every type, but MPFR holds it and its powers: large arguments need no other care.
_BITS, _LIMIT = 192, 2.0**20
_ZERO = mpfr(0)


class Space:
    """Series in so many variables, up to a total order; in two up to the second: 1 x w x² xw w².

    Attributes:
        orders: of each term, how often it is differentiated by each variable
        factorials: what turns its coefficient into that derivative
        units: the variables, but for their constant terms
        products: for each term, those that it may meet, and the terms that they become
    """

    def __init__(self, variables: int, order: int) -> None:
        every = product(range(order, -1, -1), repeat=variables)
        self.order = order
        self.orders = sorted((term for term in every if sum(term) <= order), key=sum)
        self.factorials = [prod(map(factorial, term)) for term in self.orders]
        rest = range(1, len(self.orders))
        self.units = [[mpfr(int(at == 1 + v)) for at in rest] for v in range(variables)]
        place = {term: index for index, term in enumerate(self.orders)}
        self.products: list[list[tuple[int, int]]] = []
        for one in self.orders:
            sums = ((other, tuple(map(sum, zip(one, other, strict=True)))) for other in place)
            self.products.append([(place[a], place[b]) for a, b in sums if b in place])

    def derivatives(
        self, definition: Callable[..., Any], numbers: Sequence[float]
    ) -> list[tuple[float, float]]:
        """Those of a definition at these numbers, one for each of `orders`, as unevaluated sums."""
        # Next to a root at 0 as many bits cancel as a number is small.
        small = sum(max(0, -frexp(number)[1]) for number in numbers)
        with gmpy2.context(precision=_BITS + small):
            series = [
                Series([mpfr(number), *unit], self)
                for number, unit in zip(numbers, self.units, strict=True)
            ]
            result = definition(mp, numbers[0])(*series)
            exact = [a * count for a, count in zip(result.terms, self.factorials, strict=True)]
            return [(high := float(number), float(number - high)) for number in exact]


space = cache(Space)


class Series:
    """A member of a space: its coefficients."""

    __slots__ = ("space", "terms")

    def __init__(self, terms: list[Any], space: Space) -> None:
        self.terms, self.space = terms, space

    def __add__(self, other: Series | float) -> Series:
        if isinstance(other, Series):
            both = zip(self.terms, other.terms, strict=True)
            return Series([a + b for a, b in both], self.space)
        return Series([self.terms[0] + other, *self.terms[1:]], self.space)

    def __mul__(self, other: Series | float) -> Series:
        if not isinstance(other, Series):
            return Series([a * other for a in self.terms], self.space)
        terms = [_ZERO] * len(self.terms)
        for a, products in zip(self.terms, self.space.products, strict=True):
            if a:
                for index, target in products:
                    terms[target] += a * other.terms[index]
        terms[0] = self.terms[0] * other.terms[0]  # −0 too
        return Series(terms, self.space)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Series:
        return self * -1

    def __sub__(self, other: Series | float) -> Series:
        return self + -other

    def __rsub__(self, other: Series | float) -> Series:
        return -self + other

    def __truediv__(self, other: Series | float) -> Series:
        if isinstance(other, Series):
            return self * (1 / other)
        return Series([a / other for a in self.terms], self.space)

    def __rtruediv__(self, other: Series | float) -> Series:
        r = 1 / self.terms[0]
        return self.chain([r, -(r**2), 2 * r**3, -6 * r**4]) * other

    def __pow__(self, exponent: int) -> Series:
        power: Series = reduce(mul, [self] * exponent)
        return power

    def chain(self, derivatives: Sequence[Any]) -> Series:
        """g of this series, from g, g′, g″ and g‴ at its constant term."""
        change = power = Series([_ZERO, *self.terms[1:]], self.space)
        result: Series = change * derivatives[1] + derivatives[0]
        for order in range(2, self.space.order + 1):
            power = power * change
            result = result + power * (derivatives[order] / factorial(order))
        return Series([derivatives[0], *result.terms[1:]], self.space)  # −0 too


class _Context:
    """Functions of series; of numbers, those that make constants."""

    mpf, sqrt = staticmethod(mpfr), staticmethod(gmpy2.sqrt)

    @property
    def pi(self) -> Any:
        return gmpy2.const_pi()

    def exp(self, x: Series) -> Series:
        return x.chain([_exp(x.terms[0])] * 4)

    def expm1(self, x: Series) -> Series:
        at = x.terms[0]
        return x.chain([gmpy2.expm1(at), *[_exp(at)] * 3])

    def log1p(self, x: Series) -> Series:
        at = x.terms[0]
        r = 1 / (1 + at)
        return x.chain([gmpy2.log1p(at), r, -(r**2), 2 * r**3])

    def tanh(self, x: Series) -> Series:
        t, s = gmpy2.tanh(x.terms[0]), gmpy2.sech(x.terms[0]) ** 2
        return x.chain([t, s, -2 * t * s, (4 * t**2 - 2 * s) * s])

    def erfc(self, x: Series) -> Series:
        at = x.terms[0]
        slope = -2 / self.sqrt(self.pi) * _exp(-(at**2))
        return x.chain([gmpy2.erfc(at), slope, -2 * at * slope, (4 * at**2 - 2) * slope])


mp = _Context()


def _exp(x: Any) -> Any:
    return gmpy2.exp(min(max(x, -_LIMIT), _LIMIT))
