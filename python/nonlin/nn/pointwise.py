"""Modules of `nonlin.pointwise`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import pointwise
from nonlin._arguments import truth
from nonlin.nn._common import AlsoInPlace, InPlace, checked_approximation

__all__ = ["GELU", "Mish", "SiLU"]


class GELU(AlsoInPlace, torch.nn.GELU):
    """x·Φ(x), or with approximate="tanh" its approximation; see `nonlin.gelu`.

    inplace: overwrite the input; torch.nn.GELU cannot

    >>> GELU(approximate="tanh")(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1588,  0.0000,  0.8412])
    """

    __constants__: ClassVar[list[str]] = ["approximate", "inplace"]  # type: ignore[misc]

    def __init__(self, approximate: str = "none", inplace: bool = False) -> None:
        checked_approximation("nonlin.nn.GELU", approximate)
        truth("nonlin.nn.GELU", "inplace", inplace)
        super().__init__(approximate)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.gelu(input, self.approximate, None, self.inplace)


class SiLU(InPlace, torch.nn.SiLU):
    """x·σ(x); see `nonlin.silu`.

    >>> SiLU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.silu(input, self.inplace)


class Mish(InPlace, torch.nn.Mish):
    """x·tanh(softplus(x)); see `nonlin.mish`.

    >>> Mish()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.mish(input, self.inplace)
