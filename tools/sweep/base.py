"""What can be measured: an activation at one setting, with its derivatives, ours and PyTorch's."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from typing import Any

import torch
from nonlin.testing import NEAR, Activation, sign_changes
from torch import Tensor

# Members with roots next to which only an absolute error of the kernels is small.
BENT = ("curvature", "xx", "xw", "gate_gate")


class Subject(ABC):
    """A row of the catalogue with options for it; members are f and its derivatives."""

    members: tuple[str, ...]
    # How many times fewer inputs are a sample: of float32, and of float64 by MPFR.
    fewer, fewer_exact = 1, 1

    def __init__(self, row: Activation, **options: float) -> None:
        self.row, self.options = row, options
        self.rounds = False

    def of_operations(self) -> Subject:
        """The same, judged as an expression of which every operation rounds: next to all roots by
        absolute errors, results next to nothing apart, and −0 as 0, where derivatives may jump.
        """
        self.rounds = True
        return self

    @abstractmethod
    def reference(self, x: Tensor) -> tuple[Tensor, ...]:
        """All members in float64, good for results of 8, 11 or 24 bits."""

    @abstractmethod
    def exact(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """All members to more than 53 bits, as unevaluated sums."""

    @abstractmethod
    def ours(self, x: Tensor) -> tuple[Tensor, ...]:
        """All members by the kernels for x's type."""

    @abstractmethod
    def builtin(self, x: Tensor) -> tuple[Tensor, ...]:
        """All members by PyTorch's function and its derivatives."""

    @property
    def every(self) -> bool:
        """All inputs can be run: an operator of one number, at its defaults."""
        return self.row.name == self.row.operator and not self.row.weights

    @property
    def has_builtin(self) -> bool:
        """PyTorch has this activation at this setting."""
        return True

    @functools.cache  # noqa: B019 - as many as there are settings
    def roots(self, member: str) -> tuple[float, ...]:
        """Where a member passes through zero, other than at 0."""
        index = self.members.index(member)
        return sign_changes(lambda x: self.reference(x)[index])

    @functools.cache  # noqa: B019 - as many as there are settings
    def largest(self, member: str) -> float:
        """The largest magnitude of a member near 0."""
        grid = torch.linspace(-10, 10, 1001, dtype=torch.float64)
        return float(self.reference(grid)[self.members.index(member)].abs().max())

    def unit(self, member: str, x: Tensor) -> float | Tensor:
        """What errors next to a root are measured in, times epsilon."""
        return self.largest(member)

    def factor(self, member: str, x: Tensor) -> Tensor | None:
        """What a member is a product with, if it is one: errors are in units of the other factor's
        last place where that is larger than its own.
        """
        return None

    def variants(self, dtype: torch.dtype) -> list[Subject]:
        """Settings that are measured together in a type other than float32."""
        return [self]

    def alone(self) -> Subject:
        """What the table of special values shows."""
        return self

    def near(self, member: str, x: Tensor) -> Tensor | None:
        """Where x is so close to a root that its error is absolute; None if it nowhere is."""
        mask = None
        low, high = (end.item() for end in torch.aminmax(x))
        for root in self.roots(member) if self.rounds or member in BENT else ():
            reach = NEAR * abs(root)
            if low > root + reach or high < root - reach:
                continue  # both are NaN where one number is, and tell nothing
            close = (x - root).abs_() < reach
            mask = close if mask is None else mask | close
        return mask


def operators(name: str) -> list[Any]:
    """Of value, backward and double backward."""
    kinds = ("", "_backward", "_double_backward")
    return [getattr(torch.ops.nonlin, name + kind).default for kind in kinds]
