"""All inputs of 16 bits, beside references."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import torch
from accuracy import every
from device import DEVICE
from nonlin.testing import Jet, Parametric, ulp_error
from parametric_accuracy import LEARNED, computed, errors
from rounding import UNDECIDED, allowed, misses
from rows import HALVES, MEMBERS, SETTINGS, PointwiseRow
from torch import Tensor

from gpu.card import Card
from gpu.check import Check, Item, Step, judged


def steps(card: Card) -> Iterator[Step]:
    """Each type of an operator."""
    for dtype in HALVES[::-1]:
        for case in SETTINGS:
            yield Step(case.operator, f"{case}, {dtype}", partial(pointwise, case, dtype))
        for row in LEARNED.values():
            yield Step(row.operator, f"{row.operator}, {dtype}", partial(parametric, row, dtype))


def pointwise(case: PointwiseRow, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Value, slope and curvature."""
    x = every(dtype)[:: card.size(1, 64)]
    jet = cache(partial(case.jet, x))
    for member in MEMBERS:
        yield member, partial(_member, case, member, x, jet, card)


def _member(
    case: PointwiseRow, member: str, x: Tensor, jet: partial[Jet], card: Card
) -> Iterator[Check]:
    exact = getattr(jet(), member)
    got = case.computed(member, *card.to(x))
    bound, got = case.bounds(got)[member], got.cpu()
    yield judged(member, ulp_error(got, exact), bound, got, exact, {"x": x})
    wrong = _wrong(case, member, x, got, exact)
    count = float((wrong > 0).sum())
    worst = judged(member, wrong, 0, got, exact, {"x": x}, "inputs not rounded correctly")
    yield worst._replace(error=count, bound=float(allowed(case, member, x.dtype, DEVICE)))


def _wrong(case: PointwiseRow, member: str, x: Tensor, got: Tensor, exact: Tensor) -> Tensor:
    """Where MPFR would decide and is not installed, results count as right."""
    try:
        return misses(case, member, x, got, exact)
    except ImportError:
        error = ulp_error(got, exact)
        return torch.where(error > 0.5 + UNDECIDED, error, 0.0)


def parametric(row: Parametric, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """All derivatives to the second order, with several weights and with random ones."""
    x = every(dtype)[:: card.size(1, 64)]
    weights = {f"{weight:g}": torch.full_like(x, weight) for weight in row.values}
    weights["random"] = torch.randn(x.shape).to(dtype)
    for name, w in weights.items():
        yield f"weight {name}", partial(_partials, row, name, x, w, card)


def _partials(row: Parametric, name: str, x: Tensor, w: Tensor, card: Card) -> Iterator[Check]:
    there = card.to(x, w)
    for member, exact in row.jet(x, w)._asdict().items():
        got = computed(row, member, *there).cpu()
        bound, error = errors(row, member, x, w, got, exact)
        what = f"f_{member}, weight {name}" if member != "value" else f"value, weight {name}"
        yield judged(what, error, bound, got, exact, {"x": x, "w": w})
