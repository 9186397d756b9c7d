"""What is measured: an activation at one setting, with its derivatives, ours and PyTorch's."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from typing import Any

import torch
from nonlin.testing import (
    MEMBERS,
    NEAR,
    Activation,
    Parametric,
    ParametricJet,
    Pointwise,
    catalogue,
    sign_changes,
)
from torch import Tensor

# Members with roots next to which only an absolute error of the kernels is small.
BENT = ("curvature", "xx", "xw")


class Subject(ABC):
    """A row of the catalogue with options for it; members are f and its derivatives."""

    members: tuple[str, ...]

    def __init__(self, row: Activation, **options: float) -> None:
        self.row, self.options = row, options
        self.rounds = False

    def of_operations(self) -> Subject:
        """The same, judged as an expression of which every operation rounds: next to all roots by
        absolute errors, subnormal results apart, and −0 as 0, where derivatives may jump.
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


class PointwiseSubject(Subject):
    """A function of one number."""

    members = MEMBERS
    row: Pointwise

    def reference(self, x: Tensor) -> tuple[Tensor, ...]:
        """Value, slope and curvature."""
        return self.row.jet(x + 0.0 if self.rounds else x, **self.options)

    def exact(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """The same."""
        return self.row.exact_jet(x, **self.options)

    def ours(self, x: Tensor) -> tuple[Tensor, ...]:
        """The operators, with gradients of 1."""
        value, backward, double_backward = _operators(self.row.operator)
        parameters = self.row.arguments(**self.options)
        one = torch.ones_like(x)
        slope = backward(one, x, *parameters)
        return value(x, *parameters), slope, double_backward(one, one, x, *parameters)[1]

    @property
    def has_builtin(self) -> bool:
        """Some of PyTorch's functions lack the options of ours."""
        return not self.options or self.row.builtin_options

    def builtin(self, x: Tensor) -> tuple[Tensor, ...]:
        """By autograd; create_graph replaces some kernels by expressions, so it is a pass apart."""
        one, at = torch.ones_like(x), x.clone().requires_grad_()
        value = self.row.builtin(at, **self.options)
        (slope,) = torch.autograd.grad(value, at, one, retain_graph=True)
        (first,) = torch.autograd.grad(value, at, one, create_graph=True)
        curvature = torch.zeros_like(x)  # of a slope that PyTorch holds for constant
        if first.requires_grad:
            (curvature,) = torch.autograd.grad(first, at, one)
        return value.detach(), slope, curvature


class ParametricSubject(Subject):
    """A function of a number and a weight, which every number has for itself: no sums."""

    members = ParametricJet._fields
    row: Parametric

    def _weight(self, x: Tensor) -> Tensor:
        return torch.full_like(x, *self.row.weights)

    def reference(self, x: Tensor) -> tuple[Tensor, ...]:
        """All derivatives to the second order."""
        return self.row.jet(x, self._weight(x))

    def exact(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """The same."""
        return self.row.exact_jet(x, self._weight(x))

    def ours(self, x: Tensor) -> tuple[Tensor, ...]:
        """The operators, with gradients of 1."""
        value, backward, double_backward = _operators(self.row.operator)
        one, w = torch.ones_like(x), self._weight(x)
        by_x, by_w = backward(one, x, w, 0, [True, True])
        _, xx, _ = double_backward(one, None, one, x, w, 0, [False, True, False])
        _, xw, ww = double_backward(None, one, one, x, w, 0, [False, True, True])
        return value(x, w, 0), by_x, by_w, xx, xw, ww

    @property
    def has_builtin(self) -> bool:
        """PyTorch has no swish with a weight."""
        return self.row.builtin.__module__.split(".")[0] == "torch"

    def builtin(self, x: Tensor) -> tuple[Tensor, ...]:
        """By autograd, as for one number."""
        at, w = x[None].clone().requires_grad_(), self._weight(x).requires_grad_()
        one, both = torch.ones_like(at), (at, w)
        value = self.row.builtin(at, w)
        by_x, by_w = torch.autograd.grad(value, both, one)
        firsts = torch.autograd.grad(self.row.builtin(at, w), both, one, create_graph=True)
        more: dict[str, Any] = {"allow_unused": True, "materialize_grads": True}
        xx, xw = torch.autograd.grad(firsts[0], both, one, retain_graph=True, **more)
        (ww,) = torch.autograd.grad(firsts[1], w, one[0], **more)
        return tuple(t.detach().flatten() for t in (value, by_x, by_w, xx, xw, ww))


def subject(name: str, **options: float) -> Subject:
    """The row of that name."""
    row = catalogue[name]
    kind = PointwiseSubject if isinstance(row, Pointwise) else ParametricSubject
    return kind(row, **options)


def swept() -> list[str]:
    """Rows with something to measure: maxout copies numbers, and celu is elu at its default."""
    rows: dict[tuple, str] = {}
    for name, row in catalogue.items():
        if isinstance(row, (Pointwise, Parametric)):
            arguments = row.arguments() if isinstance(row, Pointwise) else row.weights
            rows.setdefault((row.operator, arguments), name)
    return list(rows.values())


def _operators(name: str) -> list[Any]:
    kinds = ("", "_backward", "_double_backward")
    return [getattr(torch.ops.nonlin, name + kind).default for kind in kinds]
