"""Rows of the parametric family: activations with a weight that is learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from device import here, normal
from nonlin.testing import Parametric, catalogue
from torch import Tensor

from rows.sample import Row, Sample, seeds


@dataclass(frozen=True, eq=False)
class ParametricRow(Row):
    """An activation with a weight: a single one, or one for each entry of a dimension."""

    KINDS: ClassVar[tuple[str, ...]] = ("", "_", "out", "_backward", "_double_backward")
    TENSORS: ClassVar[tuple[str, ...]] = ("self", "weight")

    row: Parametric

    @property
    def weight(self) -> str:
        """What the operator calls it."""
        return self.overload()._schema.arguments[1].name

    def forward(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        return self.overload()(x, w, dim)

    def inplace(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        return self.overload("_")(x, w, dim)

    def out(self, x: Tensor, w: Tensor, dim: int = 1, *, out: Tensor) -> Tensor:
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

    def gradients(self, g: Tensor, x: Tensor, w: Tensor, dim: int = 1) -> tuple[Tensor, Tensor]:
        return self.backward(g, x, w, dim)

    def expression(self, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        """The same by PyTorch's own operators, as they can be differentiated and transformed."""
        return self.row.textbook(x, placed(w, x, dim))

    def weight_terms(self, g: Tensor, x: Tensor, w: Tensor, dim: int = 1) -> Tensor:
        """In float64, what is summed to the gradient of the weight."""
        x, w = x.detach().double(), w.detach().double()
        return g.detach().double() * self.row.weight_slope(x, placed(w, x, dim).expand_as(x))

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        if not x.dim():
            yield Sample("scalar weight", (x, make_weight("scalar", 1, x.dtype)), (0,))
        for dim in range(-x.dim(), x.dim()):
            for kind in WEIGHTS if dim >= 0 else ("channels",):
                w = make_weight(kind, x.shape[dim], x.dtype)
                yield Sample(f"{kind} weight, dimension {dim}", (x, w), (dim,))

    def samples(self) -> Iterator[Sample]:
        for kind in WEIGHTS:
            yield Sample(f"{kind} weight", (normal(1, 4, 3, 5), make_weight(kind, 3)), (1,))
        each, x = make_weight("channels", 3), normal(2, 3, 4)
        yield Sample("along the first dimension", (x, each), (0,))
        yield Sample("along the last dimension", (x.t(), each), (-1,))
        yield Sample("one dimension", (normal(3, 3), each), (0,))
        yield Sample("no dimension", (normal(4), make_weight("scalar", 1)), (0,))
        yield Sample("empty", (normal(5, 0, 3, 2), each), (1,))
        yield Sample("sliced", (normal(6, 4, 6, 5)[:, ::2, 1:], each), (1,))
        image = normal(7, 2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
        yield Sample("channels last", (image, each), (1,))

    def small(self) -> Iterator[Sample]:
        """Both signs in each channel."""
        x = here(torch.tensor([[-3.1, 1.3, -0.2], [0.4, -0.9, 2.6]], dtype=torch.float64))
        for kind in ("channels", "scalar", "single"):
            yield Sample(kind, (x, make_weight(kind, 3)), (1,))
        each = make_weight("channels", 3)
        yield Sample("insides", (torch.stack((x, 1.5 - x), -1), each), (1,))
        yield Sample("along the first dimension", (x.t(), each), (-2,))
        yield Sample("no dimension", (x[0, 0], make_weight("single", 1)), (0,))

    def operands(self, kind: str, sample: Sample) -> Sample:
        x, w = sample.tensors
        factors = {"_backward": (x,), "_double_backward": (x, w, x)}.get(kind, ())
        return Sample(sample.name, (*seeds(factors), x, w), sample.numbers)


def placed(w: Tensor, x: Tensor, dim: int) -> Tensor:
    """The weight in a shape that broadcasts against x."""
    shape = [1] * x.dim()
    if w.numel() != 1:
        shape[dim] = w.numel()
    return w.reshape(shape)


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


PARAMETRIC = tuple(ParametricRow(row) for row in catalogue.values() if isinstance(row, Parametric))
