"""Rows of functions of a number x and a weight w, with all partial derivatives to the second."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nonlin.testing import evaluation
from nonlin.testing.activation import Defined, Function, Module
from nonlin.testing.evaluation import Sum
from nonlin.testing.pieces import Definition
from nonlin.testing.roots import roots_of_slope, through_root


class ParametricJet(NamedTuple):
    """The six numbers f, f_x, f_w, f_xx, f_xw, f_ww at (x, w)."""

    value: Tensor
    x: Tensor
    w: Tensor
    xx: Tensor
    xw: Tensor
    ww: Tensor


class Parametric(Defined):
    """A function of a number and a weight.

    Attributes:
        definition: the value, a function of both
        values: of the weight, worth testing; the first is where learning starts
        textbook: f(x, w) by PyTorch's own operators, for any dtype, derivative and shapes that
            broadcast; PyTorch's function, unless it is given
    """

    def __init__(
        self,
        function: Function,
        module: Module,
        definition: Definition,
        *,
        values: tuple[float, ...],
        textbook: Function | None = None,
        **names: Any,
    ) -> None:
        super().__init__(function, module, definition, **names)
        self.name = self.operator  # the function may be one of numbers too
        self.values, self.weights = values, values[:1]
        self.textbook = textbook or self.builtin

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        weight = torch.full_like(x, *self.weights)
        if x.dtype == torch.float64:
            exact = self.exact_jet(x, weight)
            return exact["value"], exact["x"]
        jet = self.jet(x, weight)
        return (jet.value, torch.zeros_like(jet.value)), (jet.x, torch.zeros_like(jet.x))

    def jet(self, x: Tensor, weight: Tensor) -> ParametricJet:
        """All members in float64: the reference for results of 8, 11 or 24 bits.

        The relative accuracy is about 1e-14, and 1e-15 absolutely next to roots of f_xx and f_xw.
        """
        x, w = (t.detach().cpu().double() for t in (x, weight))
        w = w.expand_as(x)
        jet = ParametricJet(*evaluation.jet(self.definition, 2, (), x, w))

        def bend(z: Tensor) -> Tensor:
            return evaluation.jet(self.definition, 2, (), z, torch.ones_like(z))[3]

        for high, low in _roots(self.definition):
            through_root(jet.x, (x * w - high) - low, high, bend)
        if (ends := x.isinf()).any():
            self._limits(jet, ends, x[ends], w[ends])
        return jet

    def weight_slope(self, x: Tensor, weight: Tensor) -> Tensor:
        """f_w alone, at as many finite numbers of float64."""
        return evaluation.jet(self.definition, 1, (), x, weight)[2]

    def exact_jet(self, x: Tensor, weight: Tensor) -> dict[str, Sum]:
        """All members with MPFR: the reference for 53 bits, unevaluated sums of two float64."""
        x = x.detach().cpu().double()
        weight = weight.detach().cpu().double().expand_as(x)
        finite = x.isfinite() & weight.isfinite()
        sums = evaluation.exact(self.definition, 2, (), x[finite], weight[finite])
        sums = evaluation.extended(list(self.jet(x, weight)), finite, sums)
        return dict(zip(ParametricJet._fields, sums, strict=True))

    def limits(self, weight: float) -> dict[str, tuple[float, float]]:
        """What all members tend to at −∞ and +∞, by the definition; of a zero, the sign too."""
        ends = evaluation.exact_limits(self.definition, 2, (), weight)
        return dict(zip(ParametricJet._fields, ends, strict=True))

    def at_zeros(self, weight: float) -> tuple[float, float]:
        """The values at x = −0 and +0, by the definition; of a zero, the sign too."""
        return evaluation.at_zeros(self.definition, (), weight)

    def _limits(self, jet: ParametricJet, ends: Tensor, x: Tensor, w: Tensor) -> None:
        """Fill in limits. What is 0 for w = 0 alone, and infinite beside it, is 0·∞, a NaN."""
        found = evaluation.limits(self.definition, 2, (), x, w)
        zero, tiny = w == 0, torch.full_like(w, 2.0**-60)
        if zero.any():
            beside = [evaluation.limits(self.definition, 2, (), x, t) for t in (tiny, -tiny)]
            for member, *both in zip(found, *beside, strict=True):
                wild = zero & (member == 0) & both[0].isinf() & both[1].isinf()
                member[wild] = torch.nan
        for member, limits in zip(jet, found, strict=True):
            member[ends] = limits


@cache
def _roots(definition: Definition) -> tuple[tuple[float, float], ...]:
    """Where f_x vanishes, in terms of w·x, if that is all that it depends on; none otherwise."""
    x = torch.linspace(-7, 7, 57, dtype=torch.float64)
    once, twice = (
        evaluation.jet(definition, 1, (), x * s, torch.ones_like(x) / s)[1] for s in (1.0, 2.0)
    )
    return roots_of_slope(definition, (), 1.0) if once.equal(twice) else ()
