"""Roots, next to which a relative error says little, and jumps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Closer to a root than this part of it, a second derivative is judged by its absolute error.
NEAR = 0.125


def sign_changes(function: Callable[[Tensor], Tensor]) -> tuple[float, ...]:
    """Where a function of float64 passes through zero between −100 and 100, other than at 0.

    >>> [round(root, 9) for root in sign_changes(lambda x: x * (x * x - 2))]
    [-1.414213562, 1.414213562]
    """
    scale = torch.logspace(-3, 2, 200_001, dtype=torch.float64)
    grid = torch.cat((-scale.flip(0), scale))
    y = function(grid)
    change = ((y[1:] * y[:-1] < 0) & (grid[1:] * grid[:-1] > 0)).nonzero().flatten()
    low, high = grid[change], grid[change + 1]
    for _ in range(60):
        middle = (low + high) / 2
        same = function(middle) * function(low) > 0
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
