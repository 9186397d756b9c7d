"""Functions at single points: where limits, signs of zeros, kinks and NaN decide.

Each is computed in a tensor long enough for vectors: PyTorch's kernels treat short ones otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from nonlin.testing.pointwise import Pointwise

LENGTH = 64
POINTS = (-torch.inf, -0.0, 0.0, torch.inf, torch.nan)


# PyTorch's values that depend on the instruction set: with AVX2, and with AVX-512.
WITH_AVX2 = {("gelu", "-0.0"): ("0, 0.5", "-0, 0.5"), ("gelu", "inf"): ("inf, nan", "nan, nan")}


class At(NamedTuple):
    """Value and slope at a point."""

    value: float
    slope: float

    def __str__(self) -> str:
        return ", ".join("nan" if x != x else f"{x:.4g}" for x in self)


def at(function: Callable[[Tensor], Tensor], point: float) -> At:
    """Value and slope in float32.

    >>> print(at(torch.nn.functional.softsign, torch.inf))
    nan, nan
    """
    x = torch.full((LENGTH,), point, requires_grad=True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return At(y[-1].item(), slope[-1].item())


def builtin_at(row: Pointwise, point: float) -> str:
    """PyTorch's value and slope; with AVX2, what they are with AVX-512."""
    found = str(at(row.builtin, point))
    if torch.backends.cpu.get_cpu_capability() == "AVX2":
        here, there = WITH_AVX2.get((row.name, str(point)), (found, found))
        return there if found == here else found
    return found


def kinks(row: Pointwise) -> tuple[float, ...]:
    """Where value or slope jump at the default setting, other than at 0."""
    return tuple(x for x in row.seams(("value", "slope")) if x)


def takes_integers(function: Callable[[Tensor], Tensor]) -> bool:
    """Whether a tensor of integers is accepted."""
    try:
        function(torch.ones(4, dtype=torch.int64))
    except (RuntimeError, TypeError):  # NotImplementedError is a RuntimeError
        return False
    return True
