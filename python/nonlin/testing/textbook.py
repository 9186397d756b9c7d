"""Activations that PyTorch lacks, as its users write them: expressions of its operators.

They take tensors of any dtype and shape, and can be differentiated and transformed in every way.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def swish(x: Tensor, beta: float | Tensor = 1.0) -> Tensor:
    """x·σ(βx)."""
    return x * torch.sigmoid(beta * x)


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """α·elu(x/α): derivatives of PyTorch's celu in float64 have 1/α in float32."""
    return alpha * torch.nn.functional.elu(x / alpha)


def prelu(x: Tensor, weight: Tensor) -> Tensor:
    """x, or w·x at and below 0: PyTorch's takes weights of channels alone."""
    return torch.where(x > 0, x, weight * x)


def quick_gelu(x: Tensor) -> Tensor:
    """x·σ(1.702·x)."""
    return swish(x, 1.702)


def serf(x: Tensor) -> Tensor:
    """x·erf(softplus(x))."""
    return x * torch.erf(torch.nn.functional.softplus(x))


def squareplus(x: Tensor, b: float = 4.0) -> Tensor:
    """(x + √(x² + b))/2."""
    return (x + torch.sqrt(x * x + b)) / 2


def lisht(x: Tensor) -> Tensor:
    """x·tanh(x)."""
    return x * torch.tanh(x)


def squared_relu(x: Tensor) -> Tensor:
    """Return the square of the positive part."""
    return torch.relu(x).square()


def hardsigmoid(x: Tensor) -> Tensor:
    """(x + 3)/6 between 0 and 1: the slope of PyTorch's in float64 is 1/6 in float32."""
    return (x + 3).clamp(0, 6) / 6


def sign_ste(x: Tensor) -> Tensor:
    """Return the sign, with the gradient of x between −1 and 1."""
    passed = x.clamp(-1, 1)
    return x.sign().detach() + (passed - passed.detach())


def maxout(x: Tensor, k: int, dim: int = -1) -> Tensor:
    """Return the largest of each group; `amax` would share the gradient between equals."""
    return torch.max(torch.unflatten(x, dim, (-1, k)), dim if dim < 0 else dim + 1).values


def halves(x: Tensor, dim: int = -1, layout: str = "gate_first") -> tuple[Tensor, Tensor]:
    """Gate and up of a tensor that holds both, as views."""
    if layout == "interleaved":
        one, other = torch.unflatten(x, dim, (-1, 2)).unbind(dim if dim < 0 else dim + 1)
        return one, other
    first, last = x.chunk(2, dim)
    return (first, last) if layout == "gate_first" else (last, first)


def bilinear(gate: Tensor, up: Tensor) -> Tensor:
    """gate·up."""
    return gate * up


def glu(gate: Tensor, up: Tensor) -> Tensor:
    """σ(gate)·up."""
    return torch.sigmoid(gate) * up


def reglu(gate: Tensor, up: Tensor) -> Tensor:
    """max(gate, 0)·up."""
    return torch.relu(gate) * up


def geglu(gate: Tensor, up: Tensor, approximate: str = "none") -> Tensor:
    """gelu(gate)·up."""
    return torch.nn.functional.gelu(gate, approximate=approximate) * up


def swiglu(gate: Tensor, up: Tensor, beta: float = 1.0) -> Tensor:
    """gate·σ(β·gate)·up."""
    if isinstance(beta, (int, float)) and beta == 1:
        return torch.nn.functional.silu(gate) * up
    return swish(gate, beta) * up


def swiglu_clamped(gate: Tensor, up: Tensor, limit: float = 7.0, alpha: float = 1.702) -> Tensor:
    """That of gpt-oss."""
    return swish(gate.clamp(max=limit), alpha) * (up.clamp(-limit, limit) + 1)


def as_module(function: Callable[..., Tensor], name: str) -> type[torch.nn.Module]:
    """A module that calls an expression, with the numbers that it is made with."""

    class Module(torch.nn.Module):
        def __init__(self, **numbers: float) -> None:
            super().__init__()
            self.numbers = numbers

        def forward(self, x: Tensor) -> Tensor:
            return function(x, **self.numbers)

    Module.__name__ = Module.__qualname__ = name
    return Module


class Swish(torch.nn.Module):
    """x·σ(βx) with a learnable β."""

    def __init__(self) -> None:
        super().__init__()
        self.beta = torch.nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return swish(x, self.beta)


class Maxout(torch.nn.Module):
    """The largest of each group of k."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def forward(self, x: Tensor) -> Tensor:
        return maxout(x, self.k)
