"""Modules of `nonlin.self_gated`."""

import torch
from torch import Tensor

from nonlin import self_gated
from nonlin.nn._common import InPlace

__all__ = ["Hardswish", "LiSHT", "QuickGELU", "Serf"]


class QuickGELU(InPlace, torch.nn.Module):
    """x·σ(1.702·x); see `nonlin.quick_gelu`.

    inplace: overwrite the input

    >>> QuickGELU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1542,  0.0000,  0.8458])
    """

    def forward(self, input: Tensor) -> Tensor:
        return self_gated.quick_gelu(input, self.inplace)


class Serf(InPlace, torch.nn.Module):
    """x·erf(ln(1 + eˣ)); see `nonlin.serf`.

    inplace: overwrite the input

    >>> Serf()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3422,  0.0000,  0.9367])
    """

    def forward(self, input: Tensor) -> Tensor:
        return self_gated.serf(input, self.inplace)


class LiSHT(InPlace, torch.nn.Module):
    """x·tanh(x); see `nonlin.lisht`.

    inplace: overwrite the input

    >>> LiSHT()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.7616, 0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return self_gated.lisht(input, self.inplace)


class Hardswish(InPlace, torch.nn.Hardswish):
    """x·min(max(x + 3, 0), 6)/6; see `nonlin.hardswish`.

    inplace: overwrite the input

    >>> Hardswish()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3333,  0.0000,  0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        return self_gated.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""  # as PyTorch's
