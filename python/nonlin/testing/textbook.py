"""Activations as PyTorch's users write them: expressions of its operators.

They take tensors of any dtype and shape, and can be differentiated and transformed in every way.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    """x·Φ(x)."""
    tail: Tensor = torch.special.erfc(x * -math.sqrt(0.5))
    return x * tail / 2


def gelu_tanh(x: Tensor) -> Tensor:
    """½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), without its cancellation."""
    return x * torch.sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x**3))


def swish(x: Tensor, beta: float | Tensor) -> Tensor:
    """x·σ(βx)."""
    return x * torch.sigmoid(beta * x)


def mish(x: Tensor) -> Tensor:
    """x·tanh(softplus(x))."""
    return x * torch.tanh(torch.nn.functional.softplus(x))


def elu(x: Tensor, alpha: float, scale: float, input_scale: float) -> Tensor:
    """scale·x, or scale·α·expm1(input_scale·x) at and below 0."""
    return scale * torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0) * input_scale))


def maxout(x: Tensor, k: int, dim: int = -1) -> Tensor:
    """Return the largest of each group; `amax` would share the gradient between equals."""
    return torch.max(torch.unflatten(x, dim, (-1, k)), dim if dim < 0 else dim + 1).values


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
