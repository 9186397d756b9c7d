"""Rows of functions act(gate)·up, and their evaluation in higher precision than any kernel's."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from nonlin.testing.activation import Activation, Function, Module, origin
from nonlin.testing.evaluation import Arguments, Sum
from nonlin.testing.pieces import Definition
from nonlin.testing.pointwise import Curve
from nonlin.testing.textbook import as_module, halves


class GatedJet(NamedTuple):
    """The numbers f, f_gate, f_up, f_gate_gate, f_gate_up at (gate, up); f_up_up is 0."""

    value: Tensor
    gate: Tensor
    up: Tensor
    gate_gate: Tensor
    gate_up: Tensor


# Which derivative of act each is a product with; and whether `up` is the other factor.
FACTORS = {"value": (0, True), "gate": (1, True), "up": (0, False)}
FACTORS |= {"gate_gate": (2, True), "gate_up": (1, False)}


class Gated(Curve):
    """A function act(gate)·up.

    Attributes:
        definition: act
        options: settings worth testing, the default first
        expression: the function of two tensors by PyTorch's own operators, called with options
        layout: of one tensor that holds both, where nothing else is said
        of_up: what takes the place of `up`, and its slope, of `up` in float64 and the operator's
            parameters; None where that is `up` itself
    """

    def __init__(
        self,
        function: Function,
        module: Module,
        definition: Definition,
        expression: Function,
        *,
        operator: str = "",
        options: tuple[dict[str, float], ...] = (),
        of_up: Callable[..., tuple[Tensor, Tensor]] | None = None,
        builtin: Function | None = None,
        builtin_module: Module | None = None,
    ) -> None:
        packed = builtin or partial(_packed, expression, origin(function))
        Activation.__init__(
            self,
            function,
            module,
            operator=operator,
            builtin=packed,
            builtin_module=builtin_module or as_module(packed, origin(module).__name__),
            group=2,
        )
        self.definition, self.expression, self.of_up = definition, expression, of_up
        self.options: tuple[dict[str, float], ...] = ({}, *options)
        self.arguments = self._by_name
        self.called = f"{self.operator}_packed"
        self.layout: str = (origin(function).__kwdefaults__ or {})["layout"]

    def factor(self, up: Tensor, arguments: Arguments) -> tuple[Tensor, Tensor]:
        """What act is multiplied by, and its slope."""
        if self.of_up is None:
            return up, torch.ones_like(up)
        return self.of_up(up, *arguments)

    def gated_jet(self, gate: Tensor, up: Tensor, **options: float) -> GatedJet:
        """All members in float64: the reference for results of 8, 11 or 24 bits."""
        act = self.jet(gate, **options)
        arguments = self.rounded_arguments(gate.dtype, **options)
        h, slope = self.factor(up.detach().cpu().double(), arguments)
        return GatedJet(
            *(_cut(act[n] * h if by_up else act[n], slope, by_up) for n, by_up in FACTORS.values())
        )

    def exact_gated_jet(self, gate: Tensor, up: Tensor, **options: float) -> dict[str, Sum]:
        """The same of float64, by MPFR and fractions, at finite numbers: unevaluated sums."""
        act = list(self.exact_jet(gate, **options).values())
        arguments = self.rounded_arguments(gate.dtype, **options)
        h, slope = self.factor(up.detach().cpu(), arguments)
        found = {}
        for name, (n, by_up) in FACTORS.items():
            high, low = act[n]
            if by_up:
                high, low = _product(high, low, h)
            found[name] = _cut(high, slope, by_up), _cut(low, slope, by_up)
        return found


def clamped(up: Tensor, limit: float, alpha: float) -> tuple[Tensor, Tensor]:
    """clamp(up, ±limit) + 1."""
    inside = torch.where(up.abs() < limit, 1.0, 0.0 * up.clamp(-1, 1))
    return up.clamp(-limit, limit) + 1, inside


def _packed(expression: Function, function: Function, x: Tensor, **options: float) -> Tensor:
    layout = (function.__kwdefaults__ or {})["layout"]
    return expression(*halves(x, -1, layout), **options)


def _cut(t: Tensor, slope: Tensor, by_up: bool) -> Tensor:
    """A derivative by up is 0 where that is cut off."""
    return t if by_up else torch.where(slope == 0, slope, t + 0 * slope)


def _product(high: Tensor, low: Tensor, factor: Tensor) -> Sum:
    pairs = []
    numbers = (t.flatten().tolist() for t in (high, low, factor))
    for a, b, c in zip(*numbers, strict=True):
        exact = (Fraction(a) + Fraction(b)) * Fraction(c)
        if abs(exact) >= 2**1024 - 2**970:  # from there on it rounds to infinity
            pairs.append((math.inf if exact > 0 else -math.inf, 0.0))
            continue
        rounded = float(exact)
        pairs.append((rounded, float(exact - Fraction(rounded))))
    return torch.tensor(pairs, dtype=torch.float64).reshape(*high.shape, 2).unbind(-1)  # type: ignore[return-value]
