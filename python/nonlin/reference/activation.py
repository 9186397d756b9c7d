"""What is known of one activation, and its evaluation in higher precision than any kernel's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

import numpy
import torch
from torch import Tensor

from nonlin.reference import definitions
from nonlin.reference.parametric import Partials
from nonlin.reference.pointwise import Jet

MEMBERS = Jet._fields
Arguments = tuple[float, ...]
Sum = tuple[Tensor, Tensor]

# Beyond it float64 has long reached its limits, and mpmath its own.
_LIMIT = 1e6


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
        expression, definition: references in float64 and in mpmath, of x and those parameters
        options: settings worth testing, the default first
        arguments: turns one of them into the operator's parameters
        root: where the slope changes sign, a function of the parameters; None where it does not
        builtin_options: whether PyTorch's has the options, or the defaults only
    """

    expression: Callable[..., Jet]
    definition: definitions.Definition
    options: tuple[dict[str, float], ...] = ({},)
    arguments: Callable[..., Arguments] = _no_parameters
    root: Callable[..., Decimal | None] = _no_root
    builtin_options: bool = True

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        if x.dtype == torch.float64:
            return self.exact("value", x), self.exact("slope", x)
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
        return jet if root is None else jet._replace(slope=self._mend(wide, jet, root, arguments))

    def exact(self, member: str, x: Tensor, **options: float) -> Sum:
        """One of `MEMBERS` with mpmath: the reference for 53 bits.

        The result is an unevaluated sum of two float64 tensors.
        """
        limit = getattr(self.jet(x, **options), member)
        high, low = limit.clone(), torch.zeros_like(limit)
        inner = x.detach().cpu().abs() < _LIMIT
        high[inner], low[inner] = definitions.evaluate(
            self.definition,
            MEMBERS.index(member),
            x.detach().cpu()[inner],
            self.rounded_arguments(x.dtype, **options),
        )
        return high, low

    def _mend(self, x: Tensor, jet: Jet, root: Decimal, arguments: Arguments) -> Tensor:
        """Next to its root r the slope cancels; the integral of f″ from r to x does not."""
        high = float(root)
        distance = (x - high) - float(root - Decimal(high))
        near = distance.abs() < 0.25 * min(1.0, abs(high))
        nodes, weights = numpy.polynomial.legendre.leggauss(20)
        mean = torch.zeros(int(near.sum()), dtype=torch.float64)
        for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
            point = high + distance[near] * (1 + node) / 2
            mean += weight / 2 * self.expression(point, *arguments).curvature
        slope = jet.slope.clone()
        slope[near] = distance[near] * mean
        return slope


@dataclass(frozen=True)
class Parametric(Activation):
    """A function of a number and a weight; its references are those at `weights`."""

    partials: Partials

    def references(self, x: Tensor) -> tuple[Sum, Sum]:
        weight = torch.full_like(x, *self.weights)
        if x.dtype == torch.float64:
            return self.partials.exact("value", x, weight), self.partials.exact("x", x, weight)
        jet = self.partials.jet(x, weight)
        return (jet.value, torch.zeros_like(jet.value)), (jet.x, torch.zeros_like(jet.x))


def scaled_root(digits: str) -> Callable[..., Decimal | None]:
    """Root of a slope that depends on s·x alone, where s is the parameter, or 1 without one."""

    def root(scale: float = 1.0) -> Decimal | None:
        with localcontext() as context:
            context.prec = 50
            return Decimal(digits) / Decimal(scale) if scale else None

    return root
