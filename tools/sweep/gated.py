"""What is measured of a gated activation: its gate over the range of inputs, beside several ups."""

from __future__ import annotations

import functools
from typing import Any

import torch
from nonlin.testing import Gated, GatedJet, sign_changes
from nonlin.testing.gated import FACTORS
from torch import Tensor

from sweep.base import Subject, operators

# Ordinary, negative, large and small; 1 shows the gate alone.
UPS = (1.0, -0.37, 3.1, -211.0, 1e-3, 7.0, -3e4)


class GatedSubject(Subject):
    """act(gate)·up of a gate x and an `up` for each x, which the bits of x choose among `UPS`.

    With the option `up`, that is the other factor everywhere.
    """

    members = GatedJet._fields
    fewer, fewer_exact = 4, 10
    row: Gated

    def factors(self, x: Tensor) -> Tensor:
        """An up for every gate."""
        if "up" in self.options:
            return torch.full_like(x, self.options["up"])
        integers = {2: torch.int16, 4: torch.int32, 8: torch.int64}[x.element_size()]
        return torch.tensor(UPS, dtype=x.dtype)[x.view(integers) % len(UPS)]

    def reference(self, x: Tensor) -> tuple[Tensor, ...]:
        """All derivatives to the second order; that by up twice is 0."""
        return self.row.gated_jet(x, self.factors(x))

    def exact(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """The same; at infinities and NaN of the reference, which is exact there."""
        finite = torch.where(x.isfinite(), x, 0)
        found = self.row.exact_gated_jet(finite, self.factors(x))
        limits = dict(zip(self.members, self.reference(x), strict=True))
        return {
            name: (torch.where(x.isfinite(), high, limits[name]), low.where(x.isfinite(), 0))
            for name, (high, low) in found.items()
        }

    def ours(self, x: Tensor) -> tuple[Tensor, ...]:
        """The operators, with gradients of 1."""
        value, backward, double_backward = operators(self.row.operator)
        one, up, parameters = torch.ones_like(x), self.factors(x), self.row.arguments()
        by_gate, by_up = backward(one, x, up, *parameters)
        _, gate_gate, gate_up = double_backward(one, None, one, x, up, *parameters)
        return value(x, up, *parameters), by_gate, by_up, gate_gate, gate_up

    def builtin(self, x: Tensor) -> tuple[Tensor, ...]:
        """The eager pair, by autograd."""
        one, gate, up = torch.ones_like(x), x.clone().requires_grad_(), self.factors(x)
        up.requires_grad_()
        value = self.row.expression(gate, up)
        by_gate, by_up = torch.autograd.grad(value, (gate, up), one)
        first = torch.autograd.grad(self.row.expression(gate, up), gate, one, create_graph=True)
        more: dict[str, Any] = {"allow_unused": True, "materialize_grads": True}
        second = torch.autograd.grad(first, (gate, up), (one,), **more)
        return value.detach(), by_gate, by_up, *second

    @property
    def every(self) -> bool:
        """There are too many pairs."""
        return False

    def variants(self, dtype: torch.dtype) -> list[Subject]:
        """All gates of 16 bits beside each up."""
        if dtype.itemsize != 2:
            return [self]
        return [GatedSubject(self.row, up=up) for up in UPS]

    def alone(self) -> Subject:
        """The gate alone."""
        return GatedSubject(self.row, up=1.0)

    @functools.cache  # noqa: B019 - as many as there are settings
    def roots(self, member: str) -> tuple[float, ...]:
        """Those of act, whatever up is."""
        return sign_changes(lambda x: self.row.jet(x)[FACTORS[member][0]])

    @functools.cache  # noqa: B019 - as many as there are settings
    def largest(self, member: str) -> float:
        """The largest magnitude of a derivative of act."""
        grid = torch.linspace(-10, 10, 1001, dtype=torch.float64)
        return float(self.row.jet(grid)[FACTORS[member][0]].abs().max())

    def factor(self, member: str, x: Tensor) -> Tensor | None:
        """That of act, which may be subnormal where the product is not."""
        if not FACTORS[member][1]:
            return None
        return self.row.factor(self.factors(x).double(), self.row.arguments())[0].abs()

    def unit(self, member: str, x: Tensor) -> float | Tensor:
        """In proportion to the other factor."""
        factor = self.factor(member, x)
        return self.largest(member) * (1.0 if factor is None else factor)
