"""Modules of `nonlin.algebraic`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import algebraic
from nonlin._arguments import finite, holds, truth
from nonlin.nn._common import shown

__all__ = ["Squareplus"]


class Squareplus(torch.nn.Module):
    """(x + √(x² + b))/2; see `nonlin.squareplus`.

    b: between 1e-18 and 1e18
    inplace: overwrite the input

    >>> Squareplus()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.6180, 1.0000, 1.6180])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]
    b: float  # for TorchScript, whatever number was given

    def __init__(self, b: float = 4.0, inplace: bool = False) -> None:
        truth("nonlin.nn.Squareplus", "inplace", inplace)
        b = finite("nonlin.nn.Squareplus", "b", b)
        if holds(b < 1e-18) or holds(b > 1e18):
            raise ValueError(f"nonlin.nn.Squareplus: `b` must be between 1e-18 and 1e18, got {b}")
        super().__init__()
        self.b = b
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return algebraic.squareplus(input, self.b, self.inplace)

    def extra_repr(self) -> str:
        return f"b={self.b}" + shown(self.inplace)
