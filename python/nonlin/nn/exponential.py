"""Modules of `nonlin.exponential`."""

import math
from typing import ClassVar

import torch
from torch import Tensor

from nonlin import exponential
from nonlin._arguments import finite, holds, truth
from nonlin.nn._common import InPlace

__all__ = ["CELU", "ELU", "SELU"]


class ELU(torch.nn.ELU):
    """x where x > 0, α·(eˣ − 1) elsewhere; see `nonlin.elu`.

    alpha: any finite number
    inplace: overwrite the input

    >>> ELU(alpha=0.5)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3161,  0.0000,  1.0000])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    alpha: float  # for TorchScript, whatever number was given

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        truth("nonlin.nn.ELU", "inplace", inplace)
        super().__init__(finite("nonlin.nn.ELU", "alpha", alpha), inplace)

    def forward(self, input: Tensor) -> Tensor:
        return exponential.elu(input, self.alpha, self.inplace)


class CELU(torch.nn.CELU):
    """x where x > 0, α·(exp(x/α) − 1) elsewhere; see `nonlin.celu`.

    alpha: any finite number but 0
    inplace: overwrite the input

    >>> CELU(alpha=0.5)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.4323,  0.0000,  1.0000])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    alpha: float  # for TorchScript, whatever number was given

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        truth("nonlin.nn.CELU", "inplace", inplace)
        alpha = finite("nonlin.nn.CELU", "alpha", alpha)
        if holds(alpha == 0):
            raise ValueError("nonlin.nn.CELU: `alpha` must not be 0")
        if holds(abs(1.0 / alpha) == math.inf):
            raise ValueError(
                f"nonlin.nn.CELU: `alpha` and its reciprocal must be finite, got {alpha}"
            )
        super().__init__(alpha, inplace)

    def forward(self, input: Tensor) -> Tensor:
        return exponential.celu(input, self.alpha, self.inplace)


class SELU(InPlace, torch.nn.SELU):
    """ELU with the scale and α that keep activations normalised; see `nonlin.selu`.

    >>> SELU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.1113,  0.0000,  1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return exponential.selu(input, self.inplace)
