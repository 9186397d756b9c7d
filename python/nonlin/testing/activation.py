"""What is known of one activation, and its evaluation in higher precision than any kernel's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

import torch
from torch import Tensor

from nonlin.testing import definitions
from nonlin.testing.definitions import Sum
from nonlin.testing.parametric import Partials
from nonlin.testing.pointwise import Jet, through_root

MEMBERS = Jet._fields
Arguments = tuple[float, ...]


def _no_parameters() -> Arguments:
    return ()


def _no_root(*arguments: float) -> Decimal | None:
    return None


@dataclass(frozen=True)
class Activation:
    """One row of the catalogue: where our names and PyTorch's meet.

    Attributes:
        name, operator: ours, such as celu, and that of the operator which computes it, such as elu
        function, builtin: ours and PyTorch's, both called as f(x, *weights, **options)
        module, builtin_module: the same as classes
        weights: numbers that f takes as tensors, and learns
        group: entries of x for each entry of the result
    """

    name: str
    operator: str
    function: Callable[..., Tensor]
    builtin: Callable[..., Tensor]
    module: Callable[..., torch.nn.Module]
    builtin_module: Callable[..., torch.nn.Module]
    weights: Arguments = field(default=(), kw_only=True)
    group: int = field(default=1, kw_only=True)

    def references(self, x: Tensor) -> tuple[Sum, Sum] | None:
        """Value and slope, each an unevaluated sum of float64 tensors; None if nothing rounds."""
        return None

    def tensors(self, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
        """The weights as a module holds them."""
        return tuple(
            torch.full((1,), weight, dtype=dtype, device=device, requires_grad=True)
            for weight in self.weights
        )


@dataclass(frozen=True)
class Pointwise(Activation):
    """A function of one number, with hyper-parameters that are numbers.

    Attributes:
        expression: value, slope and curvature in float64, of x and those parameters
        definition: the value in MPFR, from which derivatives, limits and values at ±0 follow
        textbook: the value by PyTorch's own operators, for any dtype, shape and derivative
        options: settings worth testing, the default first
        arguments: turns one of them into the operator's parameters
        root: where the slope changes sign, a function of the parameters; None where it does not
        builtin_options: whether PyTorch's has the options, or the defaults only
    """

    expression: Callable[..., Jet]
    definition: definitions.Definition
    textbook: Callable[..., Tensor]
    options: tuple[dict[str, float], ...] = ({},)
    arguments: Callable[..., Arguments] = _no_parameters
    root: Callable[..., Decimal | None] = _no_root
    builtin_options: bool = True

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        if x.dtype == torch.float64:
            exact_value, exact_slope = self._exact(1, x)
            return exact_value, exact_slope
        value, slope, _ = self.jet(x)
        return (value, torch.zeros_like(value)), (slope, torch.zeros_like(slope))

    def rounded_arguments(self, dtype: torch.dtype, **options: float) -> Arguments:
        """The operator's parameters, rounded to the type in which its kernel computes."""
        wide = torch.float64 if dtype == torch.float64 else torch.float32
        return tuple(torch.tensor(self.arguments(**options), dtype=wide).tolist())

    def jet(self, x: Tensor, **options: float) -> Jet:
        """Value, slope and curvature in float64: the reference for results of 8, 11 or 24 bits."""
        arguments = self.rounded_arguments(x.dtype, **options)
        wide = x.detach().cpu().double()
        jet = self.expression(wide, *arguments)
        root = self.root(*arguments)
        if root is None:
            return jet

        def curvature(distance: Tensor) -> Tensor:
            return self.expression(high + distance, *arguments).curvature

        high = float(root)
        distance = (wide - high) - float(root - Decimal(high))
        slope = through_root(jet.slope, distance, abs(high) / 16, curvature)
        return jet._replace(slope=slope)

    def exact_jet(self, x: Tensor, **options: float) -> dict[str, Sum]:
        """All `MEMBERS` with MPFR: the reference for 53 bits, unevaluated sums of two float64."""
        return dict(zip(MEMBERS, self._exact(2, x, **options), strict=True))

    def limits(self, dtype: torch.dtype, **options: float) -> dict[str, tuple[float, float]]:
        """What all `MEMBERS` tend to at −∞ and +∞, by the definition; of a zero, the sign too."""
        arguments = self.rounded_arguments(dtype, **options)
        return dict(zip(MEMBERS, definitions.limits(self.definition, 2, arguments), strict=True))

    def at_zeros(self, dtype: torch.dtype, **options: float) -> tuple[float, float]:
        """The values at −0 and +0, by the definition; of a zero, the sign too."""
        return definitions.at_zeros(self.definition, self.rounded_arguments(dtype, **options))

    def _exact(self, order: int, x: Tensor, **options: float) -> list[Sum]:
        limits = self.jet(x, **options)[: order + 1]
        wide = x.detach().cpu().double()
        finite = wide.isfinite()
        arguments = self.rounded_arguments(x.dtype, **options)
        sums = definitions.derivatives(self.definition, order, wide[finite], arguments)
        return definitions.extended(limits, finite, sums)


@dataclass(frozen=True)
class Parametric(Activation):
    """A function of a number and a weight; its references are those at `weights`."""

    partials: Partials

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        weight = torch.full_like(x, *self.weights)
        if x.dtype == torch.float64:
            exact = self.partials.exact_jet(x, weight)
            return exact["value"], exact["x"]
        jet = self.partials.jet(x, weight)
        return (jet.value, torch.zeros_like(jet.value)), (jet.x, torch.zeros_like(jet.x))


def scaled_root(digits: str) -> Callable[..., Decimal | None]:
    """Root of a slope that depends on s·x alone, where s is the parameter, or 1 without one."""

    def root(scale: float = 1.0) -> Decimal | None:
        with localcontext() as context:
            context.prec = 50
            return Decimal(digits) / Decimal(scale) if scale else None

    return root
