"""Every operator and pass once, beside the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from accuracy import differences, mixed, special, tensors
from kernel_calls import PASSES, run
from parametric_accuracy import results, sum_errors
from rows import (
    GROUPWISE,
    PARAMETRIC,
    SETTINGS,
    GroupwiseRow,
    ParametricRow,
    PointwiseRow,
    make_weight,
)
from torch import Tensor

from gpu.card import Card
from gpu.check import Check, Item, Step, close, judged, same

DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64)
ELEMENTS = ("value", "backward, self", "double backward, grad_output", "double backward, self")
SUMS = ("backward, weight", "double backward, weight")


def steps(card: Card) -> Iterator[Step]:
    """Every operator with one type, then with the next."""
    for dtype in DTYPES:
        for case in SETTINGS:
            yield Step(case.operator, f"{case}, {dtype}", partial(pointwise, case, dtype))
        for row in PARAMETRIC:
            yield Step(row.operator, f"{row}, {dtype}", partial(parametric, row, dtype))
        for group in GROUPWISE:
            yield Step(group.operator, f"{group}, {dtype}", partial(groupwise, group, dtype))


def pointwise(case: PointwiseRow, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Numbers of all sizes; results that go elsewhere have the same bits."""
    inputs = tensors(dtype, card.size(20_000, 300))
    there = card.to(*inputs)
    named = dict(zip(("v", "g", "x"), inputs, strict=True))

    def beside_the_cpu(name: str) -> Iterator[Check]:
        both = run(case, name, *inputs), run(case, name, *there)
        for member, bound, error, want, got in differences(case, name, inputs, *both):
            yield judged(f"{name}, {member}", error, bound, got, want, named)

    for name in PASSES:
        yield name, partial(beside_the_cpu, name)
    x = there[-1]
    only = {"x": inputs[-1]}
    yield "out", lambda: [same("out", case.out(x, out=torch.empty_like(x)), case.forward(x), only)]
    yield "in place", lambda: [same("in place", case.inplace(x.clone()), case.forward(x), only)]


def parametric(row: ParametricRow, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """A single weight and one for each channel; masks."""
    for channels in (1, 7):
        numbers = torch.cat((special(dtype), torch.randn(card.size(10_000, 300)).mul(5).to(dtype)))
        x = numbers[: len(numbers) // channels * channels].view(-1, channels)
        w = make_weight("channels", channels, dtype)
        v, g = (torch.randn(x.shape).to(dtype) for _ in range(2))
        where = f"{channels} channels"
        yield f"elements, {where}", partial(_elements, row, card, where, v, g, x, w)
        x = torch.randn(card.size(2000, 20), channels, 5).mul(3).to(dtype)
        v, g = (torch.randn(x.shape).to(dtype) for _ in range(2))
        yield f"sums, {where}", partial(_sums, row, card, where, v, g, x, w)
        yield f"masks, {where}", partial(_masks, row, where, *card.to(v, g, x, w))
        there = card.to(x, w)
        yield f"out, {where}", partial(_elsewhere, row, where, *there)


def _elements(
    row: ParametricRow, card: Card, where: str, v: Tensor, g: Tensor, x: Tensor, w: Tensor
) -> Iterator[Check]:
    epsilon = torch.finfo(x.dtype).eps
    ordinary = x.double().abs() < 1e4
    each = w.expand_as(x)
    named = {"v": v, "g": g, "x": x, "w": each}
    named = {name: t[ordinary] for name, t in named.items()}
    both = results(row, *card.to(v, g, x, w))[:4], results(row, v, g, x, w)[:4]
    for what, got, want in zip(ELEMENTS, *both, strict=True):
        got = got.cpu()
        allowed = 64 * epsilon + 16 * epsilon * want[ordinary].double().abs()
        yield close(f"{what}, {where}", got[ordinary], want[ordinary], allowed, named)
        yield same(f"{what}, {where}: NaN", got.isnan().byte(), want.isnan().byte(), {"x": x})


def _sums(
    row: ParametricRow, card: Card, where: str, v: Tensor, g: Tensor, x: Tensor, w: Tensor
) -> Iterator[Check]:
    """Beside exact sums of terms, those of double backward from the kernels for float64."""
    got = results(row, *card.to(v, g, x, w))[4:]
    u, m, t = (a.double().flatten() for a in (v, g, x))
    b = w.double()[:, None].expand_as(x).reshape(-1)
    second = row.double_backward(u, b, m, t, b, 0)[2].view(x.shape)
    for what, sum_, terms in zip(SUMS, got, (row.weight_terms(g, x, w), second), strict=True):
        exact, error, allowed = sum_errors(sum_.cpu(), terms, 1)
        words = f"{what}, {where}"
        unit = "of what is allowed"
        yield judged(words, error / allowed, 1, sum_.cpu(), exact, {"w": w}, unit)


def _masks(
    row: ParametricRow, where: str, v: Tensor, g: Tensor, x: Tensor, w: Tensor
) -> Iterator[Check]:
    """A result has the same bits whatever else is computed with it."""
    first, second = row.backward(g, x, w), row.double_backward(v, w, g, x, w)
    for i in range(2):
        alone = row.backward(g, x, w, 1, [j == i for j in range(2)])[i]
        yield same(f"backward, only {i}, {where}", alone, first[i])
    for i in range(3):
        alone = row.double_backward(v, w, g, x, w, 1, [j == i for j in range(3)])[i]
        yield same(f"double backward, only {i}, {where}", alone, second[i])


def _elsewhere(row: ParametricRow, where: str, x: Tensor, w: Tensor) -> Iterator[Check]:
    want = row.forward(x, w)
    yield same(f"out, {where}", row.out(x, w, out=torch.empty_like(x)), want, {"x": x})
    yield same(f"in place, {where}", row.inplace(x.clone(), w), want, {"x": x})


def groupwise(row: GroupwiseRow, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """The bits of the CPU: groups side by side and apart, of every size that has its kernel."""
    for k in (1, 2, 3, 4, 5, 6, 7, 8, 16, 255):
        for dim in (0, 1):
            shape = [card.size(24, 3), card.size(40, 5)]
            shape[dim] *= k
            x = mixed(dtype, *shape)
            yield f"groups of {k}, {dim}", partial(_groups, row, card, x, k, dim)


def _groups(row: GroupwiseRow, card: Card, x: Tensor, k: int, dim: int) -> Iterator[Check]:
    where = f"groups of {k} along {dim}"
    (there,) = card.to(x)
    value, index = row.with_index(x, k, dim)
    got = row.with_index(there, k, dim)
    yield same(f"value, {where}", row.forward(there, k, dim), value)
    yield same(f"value with index, {where}", got[0], value)
    yield same(f"index, {where}", got[1], index)
    out = torch.empty_like(got[0])
    yield same(f"out, {where}", row.out(there, k, dim, out=out), value)
    g = torch.randn(value.shape).to(x.dtype)
    at = card.to(g, index)
    yield same(f"backward, {where}", row.backward(*at, k, dim), row.backward(g, index, k, dim))
    yield same(f"gather, {where}", row.gather(there, at[1], k, dim), row.gather(x, index, k, dim))
