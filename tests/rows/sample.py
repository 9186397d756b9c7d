"""One row per activation and setting, of whatever family, and inputs for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from nonlin.testing import Activation
from torch import Tensor

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
HALVES = (torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Sample:
    """Arguments of an operator: tensors that can be differentiated, and after them numbers.

    Numbers are those that belong to a call, as `dim`. Hyper-parameters belong to the row.
    """

    name: str
    tensors: tuple[Tensor, ...]
    numbers: tuple[float, ...] = ()

    @property
    def arguments(self) -> tuple[Tensor | float, ...]:
        return (*self.tensors, *self.numbers)

    @property
    def input(self) -> Tensor:
        return self.tensors[0]

    def with_tensors(self, *tensors: Tensor) -> Sample:
        return replace(self, tensors=tensors)

    def map(self, f: Callable[[Tensor], Tensor]) -> Sample:
        return self.with_tensors(*(f(t) for t in self.tensors))

    def leaves(self) -> Sample:
        """The same numbers in tensors that require gradients."""
        return self.map(lambda t: t.detach().clone().requires_grad_())


@dataclass(frozen=True, eq=False)
class Row:
    """An activation at one setting of its options, under each of its names.

    Every family calls its operators by the same methods, each with the arguments of a sample:
    forward, inplace and out, gradients(g, …) and expression, which is the function by PyTorch's own
    operators, for any dtype, shape and derivative.
    """

    # What is appended to the operator's name, "out" being an overload.
    KINDS: ClassVar[tuple[str, ...]] = ("", "out")
    TENSORS: ClassVar[tuple[str, ...]] = ("self",)  # those that can be differentiated

    row: Activation

    def __str__(self) -> str:
        return self.row.name

    @property
    def operator(self) -> str:
        return self.row.operator

    def overload(self, kind: str = "") -> torch._ops.OpOverload:
        if kind == "out":
            return getattr(torch.ops.nonlin, self.operator).out
        return getattr(torch.ops.nonlin, self.operator + kind).default

    @property
    def has_inplace(self) -> bool:
        return "_" in self.KINDS

    def forward(self, *arguments) -> Tensor:
        raise NotImplementedError

    def inplace(self, *arguments) -> Tensor:
        raise NotImplementedError

    def out(self, *arguments, out: Tensor) -> Tensor:
        raise NotImplementedError

    def gradients(self, g: Tensor, *arguments) -> tuple[Tensor, ...]:
        """Of all tensors, by the operators that compute them."""
        raise NotImplementedError

    def expression(self, *arguments) -> Tensor:
        raise NotImplementedError

    def sample_inputs(
        self, dtype: torch.dtype, device: str | torch.device = "cpu", requires_grad: bool = False
    ) -> Iterator[Sample]:
        """Every shape and arrangement that the family treats in a way of its own."""
        for sample in self.samples():
            made = sample.map(lambda t: t.to(device=device, dtype=dtype))
            yield made.map(lambda t: t.detach().requires_grad_(requires_grad))

    def with_input(self, x: Tensor) -> Iterator[Sample]:
        """All arguments that x can stand with: weights and groups of every kind and dimension."""
        raise NotImplementedError

    def samples(self) -> Iterator[Sample]:
        """The same in float64, wherever `normal` makes them."""
        raise NotImplementedError

    def small(self) -> Iterator[Sample]:
        """A few elements in float64, none next to a kink or a tie: for numeric derivatives."""
        raise NotImplementedError

    def operands(self, kind: str, sample: Sample) -> Sample:
        """What the operator of this kind takes for a sample: random factors and all numbers."""
        raise NotImplementedError


def seeds(ts: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Cotangents or tangents of tensors."""
    return tuple(torch.randn_like(t) for t in ts)
