"""Modules of `nonlin.saturating`."""

import torch
from torch import Tensor

from nonlin import saturating
from nonlin.nn._common import InPlace

__all__ = ["Softsign"]


class Softsign(InPlace, torch.nn.Softsign):
    """x/(1 + |x|); see `nonlin.softsign`.

    inplace: overwrite the input; torch.nn.Softsign cannot

    >>> Softsign()(torch.tensor([-1.0, 0.0, 3.0]))
    tensor([-0.5000,  0.0000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.softsign(input, inplace=self.inplace)
