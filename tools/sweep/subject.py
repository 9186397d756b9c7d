"""What is measured: an activation at one setting, with its derivatives, ours and PyTorch's."""

from __future__ import annotations

from typing import Any

import torch
from nonlin.testing import (
    MEMBERS,
    Gated,
    Parametric,
    ParametricJet,
    Pointwise,
    catalogue,
)
from torch import Tensor

from sweep.base import Subject, operators
from sweep.gated import GatedSubject


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
        value, backward, double_backward = operators(self.row.operator)
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
            try:
                (curvature,) = torch.autograd.grad(first, at, one)
            except RuntimeError:  # PyTorch has none of hardsigmoid
                curvature.fill_(torch.nan)
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
        value, backward, double_backward = operators(self.row.operator)
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
    kinds = {Pointwise: PointwiseSubject, Parametric: ParametricSubject, Gated: GatedSubject}
    return next(kind for of, kind in kinds.items() if isinstance(row, of))(row, **options)


def swept() -> list[str]:
    """Rows with something to measure: maxout copies numbers, and celu is elu at its default."""
    rows: dict[tuple, str] = {}
    for name, row in catalogue.items():
        if isinstance(row, (Pointwise, Parametric, Gated)):
            arguments = row.weights if isinstance(row, Parametric) else row.arguments()
            rows.setdefault((row.operator, arguments), name)
    return list(rows.values())


def swept_compiled() -> list[str]:
    """Those without gates: a product is one more operation of the expression."""
    return [name for name in swept() if not isinstance(catalogue[name], Gated)]
