"""One row per operator with a weight, and the operator that chooses from groups.

Tests loop over PARAMETRIC and GROUPWISE as they loop over the rows of cases.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from device import normal
from torch import Tensor

PARAMETRIC_KINDS = ("", "_", "out", "_backward", "_double_backward")
GROUPWISE_KINDS = ("", "out", "_with_index", "_backward", "_gather")


@dataclass(frozen=True, eq=False)
class Family:
    operator: str

    def __str__(self) -> str:
        return self.operator

    def overload(self, kind: str = "") -> torch._ops.OpOverload:
        if kind == "out":
            return getattr(torch.ops.nonlin, self.operator).out
        return getattr(torch.ops.nonlin, self.operator + kind).default


@dataclass(frozen=True, eq=False)
class ParametricCase(Family):
    """An activation with a weight: a single one, or one for each entry of a dimension."""

    weight: str
    elementwise: Callable[[Tensor, Tensor], Tensor]
    weight_slope: Callable[[Tensor, Tensor], Tensor]

    def forward(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        return self.overload()(x, w, dim)

    def inplace(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        return self.overload("_")(x, w, dim)

    def out(self, x: Tensor, w: Tensor, out: Tensor, dim: int = 1) -> Tensor:
        return self.overload("out")(x, w, dim, out=out)

    def backward(
        self, g: Tensor, x: Tensor, w: Tensor, dim: int = 1, mask: Sequence[bool] = (True, True)
    ) -> tuple[Tensor, Tensor]:
        return self.overload("_backward")(g, x, w, dim, mask)

    def double_backward(
        self,
        u: Tensor | None,
        v: Tensor | None,
        g: Tensor | None,
        x: Tensor,
        w: Tensor,
        dim: int = 1,
        mask: Sequence[bool] = (True, True, True),
    ) -> tuple[Tensor, Tensor, Tensor]:
        return self.overload("_double_backward")(u, v, g, x, w, dim, mask)

    def expression(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        """The same by PyTorch's own operators, as they can be differentiated and transformed."""
        return self.elementwise(x, placed(w, x, dim))

    def weight_terms(self, g: Tensor, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        """In float64, what is summed to the gradient of the weight."""
        return g.detach().double() * self.weight_slope(
            x.detach().double(), placed(w.detach().double(), x, dim)
        )


@dataclass(frozen=True, eq=False)
class GroupwiseCase(Family):
    """An operator that chooses one of every k consecutive entries of a dimension."""

    chosen: Callable[[Tensor, int], Tensor]  # the place of the choice along a dimension

    def forward(self, x: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload()(x, k, dim)

    def out(self, x: Tensor, k: int, out: Tensor, dim: int = -1) -> Tensor:
        return self.overload("out")(x, k, dim, out=out)

    def with_index(self, x: Tensor, k: int, dim: int = -1) -> tuple[Tensor, Tensor]:
        return self.overload("_with_index")(x, k, dim)

    def backward(self, g: Tensor, index: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload("_backward")(g, index, k, dim)

    def gather(self, t: Tensor, index: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload("_gather")(t, index, k, dim)

    def expression(self, x: Tensor, k: int, dim: int = -1) -> Tensor:
        grouped, along = groups(x, k, dim)
        place = self.chosen(grouped.detach(), along)
        return torch.gather(grouped, along, place.unsqueeze(along)).squeeze(along)


def placed(w: Tensor, x: Tensor, dim: int) -> Tensor:
    """The weight in a shape that broadcasts against x."""
    shape = [1] * x.dim()
    if w.numel() != 1:
        shape[dim] = w.numel()
    return w.reshape(shape)


def groups(x: Tensor, k: int, dim: int) -> tuple[Tensor, int]:
    """x with its groups along a dimension of their own, and which that is."""
    x = x if x.dim() else x.reshape(1)
    dim %= x.dim()
    return x.unflatten(dim, (x.shape[dim] // k, k)), dim + 1


def _first_largest(x: Tensor, dim: int) -> Tensor:
    """The first of the largest, or the first NaN, of −0 and +0 the first."""
    reached = x.isnan() | ((x == x.amax(dim, keepdim=True)) & ~x.isnan().any(dim, keepdim=True))
    return reached.int().argmax(dim)


PARAMETRIC = (
    ParametricCase(
        "prelu",
        "weight",
        elementwise=lambda x, w: torch.where(x > 0, x, w * x),
        weight_slope=lambda x, w: x.clamp(max=0),
    ),
    ParametricCase(
        "parametric_swish",
        "beta",
        elementwise=lambda x, beta: x * torch.sigmoid(beta * x),
        weight_slope=lambda x, beta: x * x * torch.sigmoid(beta * x) * torch.sigmoid(-beta * x),
    ),
)
GROUPWISE = (GroupwiseCase("maxout", _first_largest),)

# The shape of a leaf for so many channels, and the weight made of it.
WEIGHTS: dict[str, tuple[Callable[[int], tuple[int, ...]], Callable[[Tensor, int], Tensor]]] = {
    "scalar": (lambda channels: (), lambda leaf, channels: leaf),
    "single": (lambda channels: (1,), lambda leaf, channels: leaf),
    "channels": (lambda channels: (channels,), lambda leaf, channels: leaf),
    "expanded": (lambda channels: (1,), lambda leaf, channels: leaf.expand(channels)),
    "strided": (lambda channels: (2 * channels,), lambda leaf, channels: leaf[::2]),
}


def weight_leaf(kind: str, channels: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Negative ones among them."""
    return normal(channels, *WEIGHTS[kind][0](channels)).to(dtype)


def weight_of(leaf: Tensor, kind: str, channels: int) -> Tensor:
    return WEIGHTS[kind][1](leaf, channels)


def make_weight(kind: str, channels: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return weight_of(weight_leaf(kind, channels, dtype), kind, channels)
