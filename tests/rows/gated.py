"""Rows of the gated family: operators of a gate and what it lets through, in two tensors or one."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from device import here, normal, on_cpu
from nonlin.testing import NEAR, Gated, catalogue, sign_changes
from nonlin.testing.textbook import halves
from torch import Tensor

from rows.bounds import CURVATURE_ABSOLUTE
from rows.sample import Row, Sample, seeds

LAYOUTS = ("gate_first", "gate_last", "interleaved")  # as operators number them


@dataclass(frozen=True, eq=False)
class _GatedRow(Row):
    row: Gated
    options: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        setting = ",".join(f"{name}={value:g}" for name, value in self.options)
        return f"{self.operator}({setting})" if setting else self.operator

    @property
    def parameters(self) -> tuple[float, ...]:
        return self.row.arguments(**dict(self.options))

    def product(self, gate: Tensor, up: Tensor) -> Tensor:
        """By PyTorch's own operators, as they can be differentiated and transformed."""
        return self.row.expression(gate, up, **dict(self.options))


@dataclass(frozen=True, eq=False)
class GatedRow(_GatedRow):
    """An operator of two tensors."""

    KINDS: ClassVar[tuple[str, ...]] = ("", "_", "out", "_backward", "_double_backward")
    TENSORS: ClassVar[tuple[str, ...]] = ("self", "up")

    def forward(self, gate: Tensor, up: Tensor) -> Tensor:
        return self.overload()(gate, up, *self.parameters)

    def inplace(self, gate: Tensor, up: Tensor) -> Tensor:
        return self.overload("_")(gate, up, *self.parameters)

    def out(self, gate: Tensor, up: Tensor, *, out: Tensor) -> Tensor:
        return self.overload("out")(gate, up, *self.parameters, out=out)

    def backward(
        self, g: Tensor, gate: Tensor, up: Tensor, mask: Sequence[bool] = (True, True)
    ) -> tuple[Tensor, Tensor]:
        return self.overload("_backward")(g, gate, up, *self.parameters, mask)

    def double_backward(
        self,
        v: Tensor | None,
        w: Tensor | None,
        g: Tensor | None,
        gate: Tensor,
        up: Tensor,
        mask: Sequence[bool] = (True, True, True),
    ) -> tuple[Tensor, Tensor, Tensor]:
        return self.overload("_double_backward")(v, w, g, gate, up, *self.parameters, mask)

    def gradients(self, g: Tensor, gate: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
        return self.backward(g, gate, up)

    def expression(self, gate: Tensor, up: Tensor) -> Tensor:
        return self.product(gate, up)

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        yield Sample("alone", (x, x.flip(-1) if x.dim() else x * 2))

    @functools.cache  # noqa: B019 - rows live as long as the process
    @on_cpu
    def _roots(self, member: int) -> tuple[float, ...]:
        """Of a derivative of act."""
        return sign_changes(lambda x: self.row.at(x, *self.parameters)[member])

    @on_cpu
    def forgiven(self, member: int, gate: Tensor) -> Tensor:
        """The absolute error that a derivative of act may have next to its roots.

        As of pointwise activations. A slope of bfloat16 is computed from β·x, rounded once, where β
        is no default: next to its root that is more than the 0.002 units which its bound leaves,
        and a product next to the middle between two numbers shows it. At defaults none does.
        """
        epsilon = torch.finfo(torch.promote_types(gate.dtype, torch.float32)).eps
        given = bool(self.options) or self.operator == "swiglu_clamped"
        rounded = gate.is_cuda or (gate.dtype == torch.bfloat16 and given)
        width = {0: 0.0, 1: 2.0**-6 * rounded, 2: NEAR}[member]
        gate, grid = gate.cpu().double(), torch.linspace(-10, 10, 1001, dtype=torch.float64)
        near = torch.zeros(gate.shape, dtype=torch.bool)
        for root in self._roots(member) if width else ():
            near |= (gate - root).abs() < width * abs(root)
        largest = self.row.at(grid, *self.parameters)[member].abs().max()
        return (CURVATURE_ABSOLUTE if member == 2 else 0.5) * epsilon * largest * near

    def samples(self) -> Iterator[Sample]:
        x, y = normal(1, 4, 3, 5) * 2, normal(9, 4, 3, 5)
        yield Sample("contiguous", (x, y))
        yield Sample("long", (normal(2, 1000) * 4, normal(8, 1000)))
        yield Sample("transposed", (x.transpose(0, 2), y.transpose(0, 2)))
        yield Sample("one transposed", (x, y.transpose(0, 2).contiguous().transpose(0, 2)))
        yield Sample("sliced", (normal(3, 4, 6, 8)[:, ::2, 1:], normal(7, 4, 3, 7)))
        yield Sample("halves", tuple(normal(4, 4, 3, 40).chunk(2, -1)))
        yield Sample("expanded", (x[:1].expand(2, 3, 5), y[:2]))
        yield Sample("expanded up", (x, y[:, :1].expand(4, 3, 5)))
        image = normal(4, 2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
        yield Sample(
            "channels last", (image, image.flip(1).contiguous(memory_format=torch.channels_last))
        )
        yield Sample("no dimension", (x[0, 0, 0], y[0, 0, 0]))
        yield Sample("empty", (x[:, :0], y[:, :0]))

    def small(self) -> Iterator[Sample]:
        """Both tails of the gate, and no number next to a kink."""
        gate = torch.tensor([-9.0, -3.1, -1.3, -0.6, -0.2, 0.3, 1.1, 2.6, 5.0, 9.0])
        up = torch.tensor([0.7, -2.0, 1.1, 9.0, -0.4, 2.5, -1.7, -9.0, 0.9, 1.2])
        yield Sample("points", (here(gate.double()), here(up.double())))

    def operands(self, kind: str, sample: Sample) -> Sample:
        gate, up = sample.tensors
        factors = {"_backward": (gate,), "_double_backward": (gate, up, gate)}.get(kind, ())
        return Sample(sample.name, (*seeds(factors), gate, up), self.parameters)


@dataclass(frozen=True, eq=False)
class PackedRow(_GatedRow):
    """The operator of one tensor that holds both; numbers of a call are `dim` and the layout."""

    KINDS: ClassVar[tuple[str, ...]] = ("", "out", "_backward", "_double_backward")

    @property
    def operator(self) -> str:
        return self.row.operator + "_packed"

    def forward(self, x: Tensor, dim: int = -1, layout: int = 0) -> Tensor:
        return self.overload()(x, *self.parameters, dim, layout)

    def out(self, x: Tensor, dim: int = -1, layout: int = 0, *, out: Tensor) -> Tensor:
        return self.overload("out")(x, *self.parameters, dim, layout, out=out)

    def backward(self, g: Tensor, x: Tensor, dim: int = -1, layout: int = 0) -> Tensor:
        return self.overload("_backward")(g, x, *self.parameters, dim, layout)

    def double_backward(
        self,
        v: Tensor | None,
        g: Tensor | None,
        x: Tensor,
        dim: int = -1,
        layout: int = 0,
        mask: Sequence[bool] = (True, True),
    ) -> tuple[Tensor, Tensor]:
        return self.overload("_double_backward")(v, g, x, *self.parameters, dim, layout, mask)

    def gradients(self, g: Tensor, x: Tensor, dim: int = -1, layout: int = 0) -> tuple[Tensor]:
        return (self.backward(g, x, dim, layout),)

    def expression(self, x: Tensor, dim: int = -1, layout: int = 0) -> Tensor:
        return self.product(*halves(x, dim, LAYOUTS[layout]))

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        for dim in range(-x.dim(), x.dim()):
            if x.shape[dim] % 2 == 0:
                for layout, name in enumerate(LAYOUTS):
                    yield Sample(f"{name}, dimension {dim}", (x,), (dim, layout))

    def samples(self) -> Iterator[Sample]:
        x = normal(1, 4, 6, 10) * 2
        for layout, name in enumerate(LAYOUTS):
            yield Sample(name, (x,), (-1, layout))
            yield Sample(f"{name} along the first dimension", (x,), (0, layout))
            yield Sample(f"{name} between others", (x,), (1, layout))
            yield Sample(f"{name}, one dimension", (normal(2, 1000),), (0, layout))
            yield Sample(f"{name}, transposed", (x.transpose(0, 2),), (1, layout))
            yield Sample(f"{name}, sliced", (normal(3, 4, 6, 16)[..., 1::2],), (2, layout))
            yield Sample(f"{name}, expanded", (x[:1].expand(4, 6, 10),), (-2, layout))
            image = normal(4, 2, 6, 4, 5).contiguous(memory_format=torch.channels_last)
            yield Sample(f"{name}, channels last", (image,), (1, layout))
            yield Sample(f"{name}, empty", (x[:0],), (2, layout))

    def small(self) -> Iterator[Sample]:
        """Pairs of a gate and what it lets through, none next to a kink."""
        x = here(torch.arange(24, dtype=torch.float64) * 29 % 24).sub(12.3).div(3)
        yield Sample("gate first", (x.view(4, 6),), (-1, 0))
        yield Sample("gate last, along the first dimension", (x.view(6, 4),), (0, 1))
        yield Sample("interleaved, between others", (x.view(2, 6, 2),), (1, 2))

    def operands(self, kind: str, sample: Sample) -> Sample:
        x = sample.input
        dim, layout = sample.numbers
        half = halves(x, int(dim), LAYOUTS[int(layout)])[0]
        factors = {"_backward": (half,), "_double_backward": (x, half)}.get(kind, ())
        return Sample(sample.name, (*seeds(factors), x), (*self.parameters, *sample.numbers))


GATED_SETTINGS = tuple(
    GatedRow(row, tuple(options.items()))
    for row in catalogue.values()
    if isinstance(row, Gated)
    for options in row.options
)
# They stand for their families: with a second text for default parameters, and with another factor
# than `up`, whose gate has a kink.
GATED = tuple(
    row
    for row in GATED_SETTINGS
    if not row.options and row.operator in ("swiglu", "swiglu_clamped")
)
PACKED = (PackedRow(catalogue["swiglu"], ()),)
