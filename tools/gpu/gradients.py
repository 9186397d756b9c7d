"""Autograd around the kernels: beside the CPU, by finite differences, and long sums."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial

import torch
from nonlin.testing import Parametric, catalogue
from parametric_accuracy import LARGE, results, sum_errors
from rows import PARAMETRIC, SETTINGS, ParametricRow, make_weight
from torch import Tensor
from torch.autograd import grad, gradcheck, gradgradcheck

from benchmarks.gpu.dry import ALLOWED
from gpu.agreement import DTYPES
from gpu.card import Card
from gpu.check import Check, Item, Step, judged, same

Make = Callable[[], torch.nn.Module]
SUMS = {**LARGE, "a hundred million terms": (100_000_000, 1)}


# Their slope is that of another function.
SURROGATES = {str(case) for case in SETTINGS if case.has_surrogate_slope}


def modules() -> dict[str, tuple[str, Make]]:
    """By a name: operator, and a module with it."""
    found = {str(case): (case.operator, case.module) for case in SETTINGS}
    for name, row in catalogue.items():
        if isinstance(row, Parametric) or row.group > 1:
            found[name] = row.operator, row.module
    return found


def steps(card: Card) -> Iterator[Step]:
    """Modules as one uses them, then sums."""
    for name, (operator, make) in modules().items():
        if name not in SURROGATES:
            yield Step(operator, f"gradcheck of {name}", partial(numeric, make))
    for dtype in DTYPES:
        for name, (operator, make) in modules().items():
            yield Step(operator, f"autograd of {name}, {dtype}", partial(beside, make, dtype))
    for row in PARAMETRIC:
        for dtype in (torch.float32, torch.bfloat16):
            for shape in SUMS:
                name = f"sums of {row}, {shape}, {dtype}"
                yield Step(row.operator, name, partial(sums, row, shape, dtype))


def numeric(make: Make, card: Card) -> Iterator[Item]:
    """First and second order, in both modes, under vmap."""
    net = make().to(card.device, torch.float64)
    # No number is next to a kink, and no two of a group are equal.
    points = (-3.13, 0.74, -0.61, 2.93, -1.32, 1.91, -0.23, 0.37)
    numbers = torch.tensor(points, dtype=torch.float64)
    (x,) = card.to(numbers.view(2, 4))
    inputs = x.requires_grad_(), *net.parameters()
    names = [name for name, _ in net.named_parameters()]

    def function(x: Tensor, *weights: Tensor) -> Tensor:
        given = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(net, given, (x,))

    def first() -> list[Check]:
        gradcheck(function, inputs, check_forward_ad=True, check_batched_grad=True)
        return [_passed("gradcheck", x)]

    def second() -> list[Check]:
        gradgradcheck(function, inputs, check_batched_grad=True)
        return [_passed("gradgradcheck", x)]

    yield "gradcheck", first
    yield "gradgradcheck", second


def _passed(what: str, x: Tensor) -> Check:
    return Check(what, str(tuple(x.shape)), 0.0, 0.0, "errors", "", "", "")


def beside(make: Make, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Values, first and second order of a module, its parameters' among them."""
    here = make().to(dtype=dtype)
    there = copy.deepcopy(here).to(card.device)
    x = torch.randn(card.size(40, 10), 6, 8).to(dtype)

    def compared() -> Iterator[Check]:
        pairs = zip(_orders(there, *card.to(x)), _orders(here, x), strict=True)
        for (what, got), (_, want) in pairs:
            terms = x.numel() / max(1, want.numel())
            exact, found = want.double(), got.cpu().double()
            largest = exact.abs().nan_to_num(0, 0, 0).max()
            scale = float(largest.clamp(min=terms**0.5))
            name = str(dtype).removeprefix("torch.")
            same = found == exact  # two infinities, of squares in float16
            error = torch.where(same, 0, (found - exact).abs() / scale / ALLOWED[name])
            like = {"x": x} if want.shape == x.shape else {}
            yield judged(what, error, 1, got, want, like, "of what is allowed")

    yield "autograd", compared


def _orders(net: torch.nn.Module, x: Tensor) -> list[tuple[str, Tensor]]:
    x = x.clone().requires_grad_()
    leaves = [x, *net.parameters()]
    names = ["x", *(name for name, _ in net.named_parameters())]
    y = net(x)
    first = grad(y.square().sum(), leaves, create_graph=True)
    # No square of a gradient that is a sum: it would exceed float16.
    second = grad(first[0].square().sum() + sum(t.sum() for t in first[1:]), leaves)
    found = [("value", y)]
    for what, ts in (("gradient", first), ("second gradient", second)):
        found += [(f"{what} of {name}", t) for name, t in zip(names, ts, strict=True)]
    return [(what, t.detach()) for what, t in found]


def sums(row: ParametricRow, name: str, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Beside the exact sum of the terms; the same bits each time."""
    shape = [min(size, card.size(size, 40)) for size in SUMS[name]]

    def run() -> Iterator[Check]:
        g, x = (torch.randn(shape, device=card.device).mul(3).to(dtype) for _ in range(2))
        (w,) = card.to(make_weight("channels", shape[1], dtype))
        got = row.backward(g, x, w, 1, (False, True))[1]
        exact, error, allowed = sum_errors(got, row.weight_terms(g, x, w), 1)
        unit = "of what is allowed"
        yield judged("backward, weight", error / allowed, 1, got, exact, {"w": w}, unit)
        if x.numel() < 2**24:
            both = [results(row, g, g, x, w) for _ in range(2)]
            for i, (a, b) in enumerate(zip(*both, strict=True)):
                yield same(f"result {i}, again", a, b)

    yield f"sums, {name}", run
