"""Activations that PyTorch lacks, as its users write them: expressions of its operators.

They take tensors of any dtype and shape, and can be differentiated and transformed in every way.
"""

from __future__ import annotations

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
