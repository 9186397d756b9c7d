"""Modules of `nonlin.shrinkage`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import shrinkage
from nonlin._arguments import finite, holds, truth
from nonlin.nn._common import AlsoInPlace, InPlace

__all__ = ["Hardshrink", "Softshrink", "Tanhshrink"]


class Softshrink(AlsoInPlace, torch.nn.Softshrink):
    """x − λ where x > λ, x + λ where x < −λ, 0 elsewhere; see `nonlin.softshrink`.

    lambd: any finite number from 0 on
    inplace: overwrite the input; torch.nn.Softshrink cannot

    >>> Softshrink()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.5000,  0.0000,  0.5000])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    lambd: float  # for TorchScript, whatever number was given

    def __init__(self, lambd: float = 0.5, inplace: bool = False) -> None:
        truth("nonlin.nn.Softshrink", "inplace", inplace)
        lambd = finite("nonlin.nn.Softshrink", "lambd", lambd)
        if holds(lambd < 0):
            raise ValueError(f"nonlin.nn.Softshrink: `lambd` must be at least 0, got {lambd}")
        super().__init__(lambd)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return shrinkage.softshrink(input, self.lambd, self.inplace)


class Hardshrink(AlsoInPlace, torch.nn.Hardshrink):
    """x where |x| > λ, 0 elsewhere; see `nonlin.hardshrink`.

    lambd: any finite number
    inplace: overwrite the input; torch.nn.Hardshrink cannot

    >>> Hardshrink()(torch.tensor([-1.0, 0.25, 1.0]))
    tensor([-1.,  0.,  1.])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    lambd: float  # for TorchScript, whatever number was given

    def __init__(self, lambd: float = 0.5, inplace: bool = False) -> None:
        truth("nonlin.nn.Hardshrink", "inplace", inplace)
        lambd = finite("nonlin.nn.Hardshrink", "lambd", lambd)
        super().__init__(lambd)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return shrinkage.hardshrink(input, self.lambd, self.inplace)


class Tanhshrink(InPlace, torch.nn.Tanhshrink):
    """x − tanh(x); see `nonlin.tanhshrink`.

    inplace: overwrite the input; torch.nn.Tanhshrink cannot

    >>> Tanhshrink()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2384,  0.0000,  0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        return shrinkage.tanhshrink(input, self.inplace)
