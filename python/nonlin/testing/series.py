"""Truncated Taylor series: one evaluation of a definition gives a function and its derivatives.

One text for coefficients of two kinds: numbers of MPFR, which are good beyond the last bit of
float64, and tensors of float64, which are fast. `Functions` is as much of mpmath's context as
definitions need, so that the same definitions run on mpmath too. The chain rule takes derivatives
from formulas none of which cancels: where a function nears a limit, its slope keeps all its bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, reduce
from itertools import product
from math import factorial, prod
from operator import mul
from typing import Any

import torch
from torch import Tensor

# Coefficients that are known without computing: terms with the first vanish.
ZERO, ONE = 0, 1


class Space:
    """Series in so many variables, up to a total order; in two up to the second: 1 x w x² xw w².

    Attributes:
        orders: of each term, how often it is differentiated by each variable
        factorials: what turns its coefficient into that derivative
        products: for each term, those that it may meet, and the terms that they become
    """

    def __init__(self, variables: int, order: int) -> None:
        every = product(range(order, -1, -1), repeat=variables)
        self.order = order
        self.orders = sorted((term for term in every if sum(term) <= order), key=sum)
        self.factorials = [prod(map(factorial, term)) for term in self.orders]
        place = {term: index for index, term in enumerate(self.orders)}
        self.products: list[list[tuple[int, int]]] = []
        for one in self.orders:
            sums = ((other, tuple(map(sum, zip(one, other, strict=True)))) for other in place)
            self.products.append([(place[a], place[b]) for a, b in sums if b in place])

    def variables(self, numbers: Sequence[Any]) -> list[Series]:
        """The variables themselves, at these numbers."""
        rest = range(1, len(self.orders))
        units = [[ONE if at == 1 + v else ZERO for at in rest] for v in range(len(numbers))]
        return [Series([n, *unit], self) for n, unit in zip(numbers, units, strict=True)]


space = cache(Space)


class Series:
    """A member of a space: its coefficients."""

    __slots__ = ("space", "terms")

    def __init__(self, terms: list[Any], space: Space) -> None:
        self.terms, self.space = terms, space

    def __add__(self, other: Series | float) -> Series:
        if isinstance(other, Series):
            both = zip(self.terms, other.terms, strict=True)
            return Series([_sum(a, b) for a, b in both], self.space)
        return Series([self.terms[0] + other, *self.terms[1:]], self.space)

    def __mul__(self, other: Any) -> Series:
        """By a number or a tensor, too."""
        if not isinstance(other, Series):
            if isinstance(other, (int, float)) and other == 1:
                return self
            return Series([_product(a, other) for a in self.terms], self.space)
        terms: list[Any] = [ZERO] * len(self.terms)
        for a, products in zip(self.terms, self.space.products, strict=True):
            if a is not ZERO:
                for index, target in products:
                    terms[target] = _plus(terms[target], a, other.terms[index])
        return Series(terms, self.space)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Series:
        return self * -1

    def __sub__(self, other: Series | float) -> Series:
        return self + -other

    def __rsub__(self, other: Series | float) -> Series:
        return -self + other

    def __truediv__(self, other: Any) -> Series:
        if isinstance(other, Series):
            return self * (1 / other)
        return Series([a if a is ZERO else a / other for a in self.terms], self.space)

    def __rtruediv__(self, other: float) -> Series:
        r = 1 / self.terms[0]
        change: Series = self.change() * r
        inverse = change.composed(r, r, (-1, 1, -1))
        return inverse if other == 1 else inverse * other

    def __pow__(self, exponent: int) -> Series:
        power: Series = reduce(mul, [self] * exponent)
        return power

    def change(self) -> Series:
        """The series without its constant term."""
        return Series([ZERO, *self.terms[1:]], self.space)

    def composed(self, constant: Any, scale: Any, factors: Sequence[Any]) -> Series:
        """constant + scale·(a·c + b·c² + …), where c is this series without its constant term.

        Terms are multiplied by the scale first: it may vanish where they overflow.
        """
        change = self.change()
        power = change * scale
        result = power if factors[0] is ONE else power * factors[0]
        for factor in factors[1 : self.space.order]:
            if isinstance(factor, (int, float)):
                result = result + power * (change * factor)
            else:
                result = result + power * change * factor
            if self.space.order > 2:
                power = power * change
        return Series([constant, *result.terms[1:]], self.space)

    def where(self, condition: Tensor, other: Series) -> Series:
        """This series where a condition holds, another one elsewhere; of tensors alone."""
        both = zip(self.terms, other.terms, strict=True)
        return Series([_where(condition, a, b) for a, b in both], self.space)


def _sum(a: Any, b: Any) -> Any:
    return b if a is ZERO else a if b is ZERO else a + b


def _product(a: Any, b: Any) -> Any:
    if a is ZERO or b is ZERO:
        return ZERO
    return b if a is ONE else a if b is ONE else a * b


def _plus(total: Any, a: Any, b: Any) -> Any:
    """total + a·b."""
    if isinstance(total, Tensor) and isinstance(a, Tensor) and isinstance(b, Tensor):
        return torch.addcmul(total, a, b)
    return _sum(total, _product(a, b))


def _where(condition: Tensor, a: Any, b: Any) -> Any:
    if a is b:
        return a
    both = (t if isinstance(t, Tensor) else torch.tensor(t, dtype=torch.float64) for t in (a, b))
    return torch.where(condition, *both)


class Functions:
    """Functions of series, made of those of numbers of one kind.

    `kind` has those: `mpf`, `pi`, `sqrt`, `exp`, `log`, `tanh` and so on, and besides:

    sech2: the square of 1/cosh
    logistic: it, its slope, and minus its curvature divided by the slope
    moderate: an argument of e^(−x²), bounded where that has vanished
    moving: of an exponential's argument what is not constant, and the slope, both 0 where the
        exponential has vanished or overflowed
    """

    def __init__(self, kind: Any) -> None:
        self.kind, self.mpf = kind, kind.mpf

    @property
    def pi(self) -> Any:
        return self.kind.pi

    def sqrt(self, x: Any) -> Any:
        """Of a number too, which makes a constant."""
        if not isinstance(x, Series):
            return self.kind.sqrt(x)
        root = self.kind.sqrt(x.terms[0])
        change: Series = x.change() / x.terms[0]
        return change.composed(root, root, (0.5, -0.125, 0.0625))

    def exp(self, x: Series) -> Series:
        e = self.kind.exp(x.terms[0])
        change, scale = self._moving(x, e)
        return change.composed(e, scale, self._powers())

    def expm1(self, x: Series) -> Series:
        at = x.terms[0]
        change, scale = self._moving(x, self.kind.exp(at))
        return change.composed(self.kind.expm1(at), scale, self._powers())

    def log(self, x: Series) -> Series:
        at = x.terms[0]
        change: Series = x.change() / at
        return change.composed(self.kind.log(at), ONE, self._logarithm())

    def log1p(self, x: Series) -> Series:
        at = x.terms[0]
        change: Series = x.change() / (1 + at)
        return change.composed(self.kind.log1p(at), ONE, self._logarithm())

    def logistic(self, x: Series) -> Series:
        """1/(1 + e⁻ˣ)."""
        at = x.terms[0]
        s, slope, t = self.kind.logistic(at)
        factors = [ONE, t * -0.5]
        if x.space.order > 2:
            factors.append((1 - 6 * slope) / 6)
        change, scale = self._moving(x, slope)
        return change.composed(s, scale, factors)

    def tanh(self, x: Series) -> Series:
        t, s = self.kind.tanh(x.terms[0]), self.kind.sech2(x.terms[0])
        factors = [ONE, -t]
        if x.space.order > 2:
            factors.append((2 * t**2 - s) / 3)
        return x.composed(t, s, factors)

    def erf(self, x: Series) -> Series:
        return self._normal(x, self.kind.erf(x.terms[0]), 2)

    def erfc(self, x: Series) -> Series:
        return self._normal(x, self.kind.erfc(x.terms[0]), -2)

    def sin(self, x: Series) -> Series:
        s, c = self.kind.sin(x.terms[0]), self.kind.cos(x.terms[0])
        return self._oscillating(x, s, c)

    def cos(self, x: Series) -> Series:
        s, c = self.kind.sin(x.terms[0]), self.kind.cos(x.terms[0])
        return self._oscillating(x, c, -s)

    def _normal(self, x: Series, value: Any, sign: int) -> Series:
        at = self.kind.moderate(x.terms[0])
        slope = self.kind.exp(-(at**2)) * (sign / self.kind.sqrt(self.pi))
        factors = [ONE, -at]
        if x.space.order > 2:
            factors.append((2 * at**2 - 1) / 3)
        return x.composed(value, slope, factors)

    def _oscillating(self, x: Series, value: Any, slope: Any) -> Series:
        c = x.change()
        square = c * c
        result = c * slope + square * (value * -0.5) + square * c * (slope / -6)
        return Series([value, *result.terms[1:]], x.space)

    def _moving(self, x: Series, slope: Any) -> tuple[Series, Any]:
        moving: tuple[Series, Any] = self.kind.moving(x, slope)
        return moving

    def _powers(self) -> tuple[Any, ...]:
        return ONE, 0.5, self.mpf(1) / 6

    def _logarithm(self) -> tuple[Any, ...]:
        return ONE, -0.5, self.mpf(1) / 3


class _Tensors:
    """Functions of float64 tensors, and of numbers those that make constants."""

    pi = math.pi
    mpf = float
    exp, expm1, log, log1p = torch.exp, torch.expm1, torch.log, torch.log1p
    tanh, erf, sin, cos = torch.tanh, torch.erf, torch.sin, torch.cos
    erfc = torch.special.erfc

    @staticmethod
    def sqrt(x: Any) -> Any:
        return torch.sqrt(x) if isinstance(x, Tensor) else math.sqrt(x)

    @staticmethod
    def sech2(x: Tensor) -> Tensor:
        z = torch.exp(-2 * x.abs())
        return 4 * z / (1 + z) ** 2

    @staticmethod
    def logistic(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        s = torch.sigmoid(x)
        return s, s * torch.sigmoid(-x), torch.tanh(x / 2)

    @staticmethod
    def moderate(x: Tensor) -> Tensor:
        return x.clamp(-64, 64)

    @staticmethod
    def moving(x: Series, scale: Tensor) -> tuple[Series, Tensor]:
        at, change = x.terms[0], x.change()
        if at.numel() == 0:
            return change, scale
        least, most = torch.aminmax(at)
        if least >= -LOW and most <= HIGH:
            return change, scale
        out = (at < -LOW) | (at > HIGH)
        terms = [_where(out, ZERO, term) for term in change.terms]
        return Series(terms, x.space), torch.where(out, 0.0, scale)


# Below −LOW an exponential of float64 is 0. Above HIGH it goes on as a constant: what it divides
# has vanished in every type by then, and its derivatives would overflow.
LOW, HIGH = 746.0, 450.0
tensors = Functions(_Tensors)
