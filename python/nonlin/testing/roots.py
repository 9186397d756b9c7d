"""Roots, next to which a relative error says little, and jumps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from nonlin.testing import evaluation
from nonlin.testing.pieces import Definition

# Closer to a root than this part of it, a second derivative is judged by its absolute error.
NEAR = 0.125


def sign_changes(
    function: Callable[[Tensor], Tensor], points: int = 200_001, reach: float = 100.0
) -> tuple[float, ...]:
    """Where a function of float64 passes through zero within ±reach, other than at 0.

    >>> [round(root, 9) for root in sign_changes(lambda x: x * (x * x - 2))]
    [-1.414213562, 1.414213562]
    """
    scale = torch.logspace(-5, 0, points, dtype=torch.float64) * reach
    grid = torch.cat((-scale.flip(0), scale))
    y = function(grid)
    change = ((y[1:] * y[:-1] < 0) & (grid[1:] * grid[:-1] > 0)).nonzero().flatten()
    low, high, sign = grid[change], grid[change + 1], y[change].sign()
    for _ in range(60 if len(change) else 0):
        middle = (low + high) / 2
        same = function(middle).sign() == sign
        low, high = torch.where(same, middle, low), torch.where(same, high, middle)
    return tuple(low.tolist())


def jumps(function: Callable[[Tensor], Tensor]) -> tuple[float, ...]:
    """Where a function of float64 jumps between −100 and 100.

    >>> jumps(lambda x: torch.where(x >= 6, 0.0, x.clamp(min=-1)))
    (6.0,)
    """
    scale = torch.logspace(-3, 2, 2001, dtype=torch.float64)
    grid = torch.cat((-scale.flip(0), torch.zeros(1, dtype=torch.float64), scale))
    y = function(grid)
    least = 1e-6 * y.abs().max()
    low, high, a, b = grid[:-1], grid[1:], y[:-1], y[1:]
    for _ in range(60):
        kept = (b - a).abs() > least
        low, high, a, b = low[kept], high[kept], a[kept], b[kept]
        middle = (low + high) / 2
        c = function(middle)
        left = (c - a).abs() > (b - c).abs()
        low, a = torch.where(left, low, middle), torch.where(left, a, c)
        high, b = torch.where(left, middle, high), torch.where(left, c, b)
    # Neighbours by now: the number with fewer digits is the one that is meant.
    return tuple(0.0 if abs(x) < 1e-15 else float(f"{x:.15g}") for x in high.tolist())


class Numbers:
    """mpmath's context, with the function that definitions need besides."""

    def __getattr__(self, name: str) -> Any:
        from mpmath import mp  # comes with PyTorch; imported by nothing else of the package

        return getattr(mp, name)

    def logistic(self, x: Any) -> Any:
        return 1 / (1 + self.exp(-x))


@cache
def roots_of_slope(
    definition: Definition, arguments: tuple[float, ...], *weights: float
) -> tuple[tuple[float, float], ...]:
    """Where the slope of a definition changes its sign within ±1000, other than at 0.

    Each is an unevaluated sum of two float64, good to 30 digits; where it jumps there is no root.
    """
    mp, found = Numbers(), []

    def slope(x: Tensor) -> Tensor:
        more = (torch.full_like(x, weight) for weight in weights)
        return evaluation.jet(definition, 1, arguments, x, *more)[1]

    for near in sign_changes(slope, 8001, 1000.0):
        sides = slope(torch.tensor([near * (1 - 1e-6), near * (1 + 1e-6)], dtype=torch.float64))
        if sides.abs().max() > 1e-3:
            continue
        with mp.workprec(400):
            piece = definition(mp, near, *arguments)

            def derivative(x: Any, piece: Any = piece) -> Any:
                return mp.diff(lambda t: piece(t, *weights), x)

            root = mp.findroot(derivative, (near, near * (1 + 2.0**-40)), solver="secant")
            found.append((high := float(root), float(root - high)))
    return tuple(found)


# Of Gauss and Legendre, with five points.
_NODES = (-0.906179845938664, -0.5384693101056831, 0.0, 0.5384693101056831, 0.906179845938664)
_WEIGHTS = (
    0.23692688505618908,
    0.47862867049936647,
    0.5688888888888889,
    0.47862867049936647,
    0.23692688505618908,
)


def through_root(
    slope: Tensor, distance: Tensor, root: float, curvature: Callable[[Tensor], Tensor]
) -> None:
    """Next to its root r a slope cancels; the integral of f″(r + t) for t from 0 does not.

    `distance` is x − r, to more bits than float64 has at x; where it is larger than a 16th of r,
    the slope remains as it is.
    """
    near = distance.abs() < abs(root) / 16
    if near.any():
        inner = distance[near]
        total = torch.zeros_like(inner)
        for weight, node in zip(_WEIGHTS, _NODES, strict=True):
            total += weight / 2 * curvature(root + inner * (1 + node) / 2)
        slope[near] = inner * total
