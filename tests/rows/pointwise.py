"""Rows of the pointwise family: one for each activation and setting of its parameters.

What an activation is called here and in PyTorch, which settings are worth testing and how it is
evaluated in higher precision is in the package, nonlin.testing.catalogue. A row adds the
registered operators, and what is in bounds.py. What tests have to know of a function's shape
(limits, values at ±0, roots, seams, constant slopes) follows from its references.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from device import here, normal, on_cpu
from nonlin import testing
from nonlin.testing import MEMBERS, NEAR, sign_changes
from torch import Tensor

from rows.bounds import (
    BOUNDS,
    CUDA,
    CURVATURE_ABSOLUTE,
    MISROUNDED,
    MISROUNDED_FLOAT16,
    OTHER_PARAMETERS,
)
from rows.sample import Row, Sample, seeds

FORMULAS = Path(__file__).resolve().parents[2] / "ops"
LAST = torch.channels_last


@dataclass(frozen=True, eq=False)
class PointwiseRow(Row):
    """An activation at one setting of its parameters, under each of its names."""

    KINDS: ClassVar[tuple[str, ...]] = ("", "_", "out", "_backward", "_double_backward")
    MEMBERS: ClassVar[tuple[str, ...]] = MEMBERS

    row: testing.Pointwise
    options: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        setting = ",".join(f"{name}={value:g}" for name, value in self.options)
        return f"{self.row.name}({setting})" if setting else self.row.name

    @property
    def parameters(self) -> tuple[float, ...]:
        return self.row.arguments(**dict(self.options))

    @property
    def has_second_text(self) -> bool:
        """Default parameters have kernels of their own."""
        return "struct at_defaults" in (FORMULAS / f"{self.operator}.h").read_text()

    @property
    def has_surrogate_slope(self) -> bool:
        """The slope is not that of the value, but of another function, by definition."""
        return hasattr(self.row.definition, "surrogate")

    @property
    def kink(self) -> bool:
        """f′ jumps at 0."""
        sides = torch.tensor([-1e-9, 1e-9], dtype=torch.float64, device="cpu")
        left, right = self.row.at(sides, *self.parameters).slope.tolist()
        return abs(right - left) > 1e-6

    # The package's names and PyTorch's.

    def function(self, x: Tensor, **more) -> Tensor:
        return self.row.function(x, **dict(self.options), **more)

    def module(self, **more) -> torch.nn.Module:
        return self.row.module(**dict(self.options), **more)

    @property
    def builtin(self) -> Callable[..., Tensor] | None:
        """PyTorch's counterpart, if it has this setting."""
        if self.options and not self.row.builtin_options:
            return None
        return functools.partial(self.row.builtin, **dict(self.options))

    def builtin_module(self, **more) -> torch.nn.Module:
        return self.row.builtin_module(**dict(self.options), **more)

    # The registered operators.

    def forward(self, x: Tensor) -> Tensor:
        return self.overload()(x, *self.parameters)

    def inplace(self, x: Tensor) -> Tensor:
        return self.overload("_")(x, *self.parameters)

    def out(self, x: Tensor, *, out: Tensor) -> Tensor:
        return self.overload("out")(x, *self.parameters, out=out)

    def backward(self, g: Tensor, x: Tensor) -> Tensor:
        return self.overload("_backward")(g, x, *self.parameters)

    def double_backward(self, v: Tensor, g: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.overload("_double_backward")(v, g, x, *self.parameters)

    def gradients(self, g: Tensor, x: Tensor) -> tuple[Tensor]:
        return (self.backward(g, x),)

    def computed(self, member: str, x: Tensor) -> Tensor:
        """f, f′ or f″ as the kernels of x's type give it."""
        if member == "value":
            return self.forward(x)
        one = torch.ones((), dtype=x.dtype, device=x.device).expand_as(x)
        return self.backward(one, x) if member == "slope" else self.double_backward(one, one, x)[1]

    def bounds(self, x: Tensor) -> dict[str, float]:
        """The worst errors that results of x's type on x's device may have."""
        if x.is_cuda and x.dtype in CUDA:
            return CUDA[x.dtype]
        return (OTHER_PARAMETERS if self.options else {}).get(x.dtype, BOUNDS[x.dtype])

    def misrounded(self, member: str, dtype: torch.dtype) -> int:
        """How many results may be, on a CPU: in bfloat16 none at default parameters."""
        stated = MISROUNDED.get((str(self), member, dtype))
        if stated is not None:
            return stated
        if dtype == torch.float16:
            return MISROUNDED_FLOAT16
        return 2**16 if self.options or member == "curvature" else 0

    # References.

    def expression(self, x: Tensor) -> Tensor:
        """f by PyTorch's own operators, as they can be differentiated and transformed."""
        return self.row.textbook(x, **dict(self.options))

    @on_cpu
    def jet(self, x: Tensor) -> testing.Jet:
        """f, f′ and f″ in float64, with the parameters as the kernels of x's type use them."""
        return self.row.jet(x, **dict(self.options))

    @on_cpu
    def exact_jet(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """The same to more than 53 bits, slowly, as unevaluated sums."""
        return self.row.exact_jet(x, **dict(self.options))

    @on_cpu
    def third_derivative(self, x: Tensor) -> Tensor:
        return self.row.third_derivative(x, **dict(self.options))

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        yield Sample("alone", (x,))

    @on_cpu
    def limits(self, dtype: torch.dtype) -> dict[str, tuple[float, float]]:
        """What f, f′ and f″ are at −∞ and +∞; of a zero, the sign too."""
        return self.row.limits(dtype, **dict(self.options))

    @on_cpu
    def at_zeros(self, dtype: torch.dtype) -> tuple[float, float]:
        """f(−0) and f(+0); of a zero, the sign too."""
        return self.row.at_zeros(dtype, **dict(self.options))

    def constants(self, member: str, dtype: torch.dtype) -> Tensor:
        """What a derivative may be at NaN other than NaN."""
        allowed = [0.0] if member == "curvature" and self.row.straight else []
        return torch.tensor(allowed, dtype=dtype)

    @functools.cache  # noqa: B019 - rows live as long as the process
    @on_cpu
    def roots(self, member: str) -> tuple[float, ...]:
        """Where f′ or f″ passes through zero, other than at 0."""
        found = sign_changes(lambda x: getattr(self.row.at(x, *self.parameters), member))
        return tuple(r for r in found if all(abs(r - seam) > 1e-9 for seam in self.seams))

    @functools.cached_property
    @on_cpu
    def seams(self) -> tuple[float, ...]:
        """Where f, f′ or f″ jumps."""
        return self.row.seams(**dict(self.options))

    @functools.cached_property
    @on_cpu
    def _largest_curvature(self) -> Tensor:
        return self.jet(torch.linspace(-10, 10, 1001, dtype=torch.float64)).curvature.abs().max()

    @on_cpu
    def forgiven(self, member: str, x: Tensor) -> Tensor:
        """The absolute error that a curvature may have next to its roots."""
        x = x.cpu()
        near = torch.zeros(x.shape, dtype=torch.bool)
        for root in self.roots(member) if member == "curvature" else ():
            near |= (x.double() - root).abs() < NEAR * abs(root)
        epsilon = torch.finfo(torch.promote_types(x.dtype, torch.float32)).eps
        return CURVATURE_ABSOLUTE * epsilon * self._largest_curvature * near

    def samples(self) -> Iterator[Sample]:
        x = normal(1, 4, 3, 5) * 2
        yield Sample("contiguous", (x,))
        yield Sample("long", (normal(2, 1000) * 4,))
        yield Sample("transposed", (x.transpose(0, 2),))
        yield Sample("sliced", (normal(3, 4, 6, 8)[:, ::2, 1:],))
        yield Sample("expanded", (x[:1].expand(2, 3, 5),))
        yield Sample("channels last", (normal(4, 2, 3, 4, 5).contiguous(memory_format=LAST),))
        yield Sample("no dimension", (x[0, 0, 0],))
        yield Sample("empty", (x[:, :0],))

    def small(self) -> Iterator[Sample]:
        """Both tails, both sides of 0 and of every root."""
        x = torch.tensor([-9.0, -3.1, -1.3, -0.6, -0.2, 0.3, 1.1, 2.6, 7.0], dtype=torch.float64)
        yield Sample("points", (here(x),))

    def operands(self, kind: str, sample: Sample) -> Sample:
        factors = {"_backward": 1, "_double_backward": 2}.get(kind, 0)
        x = sample.input
        return Sample(sample.name, (*seeds([x] * factors), x), self.parameters)
