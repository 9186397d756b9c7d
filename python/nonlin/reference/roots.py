"""Roots, next to which a relative error says little."""

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
