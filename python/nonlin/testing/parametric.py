"""Functions of a number x and a weight w, with all partial derivatives to the second order.

As in `pointwise.py`, expressions are in float64 and share nothing with the kernels; their relative
accuracy is about 1e-14, and 1e-15 absolutely next to the roots of f_xx and f_xw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nonlin.testing import definitions, pointwise
from nonlin.testing.definitions import Sum

# −1 − e^(−r) + r = 0: where f_x vanishes, z = βx is −r.
_ROOT = Decimal("1.27846454276107379510935873902298015543948")


class ParametricJet(NamedTuple):
    """The six numbers f, f_x, f_w, f_xx, f_xw, f_ww at (x, w)."""

    value: Tensor
    x: Tensor
    w: Tensor
    xx: Tensor
    xw: Tensor
    ww: Tensor


@dataclass(frozen=True)
class Partials:
    """One function of x and a weight.

    Attributes:
        name, operator: ours, such as swish, and that of the operator, such as parametric_swish
        expression, definition: references in float64 and in MPFR
        weights: weights worth testing, the default first
    """

    name: str
    operator: str
    expression: Callable[[Tensor, Tensor], ParametricJet]
    definition: definitions.Definition
    weights: tuple[float, ...]

    def jet(self, x: Tensor, weight: Tensor) -> ParametricJet:
        """All members in float64: the reference for results of 8, 11 or 24 bits."""
        return self.expression(x.detach().cpu().double(), weight.detach().cpu().double())

    def exact_jet(self, x: Tensor, weight: Tensor) -> dict[str, Sum]:
        """All members with MPFR: the reference for 53 bits, unevaluated sums of two float64."""
        x = x.detach().cpu().double()
        weight = weight.detach().cpu().double().expand_as(x)
        finite = x.isfinite() & weight.isfinite()
        sums = definitions.partial_derivatives(self.definition, 2, x[finite], weight[finite])
        sums = definitions.extended(self.jet(x, weight), finite, sums)
        return dict(zip(ParametricJet._fields, sums, strict=True))


def prelu(x: Tensor, weight: Tensor) -> ParametricJet:
    """PReLU: f = x where x > 0, w·x elsewhere; at 0 the derivatives are those from the left."""
    zero = torch.zeros_like(x * weight)
    one, right = zero + 1, x > 0
    return ParametricJet(
        torch.where(right, x, weight * x),
        torch.where(right, one, weight),
        torch.where(right, zero, x),
        zero,
        torch.where(right, zero, one),
        zero,
    )


def swish(x: Tensor, beta: Tensor) -> ParametricJet:
    """Swish: f = x·σ(z) with z = βx,  f_β = x²·σ(1−σ),  K = σ(1−σ)·(2 + z·(1−2σ)).

    f_xx = β·K,  f_xβ = x·K,  f_ββ = x³·σ(1−σ)·(1−2σ)
    """
    c = x.clamp(-1e308, 1e308)
    z = (beta * c).clamp(-2000, 2000)
    s, rest, bend = torch.sigmoid(z), torch.sigmoid(-z), _bend(z)
    value, slope, curvature = pointwise.swish(x, beta)
    return ParametricJet(
        value,
        _through_root(beta * c, slope),
        c * s * (c * rest),
        curvature,
        torch.where(bend == 0, bend, x * bend),
        -torch.tanh(z / 2) * (c * s) * (c * rest) * c,
    )


def _bend(z: Tensor) -> Tensor:
    s, rest = torch.sigmoid(z), torch.sigmoid(-z)
    return s * rest * (2 + z * (rest - s))


def _through_root(z: Tensor, slope: Tensor) -> Tensor:
    high = float(_ROOT)
    distance = (z + high) + float(_ROOT - Decimal(high))
    return pointwise.through_root(slope, distance, high / 16, lambda d: _bend(d - high))


def _prelu(mp: Any, at: Any) -> definitions.Piece:
    return (lambda x, w: x) if at > 0 else (lambda x, w: w * x)


def _swish(mp: Any, at: Any) -> definitions.Piece:
    return lambda x, beta: x / (1 + mp.exp(-beta * x))


_ROWS = (
    Partials("prelu", "prelu", prelu, _prelu, (0.25, 0.0, 1.5, -0.75)),
    Partials("swish", "parametric_swish", swish, _swish, (1.0, 0.3, -1.702, 0.0)),
)
partials: dict[str, Partials] = {row.name: row for row in _ROWS}
