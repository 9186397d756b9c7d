"""Errors of functions of x and a weight: of elements in units in the last place, and of sums."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from device import on_cpu
from nonlin.testing import (
    Parametric,
    ParametricJet,
    catalogue,
    jumps,
    sign_changes,
    spacing,
    ulp_error,
)
from rows import FEW, ParametricRow
from torch import Tensor

MEMBERS = ParametricJet._fields
LEARNED = {name: row for name, row in catalogue.items() if isinstance(row, Parametric)}
# Batch, channels and what is inside of them: every arrangement of the sums, many slices.
LARGE = {
    "images": (64, 32, 56, 56),
    "small odd images": (300, 40, 7, 7),
    "more channels than a grid is high": (2, 70_001, 17),
    "three inside": (3000, 100, 3),
    "one weight": (1_000_003, 1),
    "rows": (20_000, 256),
    "odd rows": (20_000, 67),
    "three channels": (300_000, 3),
    "very many channels": (5, 200_000),
}
# Worst error of swish in units in the last place; prelu rounds once.
BOUNDS = {
    torch.float64: dict(zip(MEMBERS, (2, 4, 3, 5, 5, 5), strict=True)),
    torch.float32: dict(zip(MEMBERS, (2, 4, 4, 5, 4, 6), strict=True)),
    torch.float16: dict.fromkeys(MEMBERS, 0.501),
    torch.bfloat16: dict.fromkeys(MEMBERS, 0.501),
}
# Roots of f_x, and of f_xx and f_xw, in terms of βx. Within a 2¹⁰th of the former and an 8th of the
# latter an absolute error is allowed besides: for f_x ε²/128, as βx is known with two ε's, and ε
# where only 8 bits count; for f_xx and f_xw ε/2 of the largest value that they have at this β or x.
SLOPE_ROOT, BEND_ROOT = -1.2784645427610738, 2.3993572805154
# Of the sum of the terms' absolute values.
SUMS = {torch.float64: 1e-14, torch.float32: 1e-6, torch.float16: 2**-10, torch.bfloat16: 2**-7}


def bounds(row: Parametric, dtype: torch.dtype) -> Mapping[str, float]:
    return dict.fromkeys(MEMBERS, 0.5) if row.name == "prelu" else BOUNDS[dtype]


@on_cpu
def forgiven(row: Parametric, member: str, x: Tensor, w: Tensor) -> Tensor:
    if row.name == "prelu" or member not in ("x", "xx", "xw"):
        return torch.zeros(x.shape, dtype=torch.float64)
    z = x.double() * w.double()
    epsilon = torch.finfo(torch.promote_types(x.dtype, torch.float32)).eps
    if member == "x":
        absolute = epsilon if x.dtype == torch.bfloat16 else epsilon**2 / 128
        return absolute * ((z / SLOPE_ROOT - 1).abs() < 2**-10)
    largest = (w if member == "xx" else x).double().abs() / 2
    return torch.where((z.abs() / BEND_ROOT - 1).abs() < 0.125, epsilon / 2 * largest, 0.0)


def computed(row: Parametric, member: str, x: Tensor, w: Tensor) -> Tensor:
    """What the kernels of x's type give."""
    value, backward, double_backward = (
        getattr(torch.ops.nonlin, row.operator + kind)
        for kind in ("", "_backward", "_double_backward")
    )
    one = torch.ones_like(x)
    if member == "value":
        return value(x, w, 0)
    if member in ("x", "w"):
        return backward(one, x, w, 0, [member == "x", member == "w"])[member == "w"]
    by_x, by_w = (one, None) if member == "xx" else (None, one)
    last = member == "ww"
    return double_backward(by_x, by_w, one, x, w, 0, [False, not last, last])[1 + last]


def errors(
    row: Parametric,
    member: str,
    x: Tensor,
    w: Tensor,
    got: Tensor,
    exact: Tensor | tuple[Tensor, Tensor],
) -> tuple[float, Tensor]:
    """The bound, and the error at each x, both in ULP."""
    high = exact[0] if isinstance(exact, tuple) else exact
    slack = forgiven(row, member, x, w) / spacing(high, x.dtype)
    bound = bounds(row, x.dtype)[member]
    return bound, (ulp_error(got, exact) - slack).clamp(min=0)


def results(
    parametric: ParametricRow, v: Tensor, g: Tensor, x: Tensor, w: Tensor, dim: int = 1
) -> tuple[Tensor, ...]:
    """Everything there is: four with an element for each of x, two sums."""
    first = parametric.backward(g, x, w, dim)
    second = parametric.double_backward(v, w, g, x, w, dim)
    return parametric.forward(x, w, dim), first[0], *second[:2], first[1], second[2]


def sum_errors(got: Tensor, terms: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of the gradient of a weight: the exact sums of its terms, errors, and what is allowed."""
    others = [d for d in range(terms.dim()) if got.numel() == 1 or d != dim % terms.dim()]
    exact, most = (t.sum(others).view(got.shape) if others else t for t in (terms, terms.abs()))
    info = torch.finfo(got.dtype)
    least = info.smallest_normal * info.eps  # a sum may be subnormal
    allowed = most * SUMS[got.dtype] + least
    return exact.flatten(), (got.double() - exact).abs().flatten(), allowed.flatten()


@dataclass(frozen=True, eq=False)
class AtWeight:
    """An accuracy.Setting: the same weight for all x, with derivatives by the weight too."""

    MEMBERS: ClassVar[tuple[str, ...]] = MEMBERS

    row: Parametric
    weight: float

    def __str__(self) -> str:
        return f"{self.row.operator}(weight={self.weight:g})"

    def _weights(self, x: Tensor) -> Tensor:
        return torch.full_like(x, self.weight)

    def computed(self, member: str, x: Tensor) -> Tensor:
        return computed(self.row, member, x, self._weights(x))

    def bounds(self, x: Tensor) -> Mapping[str, float]:
        return bounds(self.row, x.dtype)

    @on_cpu
    def jet(self, x: Tensor) -> ParametricJet:
        return self.row.jet(x, self._weights(x))

    @on_cpu
    def exact_jet(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        return self.row.exact_jet(x, self._weights(x))

    @on_cpu
    def limits(self, dtype: torch.dtype) -> dict[str, tuple[float, float]]:
        """As the definition says; 0·∞ is NaN in PReLU, as in PyTorch's, and in its reference."""
        weight = torch.tensor(self.weight, dtype=dtype).item()
        ends = self.row.limits(weight).values()
        said = self.jet(torch.tensor([-torch.inf, torch.inf], dtype=dtype))
        none = [[math.isnan(y) for y in member.tolist()] for member in said]
        pairs = zip(none, ends, strict=True)
        both = [tuple(math.nan if n else y for n, y in zip(*p, strict=True)) for p in pairs]
        return dict(zip(MEMBERS, both, strict=True))

    @on_cpu
    def at_zeros(self, dtype: torch.dtype) -> tuple[float, float]:
        weight = torch.tensor(self.weight, dtype=dtype).item()
        return self.row.at_zeros(weight)

    @functools.cache  # noqa: B019 - rows live as long as the process
    @on_cpu
    def roots(self, member: str) -> tuple[float, ...]:
        """Where f_x or f_xx passes through zero, other than at 0."""
        return sign_changes(self._wide(member)) if member in ("x", "xx") else ()

    @functools.cached_property
    @on_cpu
    def seams(self) -> tuple[float, ...]:
        """Where f or a derivative jumps."""
        return tuple(sorted({x for member in MEMBERS for x in jumps(self._wide(member))}))

    @on_cpu
    def constants(self, member: str, dtype: torch.dtype) -> Tensor:
        """Of a derivative that is constant between seams, at all weights, its values."""
        grid = torch.linspace(-100, 100, 4001, dtype=dtype)
        found = {
            weight: getattr(AtWeight(self.row, weight).jet(grid), member).unique().to(dtype)
            for weight in self.row.values
        }
        few = all(len(values) <= FEW for values in found.values())
        return found[self.weight] if few and member != "value" else grid[:0]

    def _wide(self, member: str) -> Callable[[Tensor], Tensor]:
        return lambda x: getattr(self.row.jet(x, self._weights(x)), member)

    def forgiven(self, member: str, x: Tensor) -> Tensor:
        return forgiven(self.row, member, x, self._weights(x))

    def misrounded(self, member: str, dtype: torch.dtype) -> int:
        return 2**16


AT_WEIGHTS = tuple(AtWeight(row, weight) for row in LEARNED.values() for weight in row.values)
