"""Truncated Taylor series: one evaluation of a definition gives a function and its derivatives.

One text for coefficients of two kinds: numbers of MPFR, which are good beyond the last bit of
float64, and tensors of float64, which are fast. functions.py has their exponentials and so on.
"""

from __future__ import annotations

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
        # Coefficients that are known are integers, whose quotient would be a float.
        exact = float if isinstance(self.terms[0], Tensor) else type(self.terms[0])
        terms = [exact(a) if isinstance(a, int) and a is not ZERO else a for a in self.terms]
        return Series([a if a is ZERO else a / other for a in terms], self.space)

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
        return Series([where(condition, a, b) for a, b in both], self.space)


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


def where(condition: Tensor, a: Any, b: Any) -> Any:
    if a is b:
        return a
    both = (t if isinstance(t, Tensor) else torch.tensor(t, dtype=torch.float64) for t in (a, b))
    return torch.where(condition, *both)


def constant(number: float, x: Any) -> Any:
    """Return the number as a series in the variables of x, or as a number like x."""
    if not isinstance(x, Series):
        return number + 0 * x
    return Series([number + 0 * x.terms[0], *(ZERO for _ in x.terms[1:])], x.space)
