"""What a check found, and the comparisons that make one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import torch
from accuracy import bits
from torch import Tensor

from gpu.card import Card


class Check(NamedTuple):
    """The worst of one result.

    Attributes:
        what: pass and result
        shape: of the result
        error, bound: in `unit`
        inputs: where the error is: numbers, or the place of the element
        got, want: there
    """

    what: str
    shape: str
    error: float
    bound: float
    unit: str
    inputs: str
    got: str
    want: str

    @property
    def right(self) -> bool:
        """It is within its bound; NaN is not."""
        return self.error <= self.bound

    @property
    def share(self) -> float:
        """Of what is allowed; where no error is, none but 0."""
        if self.bound:
            return math.inf if math.isnan(self.error) else self.error / self.bound
        return 0.0 if self.right else math.inf


NOTHING: Mapping[str, Tensor] = MappingProxyType({})
Item = tuple[str, Callable[[], Iterable[NamedTuple]]]


class Step(NamedTuple):
    """As much as is done without asking: items are announced one by one.

    Attributes:
        operator: one that ended its process often is left alone
        name: tells a step from the others of its stage
    """

    operator: str
    name: str
    items: Callable[[Card], Iterator[Item]]


def judged(
    what: str,
    error: Tensor,
    bound: float,
    got: Tensor,
    want: Tensor,
    inputs: Mapping[str, Tensor],
    unit: str = "ULP",
) -> Check:
    """The largest of the errors."""
    shape = str(tuple(got.shape))
    if not error.numel():
        return Check(what, shape, 0.0, float(bound), unit, "", "", "")
    flat = error.detach().flatten().cpu().double().nan_to_num(nan=math.inf, posinf=math.inf)
    at = int(flat.argmax())
    where = ", ".join(f"{name} = {entry(t, at)}" for name, t in inputs.items())
    where = where or place(got, at)
    return Check(
        what, shape, float(flat[at]), float(bound), unit, where, entry(got, at), entry(want, at)
    )


def same(what: str, got: Tensor, want: Tensor, inputs: Mapping[str, Tensor] = NOTHING) -> Check:
    """Bit for bit, where one NaN is as good as another; the first that differs."""
    a, b = got.detach().cpu(), want.detach().cpu()
    if a.shape != b.shape or a.dtype != b.dtype:
        shapes = [f"{t.dtype}, {tuple(t.shape)}" for t in (a, b)]
        return Check(what, str(tuple(a.shape)), math.inf, 0.0, "differ", "", *shapes)
    wrong = bits(a) != bits(b)
    if a.is_floating_point():
        wrong &= ~(a.isnan() & b.isnan())
    found = judged(what, wrong, 0, a, b, inputs, "elements differ")
    return found._replace(error=float(wrong.sum()))


def close(
    what: str, got: Tensor, want: Tensor, allowed: Tensor, inputs: Mapping[str, Tensor]
) -> Check:
    """Within what is allowed for each element; NaN for NaN, infinity for infinity."""
    a, b = got.detach().cpu().double(), want.detach().cpu().double()
    error = (a - b).abs() / allowed.detach().cpu().double()
    equal = (a == b) | (a.isnan() & b.isnan())
    return judged(what, torch.where(equal, 0.0, error), 1, got, want, inputs, "of what is allowed")


def entry(t: Tensor, at: int) -> str:
    """A number of a tensor, in as many digits as tell it from others."""
    flat = t.detach().reshape(-1)
    number = flat[at if len(flat) > 1 else 0].item()
    return repr(number)


def place(t: Tensor, at: int) -> str:
    """Where an element is."""
    where = torch.unravel_index(torch.tensor(at), t.shape) if t.dim() else ()
    return f"element ({', '.join(str(int(i)) for i in where)})"
