"""The activations as modules, with the constructors, repr and state_dict of their namesakes.

Each that has a namesake in torch.nn is a subclass of it, so that code which looks for
`torch.nn.GELU` finds it. All can be scripted, copied and pickled.

Learnable parameters are called as in PyTorch and in the papers, `weight` and `beta`, have the shape
(num_parameters,), and are best trained without weight decay, which pulls them to 0: PReLU towards
ReLU, and Swish towards x/2.

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

from nonlin import groupwise, parametric, pointwise
from nonlin._arguments import require_integer, require_number

__all__ = ["CELU", "ELU", "GELU", "SELU", "Maxout", "Mish", "PReLU", "SiLU", "Swish"]


class GELU(torch.nn.GELU):
    """x·Φ(x), or with approximate="tanh" its approximation; see `nonlin.gelu`.

    >>> GELU(approximate="tanh")(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1588,  0.0000,  0.8412])
    """

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.gelu(input, self.approximate)


class Swish(torch.nn.Module):
    """x·σ(βx), with a given or a learnable β; see `nonlin.swish`.

    Ramachandran, Zoph and Le 2017, arXiv 1710.05941

    beta: any finite number; where it is learnable, where learning starts
    inplace: overwrite the input
    learnable: make `beta` a parameter, of shape (num_parameters,)
    num_parameters: 1, or one for each entry of dimension `dim`; 1 where nothing is learned
    dim: the dimension of the input along which a learnable β varies
    device, dtype: of the parameter

    Input and output: any shape; with several parameters, `num_parameters` entries in `dim`.

    >>> Swish(beta=2.0)
    Swish(beta=2.0)
    >>> Swish(beta=2.0)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1192,  0.0000,  0.8808])
    >>> Swish(learnable=True, num_parameters=3).beta
    Parameter containing:
    tensor([1., 1., 1.], requires_grad=True)
    """

    __constants__: ClassVar[list[str]] = ["inplace", "learnable", "num_parameters", "dim"]
    beta: float | Tensor
    inplace: bool

    def __init__(
        self,
        beta: float = 1.0,
        inplace: bool = False,
        *,
        learnable: bool = False,
        num_parameters: int = 1,
        dim: int = 1,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        require_number("nonlin.nn.Swish", "beta", beta)
        require_integer("nonlin.nn.Swish", "num_parameters", num_parameters, least=1)
        require_integer("nonlin.nn.Swish", "dim", dim)
        if num_parameters != 1 and not learnable:
            raise ValueError(
                "nonlin.nn.Swish: `num_parameters` must be 1 where `learnable` is False, "
                f"got {num_parameters}"
            )
        self.inplace = inplace
        self.learnable = learnable
        self.num_parameters = num_parameters
        self.dim = dim
        self.init = float(beta)
        if learnable:
            start = torch.full((num_parameters,), self.init, device=device, dtype=dtype)
            self.beta = torch.nn.Parameter(start)
        else:
            self.beta = self.init

    def reset_parameters(self) -> None:
        """Return a learnable β to where learning starts."""
        if isinstance(self.beta, Tensor):
            torch.nn.init.constant_(self.beta, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.swish(input, self.beta, self.inplace, None, self.dim)

    def extra_repr(self) -> str:
        if self.learnable:
            text = f"learnable=True, num_parameters={self.num_parameters}" + _shown(self.dim)
        else:
            text = f"beta={self.beta}"
        return text + (", inplace=True" if self.inplace else "")


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


class PReLU(torch.nn.PReLU):
    """x where x > 0, w·x elsewhere, with a learnable w; see `nonlin.prelu`.

    He, Zhang, Ren and Sun 2015, arXiv 1502.01852

    num_parameters: 1, or one for each entry of dimension `dim`
    init: where learning starts
    device, dtype: of the parameter `weight`
    dim: the dimension of the input along which w varies; torch.nn.PReLU knows 1 alone

    Input and output: any shape; with several parameters, `num_parameters` entries in `dim`.

    >>> PReLU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2500,  0.0000,  1.0000], grad_fn=<PreluBackward>)
    >>> PReLU(3, dim=-1)
    PReLU(num_parameters=3, dim=-1)
    """

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        dim: int = 1,
    ) -> None:
        require_integer("nonlin.nn.PReLU", "num_parameters", num_parameters, least=1)
        require_number("nonlin.nn.PReLU", "init", init)
        require_integer("nonlin.nn.PReLU", "dim", dim)
        super().__init__(num_parameters, init, device, dtype)
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return parametric.prelu(input, self.weight, self.dim)

    def extra_repr(self) -> str:
        return super().extra_repr() + _shown(self.dim)


class Maxout(torch.nn.Module):
    """The largest of every k consecutive entries of dimension `dim`; see `nonlin.maxout`.

    Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, arXiv 1302.4389

    k: entries in a group, from 1 to 256
    dim: the dimension that the groups divide, as `Linear` and k·n features, or -3 after `Conv2d`

    Input: any shape whose entry `dim` is a multiple of k; output: that entry divided by k.

    >>> Maxout(2)
    Maxout(k=2, dim=-1)
    >>> Maxout(2)(torch.tensor([-1.0, 0.0, 3.0, 1.0]))
    tensor([0., 3.])
    """

    __constants__: ClassVar[list[str]] = ["k", "dim"]

    def __init__(self, k: int, dim: int = -1) -> None:
        super().__init__()
        require_integer("nonlin.nn.Maxout", "k", k, least=1, most=256)
        require_integer("nonlin.nn.Maxout", "dim", dim)
        self.k = k
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return groupwise.maxout(input, self.k, self.dim)

    def extra_repr(self) -> str:
        return f"k={self.k}, dim={self.dim}"


def _shown(dim: int) -> str:
    return "" if dim == 1 else f", dim={dim}"
