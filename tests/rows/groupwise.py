"""Rows of the groupwise family: operators that choose one entry out of every group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from device import here, normal
from nonlin.testing import catalogue
from torch import Tensor

from rows.sample import Row, Sample, seeds


@dataclass(frozen=True, eq=False)
class GroupwiseRow(Row):
    """An operator that chooses one of every k consecutive entries of a dimension."""

    KINDS: ClassVar[tuple[str, ...]] = ("", "out", "_with_index", "_backward", "_gather")

    chosen: Callable[[Tensor, int], Tensor]  # the place of the choice along a dimension

    def forward(self, x: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload()(x, k, dim)

    def out(self, x: Tensor, k: int, dim: int = -1, *, out: Tensor) -> Tensor:
        return self.overload("out")(x, k, dim, out=out)

    def with_index(self, x: Tensor, k: int, dim: int = -1) -> tuple[Tensor, Tensor]:
        return self.overload("_with_index")(x, k, dim)

    def backward(self, g: Tensor, index: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload("_backward")(g, index, k, dim)

    def gather(self, t: Tensor, index: Tensor, k: int, dim: int = -1) -> Tensor:
        return self.overload("_gather")(t, index, k, dim)

    def gradients(self, g: Tensor, x: Tensor, k: int, dim: int = -1) -> tuple[Tensor]:
        return (self.backward(g, self.with_index(x, k, dim)[1], k, dim),)

    def expression(self, x: Tensor, k: int, dim: int = -1) -> Tensor:
        grouped, along = groups(x, k, dim)
        place = self.chosen(grouped.detach(), along)
        return torch.gather(grouped, along, place.unsqueeze(along)).squeeze(along)

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        for dim in range(-x.dim(), x.dim()):
            size = x.shape[dim]
            for k in (k for k in range(max(size, 2), 0, -1) if size % k == 0 and k <= 256):
                yield Sample(f"groups of {k}, dimension {dim}", (x,), (k, dim))

    def samples(self) -> Iterator[Sample]:
        x = normal(1, 4, 6, 5)
        for k in (1, 2, 3, 6):
            yield Sample(f"groups of {k}", (x,), (k, 1))
        yield Sample("along the first dimension", (x,), (2, 0))
        yield Sample("along the last dimension", (x,), (5, -1))
        yield Sample("one dimension", (normal(2, 6),), (2, 0))
        yield Sample("empty", (x[:0],), (2, 1))
        yield Sample("sliced", (normal(3, 4, 6, 8)[..., 1::2],), (2, -1))
        yield Sample("transposed", (x.transpose(0, 2),), (3, 1))
        yield Sample("expanded", (x[:1].expand(4, 6, 5),), (2, -2))
        image = normal(4, 2, 6, 4, 5).contiguous(memory_format=torch.channels_last)
        yield Sample("channels last", (image,), (2, 1))

    def small(self) -> Iterator[Sample]:
        """No two equal."""
        x = here(torch.arange(24, dtype=torch.float64) * 29 % 24).sub(12.3).div(7)
        yield Sample("groups of 2", (x.view(4, 6),), (2, -1))
        yield Sample("groups of 3 along the first dimension", (x.view(6, 4),), (3, 0))
        yield Sample("groups of 6 between others", (x.view(2, 6, 2),), (6, 1))
        yield Sample("groups of 1", (x[:4],), (1, 0))

    def operands(self, kind: str, sample: Sample) -> Sample:
        x = sample.input
        tensors = (x,)
        if kind in ("_backward", "_gather"):
            y, index = self.with_index(x.detach(), *sample.numbers)
            tensors = (*seeds([y if kind == "_backward" else x]), index)
        return Sample(sample.name, tensors, sample.numbers)


def groups(x: Tensor, k: int, dim: int) -> tuple[Tensor, int]:
    """x with its groups along a dimension of their own, and which that is."""
    x = x if x.dim() else x.reshape(1)
    dim %= x.dim()
    return x.unflatten(dim, (x.shape[dim] // k, k)), dim + 1


def _first_largest(x: Tensor, dim: int) -> Tensor:
    """The first of the largest, or the first NaN, of −0 and +0 the first."""
    reached = x.isnan() | ((x == x.amax(dim, keepdim=True)) & ~x.isnan().any(dim, keepdim=True))
    return reached.int().argmax(dim)


GROUPWISE = (GroupwiseRow(catalogue["maxout"], _first_largest),)
