"""Modules of `nonlin.saturating`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import saturating
from nonlin._arguments import finite, holds, truth
from nonlin.nn._common import AlsoInPlace, InPlace, shown

__all__ = ["Hardsigmoid", "LogSigmoid", "Sigmoid", "Sign", "Softplus", "Softsign", "Tanh"]


class Sigmoid(InPlace, torch.nn.Sigmoid):
    """1/(1 + e⁻ˣ); see `nonlin.sigmoid`.

    inplace: overwrite the input; torch.nn.Sigmoid cannot

    >>> Sigmoid()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.2689, 0.5000, 0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.sigmoid(input, self.inplace)


class LogSigmoid(InPlace, torch.nn.LogSigmoid):
    """−ln(1 + e⁻ˣ); see `nonlin.logsigmoid`.

    inplace: overwrite the input; torch.nn.LogSigmoid cannot

    >>> LogSigmoid()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.3133, -0.6931, -0.3133])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.logsigmoid(input, self.inplace)


class Tanh(InPlace, torch.nn.Tanh):
    """(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ); see `nonlin.tanh`.

    inplace: overwrite the input; torch.nn.Tanh cannot

    >>> Tanh()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.7616,  0.0000,  0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.tanh(input, self.inplace)


class Hardsigmoid(InPlace, torch.nn.Hardsigmoid):
    """x/6 + ½ between 0 and 1; see `nonlin.hardsigmoid`.

    inplace: overwrite the input

    >>> Hardsigmoid()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.3333, 0.5000, 0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""  # as PyTorch's


class Softplus(AlsoInPlace, torch.nn.Softplus):
    """ln(1 + exp(βx))/β, and x where βx > threshold; see `nonlin.softplus`.

    beta: any finite number but 0
    threshold: any finite number
    inplace: overwrite the input; torch.nn.Softplus cannot

    >>> Softplus()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.3133, 0.6931, 1.3133])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    beta: float  # for TorchScript, whatever number was given
    threshold: float

    def __init__(self, beta: float = 1.0, threshold: float = 20.0, inplace: bool = False) -> None:
        truth("nonlin.nn.Softplus", "inplace", inplace)
        beta = finite("nonlin.nn.Softplus", "beta", beta)
        threshold = finite("nonlin.nn.Softplus", "threshold", threshold)
        if holds(beta == 0):
            raise ValueError("nonlin.nn.Softplus: `beta` must not be 0")
        super().__init__(beta, threshold)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return saturating.softplus(input, self.beta, self.threshold, self.inplace)


class Softsign(InPlace, torch.nn.Softsign):
    """x/(1 + |x|); see `nonlin.softsign`.

    inplace: overwrite the input; torch.nn.Softsign cannot

    >>> Softsign()(torch.tensor([-1.0, 0.0, 3.0]))
    tensor([-0.5000,  0.0000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return saturating.softsign(input, self.inplace)


class Sign(InPlace, torch.nn.Module):
    """1, −1 or ±0, of the sign of x; see `nonlin.sign` and `nonlin.sign_ste`.

    straight_through: pass gradients on where |x| ≤ 1; without it they are 0
    inplace: overwrite the input

    >>> Sign()(torch.tensor([-2.0, 0.0, 0.5]))
    tensor([-1.,  0.,  1.])
    """

    __constants__: ClassVar[list[str]] = ["straight_through", "inplace"]

    def __init__(self, straight_through: bool = False, inplace: bool = False) -> None:
        truth("nonlin.nn.Sign", "straight_through", straight_through)
        super().__init__(inplace)
        self.straight_through = straight_through

    def forward(self, input: Tensor) -> Tensor:
        if self.straight_through:
            return saturating.sign_ste(input, self.inplace)
        return saturating.sign(input, self.inplace)

    def extra_repr(self) -> str:
        return f"straight_through={self.straight_through}" + shown(self.inplace)
