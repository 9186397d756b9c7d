"""Rows of functions of one number, and their evaluation in higher precision than any kernel's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nonlin.testing import evaluation
from nonlin.testing.activation import OPERATORS, Defined, Function, Module, origin
from nonlin.testing.evaluation import Arguments, Sum
from nonlin.testing.pieces import Definition
from nonlin.testing.roots import jumps, roots_of_slope, through_root
from nonlin.testing.textbook import as_module


class Jet(NamedTuple):
    """The three numbers f(x), f′(x), f″(x)."""

    value: Tensor
    slope: Tensor
    curvature: Tensor


MEMBERS = Jet._fields


class Curve(Defined):
    """A row of which a definition says a function of one number, with numbers as parameters.

    Attributes:
        definition: the value, from which derivatives, limits and values at ±0 follow
        arguments: turns a setting into the operator's parameters
    """

    arguments: Callable[..., Arguments]

    def rounded_arguments(self, dtype: torch.dtype, **options: float) -> Arguments:
        """The operator's parameters, rounded to the type in which its kernel computes."""
        wide = torch.float64 if dtype == torch.float64 else torch.float32
        return tuple(torch.tensor(self.arguments(**options), dtype=wide).tolist())

    def jet(self, x: Tensor, **options: float) -> Jet:
        """Value, slope and curvature in float64: the reference for results of 8, 11 or 24 bits.

        The relative accuracy is about 1e-14, but next to roots of the curvature, where the absolute
        one is 1e-15; numbers of less than 1e-53 may be others of that size. NaN gives NaN.
        """
        arguments = self.rounded_arguments(x.dtype, **options)
        return self.at(x.detach().cpu().double(), *arguments)

    def at(self, x: Tensor, *arguments: float) -> Jet:
        """The same at numbers of float64, for the operator's parameters."""
        jet = Jet(*evaluation.jet(self.definition, 2, arguments, x))

        def curvature(near: Tensor) -> Tensor:
            return evaluation.jet(self.definition, 2, arguments, near)[2]

        for high, low in roots_of_slope(self.definition, arguments):
            through_root(jet.slope, (x - high) - low, high, curvature)
        if (ends := x.isinf()).any():
            limits = _limits(self.definition, arguments)
            for member, (left, right) in zip(jet, limits, strict=True):
                member[ends] = x.new_tensor([left, right])[(x[ends] > 0).long()]
        if (unknown := x.isnan()).any():
            jet.value[unknown] = jet.slope[unknown] = torch.nan
            jet.curvature[unknown] = 0 if self.straight else torch.nan
        return jet

    @cached_property
    def straight(self) -> bool:
        """Piecewise linear: the curvature is 0 wherever it exists, and at NaN."""
        grid = torch.linspace(-100, 100, 4001, dtype=torch.float64)
        return not self.at(grid, *self.arguments()).curvature.any()

    def exact_jet(self, x: Tensor, **options: float) -> dict[str, Sum]:
        """All `MEMBERS` with MPFR: the reference for 53 bits, unevaluated sums of two float64."""
        return dict(zip(MEMBERS, self._exact(2, x, **options), strict=True))

    def third_derivative(self, x: Tensor, **options: float) -> Tensor:
        """With MPFR, at finite numbers."""
        arguments = self.rounded_arguments(x.dtype, **options)
        return evaluation.exact(self.definition, 3, arguments, x)[3][0]

    def seams(self, members: tuple[str, ...] = MEMBERS, **options: float) -> tuple[float, ...]:
        """Where one of these `MEMBERS` jumps."""
        arguments = self.arguments(**options)
        found = (
            jumps(lambda x, m=m: getattr(self.at(x, *arguments), m))  # type: ignore[misc]
            for m in members
        )
        return tuple(sorted({x for places in found for x in places}))

    def limits(self, dtype: torch.dtype, **options: float) -> dict[str, tuple[float, float]]:
        """What all `MEMBERS` tend to at −∞ and +∞, by the definition; of a zero, the sign too."""
        arguments = self.rounded_arguments(dtype, **options)
        ends = evaluation.exact_limits(self.definition, 2, arguments)
        return dict(zip(MEMBERS, ends, strict=True))

    def at_zeros(self, dtype: torch.dtype, **options: float) -> tuple[float, float]:
        """The values at −0 and +0, by the definition; of a zero, the sign too."""
        return evaluation.at_zeros(self.definition, self.rounded_arguments(dtype, **options))

    def _exact(self, order: int, x: Tensor, **options: float) -> list[Sum]:
        ends = list(self.jet(x, **options)[: order + 1])
        wide = x.detach().cpu().double()
        finite = wide.isfinite()
        arguments = self.rounded_arguments(x.dtype, **options)
        sums = evaluation.exact(self.definition, order, arguments, wide[finite])
        return evaluation.extended(ends, finite, sums)

    def _by_name(self, **options: float) -> Arguments:
        declared = OPERATORS[self.operator]["parameters"]
        if unknown := set(options) - {name for name, _ in declared}:
            raise TypeError(f"{self.name}: the operator {self.operator} has no {unknown}")
        return tuple(options.get(name, default) for name, default in declared)


class Pointwise(Curve):
    """A function of one number, with hyper-parameters that are numbers.

    Attributes:
        definition: the value, from which derivatives, limits and values at ±0 follow
        options: settings worth testing, the default first
        arguments: turns one of them into the operator's parameters
        textbook: the value by PyTorch's own operators, for any dtype, shape and derivative, called
            with options; PyTorch's function, unless that has too few of them
    """

    def __init__(
        self,
        function: Function,
        module: Module,
        definition: Definition,
        *,
        options: tuple[dict[str, float], ...] = (),
        arguments: Callable[..., Arguments] | None = None,
        textbook: Function | None = None,
        **names: Any,
    ) -> None:
        name = origin(module).__name__
        if "builtin" in names and not hasattr(torch.nn, name):
            names.setdefault("builtin_module", as_module(names["builtin"], name))
        super().__init__(function, module, definition, **names)
        self.options: tuple[dict[str, float], ...] = ({}, *options)
        self.arguments = arguments or self._by_name
        self.textbook = textbook or self.builtin

    @property
    def builtin_options(self) -> bool:
        """Whether PyTorch's has the options, or the defaults only."""
        names = {name for options in self.options for name in options}
        return not names or names <= set(inspect.signature(self.builtin).parameters)

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        if x.dtype == torch.float64:
            exact_value, exact_slope = self._exact(1, x)
            return exact_value, exact_slope
        value, slope, _ = self.jet(x)
        return (value, torch.zeros_like(value)), (slope, torch.zeros_like(slope))


@cache
def _limits(definition: Definition, arguments: Arguments) -> list[tuple[float, float]]:
    ends = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    found = evaluation.limits(definition, 2, arguments, ends)
    return [(left, right) for left, right in (member.tolist() for member in found)]
