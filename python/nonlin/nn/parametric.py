"""Modules with a parameter, which is learned: those of `nonlin.parametric`, and Swish."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import parametric, pointwise
from nonlin._arguments import finite, floating, integer, parameter_dtype, start, truth
from nonlin.nn._common import shown

__all__ = ["PReLU", "Swish"]


class Swish(torch.nn.Module):
    """x·σ(βx), with a given or a learnable β; see `nonlin.swish`.

    Ramachandran, Zoph and Le 2017, arXiv 1710.05941

    beta: any finite number; where it is learnable, where learning starts. Or a torch.nn.Parameter
        of shape () or (n,), which becomes the module's own and makes it learnable
    inplace: overwrite the input
    learnable: make `beta` a parameter, of shape (num_parameters,)
    num_parameters: 1, or one for each entry of dimension `dim`; 1 where nothing is learned; that of
        a given Parameter
    dim: the dimension of the input along which a learnable β varies
    device, dtype: of the parameter; a given one has its own

    `reset_parameters` returns a learnable β to where learning starts: to the given number, or to 1
    where a Parameter was given.

    Input and output: any shape; with several parameters, `num_parameters` entries in `dim`.

    >>> Swish(beta=2.0)
    Swish(beta=2.0)
    >>> Swish(beta=2.0)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1192,  0.0000,  0.8808])
    >>> Swish(learnable=True, num_parameters=3).beta
    Parameter containing:
    tensor([1., 1., 1.], requires_grad=True)
    >>> Swish(torch.nn.Parameter(torch.tensor([0.5, 2.0])))
    Swish(learnable=True, num_parameters=2)
    """

    __constants__: ClassVar[list[str]] = ["inplace", "learnable", "num_parameters", "dim"]
    beta: float | Tensor
    inplace: bool

    def __init__(
        self,
        beta: float | torch.nn.Parameter = 1.0,
        inplace: bool = False,
        *,
        learnable: bool = False,
        num_parameters: int = 1,
        dim: int = 1,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        num_parameters = integer("nonlin.nn.Swish", "num_parameters", num_parameters, least=1)
        truth("nonlin.nn.Swish", "inplace", inplace)
        truth("nonlin.nn.Swish", "learnable", learnable)
        parameter_dtype("nonlin.nn.Swish", dtype)
        if isinstance(beta, torch.nn.Parameter):
            floating("nonlin.nn.Swish", "beta", beta.dtype)
            num_parameters = _entries(beta, num_parameters, device, dtype)
        elif num_parameters != 1 and not learnable:
            raise ValueError(
                "nonlin.nn.Swish: `num_parameters` must be 1 where `learnable` is False, "
                f"got {num_parameters}"
            )
        self.inplace = inplace
        self.learnable = learnable or isinstance(beta, torch.nn.Parameter)
        self.num_parameters = num_parameters
        self.dim = integer("nonlin.nn.Swish", "dim", dim)
        if isinstance(beta, torch.nn.Parameter):
            self.init = 1.0
            self.beta = beta
            return
        allowed = "a real number or a torch.nn.Parameter"
        if learnable:
            self.init = start("nonlin.nn.Swish", "beta", beta, dtype, allowed)
            initial = torch.full((num_parameters,), self.init, device=device, dtype=dtype)
            self.beta = torch.nn.Parameter(initial)
        else:
            self.init = float(finite("nonlin.nn.Swish", "beta", beta, allowed))
            self.beta = self.init

    def reset_parameters(self) -> None:
        """Return a learnable β to where learning starts; to 1 where a Parameter was given."""
        if isinstance(self.beta, Tensor):
            torch.nn.init.constant_(self.beta, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return pointwise.swish(input, self.beta, self.inplace, None, self.dim)

    def extra_repr(self) -> str:
        if isinstance(self.beta, Tensor):
            text = f"learnable=True, num_parameters={self.beta.numel()}"
            return text + shown(self.inplace, self.dim)
        return f"beta={self.beta}" + shown(self.inplace)


class PReLU(torch.nn.PReLU):
    """x where x > 0, w·x elsewhere, with a learnable w; see `nonlin.prelu`.

    He, Zhang, Ren and Sun 2015, arXiv 1502.01852

    num_parameters: 1, or one for each entry of dimension `dim`
    init: where learning starts, any finite number
    device, dtype: of the parameter `weight`
    dim: the dimension of the input along which w varies; torch.nn.PReLU knows 1 alone
    inplace: overwrite the input; torch.nn.PReLU cannot

    Input and output: any shape; with several parameters, `num_parameters` entries in `dim`.

    >>> PReLU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2500,  0.0000,  1.0000], grad_fn=<PreluBackward>)
    >>> PReLU(3, dim=-1)
    PReLU(num_parameters=3, dim=-1)
    """

    __constants__: ClassVar[list[str]] = ["num_parameters", "dim", "inplace"]  # type: ignore[misc]
    dim: int = 1
    inplace: bool = False

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        dim: int = 1,
        inplace: bool = False,
    ) -> None:
        num_parameters = integer("nonlin.nn.PReLU", "num_parameters", num_parameters, least=1)
        parameter_dtype("nonlin.nn.PReLU", dtype)
        truth("nonlin.nn.PReLU", "inplace", inplace)
        init = start("nonlin.nn.PReLU", "init", init, dtype)
        super().__init__(num_parameters, init, device, dtype)
        self.dim = integer("nonlin.nn.PReLU", "dim", dim)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return parametric.prelu(input, self.weight, self.dim, self.inplace)

    def extra_repr(self) -> str:
        return super().extra_repr() + shown(self.inplace, self.dim)


def _entries(
    beta: torch.nn.Parameter,
    num_parameters: int,
    device: torch.device | str | None,
    dtype: torch.dtype | None,
) -> int:
    """How many β a given Parameter has."""
    for argument, value in (("device", device), ("dtype", dtype)):
        if value is not None:
            raise ValueError(
                f"nonlin.nn.Swish: `{argument}` must be None where `beta` is a Parameter, "
                f"got {value}"
            )
    if beta.dim() > 1 or beta.numel() == 0:
        raise ValueError(
            "nonlin.nn.Swish: `beta` must have the shape () or (num_parameters,), "
            f"got {tuple(beta.shape)}"
        )
    if num_parameters not in (1, beta.numel()):
        raise ValueError(
            "nonlin.nn.Swish: `num_parameters` must be the number of entries of `beta`, "
            f"{beta.numel()}, got {num_parameters}"
        )
    return beta.numel()
