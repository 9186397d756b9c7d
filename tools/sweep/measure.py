"""Errors of results, and what is kept of them: the worst, where it is, and how many are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import torch
from nonlin.testing import spacing, ulp_error
from torch import Tensor

from sweep.subject import Subject

Sum = tuple[Tensor, Tensor]
KINDS = ("ulp", "limits", "absolute", "small")
LEAST = torch.finfo(torch.float32).tiny  # in which 16-bit types are computed too
SMALL = 32 * LEAST  # below, results of an expression may have lost their digits
BINS = 2**13  # of 2¹⁹ bit patterns: 16 to a power of two


@dataclass
class Worst:
    """The largest error and its input; of equals, the input closest to 0."""

    error: float = 0.0
    x: float | None = None

    def see(self, errors: Tensor, x: Tensor) -> float:
        """Take more errors into account, and return the largest of these."""
        largest = float(errors.amax())
        if largest > self.error or (largest > 0 and largest == self.error):
            self.take(largest, float(x[errors.argmax()]))
        return largest

    def take(self, error: float, x: float) -> None:
        """The same, for one."""
        closer = self.x is None or (abs(x), x < 0) < (abs(self.x), self.x < 0)
        if error > self.error or (error == self.error > 0 and closer):
            self.error, self.x = error, x


@dataclass
class Measures:
    """Of one member on one instruction set: errors in ULP, or absolute next to a root.

    `limits` are errors in ULP at infinities and NaN, `small` those of results that are judged
    apart, in units of the smallest normal number; neither is in one of the others. `curve` has the
    largest error in ULP for every range of 2¹⁹ bit patterns.
    """

    ulp: Worst = field(default_factory=Worst)
    limits: Worst = field(default_factory=Worst)
    small: Worst = field(default_factory=Worst)
    absolute: Worst = field(default_factory=Worst)
    misrounded: int = 0
    curve: Tensor = field(default_factory=lambda: torch.full((BINS,), -1.0, dtype=torch.float64))

    def see(self, place: Place, errors: Tensor, difference: Callable[[], Tensor]) -> float:
        """Take more errors into account, and return the largest of these that are in ULP."""
        if place.near is not None:
            absolute = _absolute(difference(), place.unit)
            self.absolute.see(absolute.where(place.near, 0.0), place.x)
            errors = errors.where(~place.near, 0.0)
        if place.limits is not None:
            self.limits.see(errors.where(place.limits, 0.0), place.x)
            errors = errors.where(~place.limits, 0.0)
        if place.small is not None:
            absolute = _absolute(difference(), LEAST)
            self.small.see(absolute.where(place.small, 0.0), place.x)
            errors = errors.where(~place.small, 0.0)
        return self.ulp.see(errors, place.x)

    def merge(self, other: Measures) -> None:
        """Take what was measured elsewhere into account."""
        for name in KINDS:
            theirs = getattr(other, name)
            if theirs.x is not None:
                getattr(self, name).take(theirs.error, theirs.x)
        self.misrounded += other.misrounded
        self.curve = torch.maximum(self.curve, other.curve)


def _absolute(difference: Tensor, unit: float) -> Tensor:
    return difference.abs().div_(unit).nan_to_num_(nan=math.inf, posinf=math.inf)


class Place(NamedTuple):
    """Inputs, and which of them are judged otherwise: by absolute errors in units of `unit` next to
    a root, and apart at infinities and NaN and, of an expression, where the result is next to
    nothing. None stands for none.

    `factor` is what `Subject.factor` says.
    """

    x: Tensor
    near: Tensor | None
    unit: float | Tensor
    limits: Tensor | None
    factor: Tensor | None = None
    small: Tensor | None = None

    @classmethod
    def of(cls, what: Subject, member: str, x: Tensor, exact: Tensor | None = None) -> Place:
        """Where that is for a member, of which these are the exact results."""
        epsilon = torch.finfo(torch.promote_types(x.dtype, torch.float32)).eps
        finite = all(math.isfinite(end) for end in torch.aminmax(x))
        unit = epsilon * what.unit(member, x)
        limits = None if finite else ~x.isfinite()
        small = exact.abs() < SMALL if what.rounds and exact is not None else None
        return cls(x, what.near(member, x), unit, limits, what.factor(member, x), small)

    def share(self, exact: Tensor, dtype: torch.dtype) -> Tensor | float:
        """A last place of the exact result, in what errors are measured in."""
        if self.factor is None:
            return 1.0
        wide = torch.promote_types(dtype, torch.float32)
        act = spacing(exact / self.factor, wide) * self.factor
        return (spacing(exact, dtype) / act).clamp(max=1).nan_to_num(nan=1.0)


class Judge:
    """Measures any number of float32 results against the same references."""

    def __init__(self, place: Place, exact: Tensor) -> None:
        self.place, self.exact = place, exact
        first, last = (int(place.x[i].view(torch.int32)) % 2**32 for i in (0, -1))
        self.bins = slice(first >> 19, (last >> 19) + 1)

    def see(self, got: Tensor, measures: Measures) -> None:
        """Add the errors of `got` to `measures`."""
        largest = 0.0
        if not torch.equal(got.double(), self.exact):
            largest = measures.see(self.place, self.errors(got), lambda: got.double() - self.exact)
        measures.curve[self.bins] = measures.curve[self.bins].clamp(min=largest)

    def errors(self, got: Tensor) -> Tensor:
        """`ulp_error`, in a few passes where everything is finite."""
        wide = got.double()
        errors = torch.addcmul(self.shifted, wide, self.inverse, out=wide).abs_()
        if math.isfinite(errors.amax()):
            return errors
        return ulp_error(got, self.exact) * self.place.share(self.exact, torch.float32)

    @cached_property
    def inverse(self) -> Tensor:
        """How many of the exact results' spacings are 1."""
        return inverse_spacing(self.exact) * self.place.share(self.exact, torch.float32)

    @cached_property
    def shifted(self) -> Tensor:
        """The exact results, negated, in spacings."""
        return -self.exact * self.inverse


def inverse_spacing(exact: Tensor) -> Tensor:
    """1 / spacing(exact, torch.float32), from the bits of the exponent."""
    shift, bias, least = 52, 1023, -126
    exponent = exact.view(torch.int64) & (0x7FF << shift)
    exponent.clamp_(min=(bias + least) << shift)
    return exponent.neg_().add_((2 * bias + 23) << shift).view(torch.float64)


def see_sample(place: Place, got: Tensor, exact: Sum, measures: Measures) -> None:
    """As `Judge`, for every type and an exact sum; counts what is not correctly rounded too."""
    errors = ulp_error(got, exact)
    measures.misrounded += int(misrounded(got, exact, errors).sum())
    errors = errors * place.share(exact[0], got.dtype)
    measures.see(place, errors, lambda: got.double() - exact[0] - exact[1])


def misrounded(got: Tensor, exact: Sum, errors: Tensor) -> Tensor:
    """Further from the exact result than half the distance between neighbours.

    Next to a tie, what the sum's second term says of the difference would be lost by adding it.
    """
    high, low = exact
    difference = got.double() - high
    excess = difference.abs() - spacing(high, got.dtype) / 2
    return torch.where(excess.isfinite(), excess > difference.sign() * low, errors > 0)
