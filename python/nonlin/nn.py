"""The activations as modules, with the constructors, repr and state_dict of their namesakes.

Each is a subclass of its namesake in torch.nn, so that code which looks for `torch.nn.GELU` finds
it. All can be scripted, copied and pickled.

>>> import torch
>>> torch.nn.Sequential(torch.nn.Linear(2, 3), Mish())
Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): Mish()
)
"""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import pointwise

__all__ = ["CELU", "ELU", "GELU", "SELU", "Mish", "SiLU", "Swish"]


class GELU(torch.nn.GELU):
    """x·Φ(x), or with approximate="tanh" its approximation; see `nonlin.gelu`.

    >>> GELU(approximate="tanh")(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1588,  0.0000,  0.8412])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.gelu(input, self.approximate)


class Swish(torch.nn.Module):
    """x·σ(βx); see `nonlin.swish`.

    >>> Swish(beta=2.0)
    Swish(beta=2.0)
    >>> Swish(beta=2.0)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1192,  0.0000,  0.8808])
    """

    __constants__: ClassVar[list[str]] = ["beta", "inplace"]
    beta: float
    inplace: bool

    def __init__(self, beta: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.beta = float(beta)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.swish(input, self.beta, self.inplace)

    def extra_repr(self) -> str:
        return f"beta={self.beta}" + (", inplace=True" if self.inplace else "")


class SiLU(torch.nn.SiLU):
    """x·σ(x); see `nonlin.silu`.

    >>> SiLU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.silu(input, self.inplace)


class Mish(torch.nn.Mish):
    """x·tanh(softplus(x)); see `nonlin.mish`.

    >>> Mish()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.mish(input, self.inplace)


class ELU(torch.nn.ELU):
    """x where x > 0, α·(eˣ − 1) elsewhere; see `nonlin.elu`.

    >>> ELU(alpha=0.5)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3161,  0.0000,  1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.elu(input, self.alpha, self.inplace)


class CELU(torch.nn.CELU):
    """x where x > 0, α·(exp(x/α) − 1) elsewhere; see `nonlin.celu`.

    >>> CELU(alpha=0.5)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.4323,  0.0000,  1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.celu(input, self.alpha, self.inplace)


class SELU(torch.nn.SELU):
    """ELU with the scale and α that keep activations normalised; see `nonlin.selu`.

    >>> SELU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.1113,  0.0000,  1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.selu(input, self.inplace)
