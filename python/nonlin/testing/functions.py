"""Functions of series: as much of mpmath's context as definitions need, which run on both.

The chain rule takes derivatives from formulas none of which cancels: where a function nears a
limit, its slope keeps all its bits.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from nonlin.testing.series import ONE, ZERO, Series, where

# Below −LOW an exponential of float64 is 0. Above HIGH it goes on as a constant: what it divides
# has vanished in every type by then, and its derivatives would overflow.
LOW, HIGH = 746.0, 450.0


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
        terms = [where(out, ZERO, term) for term in change.terms]
        return Series(terms, x.space), torch.where(out, 0.0, scale)


tensors = Functions(_Tensors)
