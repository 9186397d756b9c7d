"""Errors of functions of x and a weight: of elements in units in the last place, and of sums."""

from __future__ import annotations

import torch
from device import on_cpu
from nonlin.reference import ParametricJet, Partials, spacing, ulp_error
from rows import ParametricRow
from torch import Tensor

MEMBERS = ParametricJet._fields
# Batch, channels and what is inside of them: every arrangement of the sums, many slices.
LARGE = {
    "images": (64, 32, 56, 56),
    "small odd images": (300, 40, 7, 7),
    "more channels than a grid is high": (2, 70_001, 17),
    "three inside": (3000, 100, 3),
    "one weight": (1_000_003, 1),
    "rows": (20_000, 256),
    "odd rows": (20_000, 67),
    "three channels": (300_000, 3),
    "very many channels": (5, 200_000),
}
# Worst error of swish in units in the last place; prelu rounds once.
BOUNDS = {
    torch.float64: dict(zip(MEMBERS, (2, 4, 3, 5, 5, 5), strict=True)),
    torch.float32: dict(zip(MEMBERS, (2, 4, 4, 5, 4, 6), strict=True)),
    torch.float16: dict.fromkeys(MEMBERS, 0.501),
    torch.bfloat16: dict.fromkeys(MEMBERS, 0.501),
}
# Roots of f_x, and of f_xx and f_xw, in terms of βx. Within a 2¹⁰th of the former and an 8th of the
# latter an absolute error is allowed besides: for f_x ε²/128, as βx is known with two ε's, and ε
# where only 8 bits count; for f_xx and f_xw ε/2 of the largest value that they have at this β or x.
SLOPE_ROOT, BEND_ROOT = -1.2784645427610738, 2.3993572805154
# Of the sum of the terms' absolute values.
SUMS = {torch.float64: 1e-14, torch.float32: 1e-6, torch.float16: 2**-10, torch.bfloat16: 2**-7}


@on_cpu
def forgiven(row: Partials, member: str, x: Tensor, w: Tensor) -> Tensor:
    if row.name == "prelu" or member not in ("x", "xx", "xw"):
        return torch.zeros(x.shape, dtype=torch.float64)
    z = x.double() * w.double()
    epsilon = torch.finfo(torch.promote_types(x.dtype, torch.float32)).eps
    if member == "x":
        absolute = epsilon if x.dtype == torch.bfloat16 else epsilon**2 / 128
        return absolute * ((z / SLOPE_ROOT - 1).abs() < 2**-10)
    largest = (w if member == "xx" else x).double().abs() / 2
    return torch.where((z.abs() / BEND_ROOT - 1).abs() < 0.125, epsilon / 2 * largest, 0.0)


def computed(row: Partials, member: str, x: Tensor, w: Tensor) -> Tensor:
    """What the kernels of x's type give."""
    value, backward, double_backward = (
        getattr(torch.ops.nonlin, row.operator + kind)
        for kind in ("", "_backward", "_double_backward")
    )
    one = torch.ones_like(x)
    if member == "value":
        return value(x, w, 0)
    if member in ("x", "w"):
        return backward(one, x, w, 0, [member == "x", member == "w"])[member == "w"]
    by_x, by_w = (one, None) if member == "xx" else (None, one)
    last = member == "ww"
    return double_backward(by_x, by_w, one, x, w, 0, [False, not last, last])[1 + last]


def errors(
    row: Partials,
    member: str,
    x: Tensor,
    w: Tensor,
    got: Tensor,
    exact: Tensor | tuple[Tensor, Tensor],
) -> tuple[float, Tensor]:
    """The bound, and the error at each x, both in ULP."""
    high = exact[0] if isinstance(exact, tuple) else exact
    slack = forgiven(row, member, x, w) / spacing(high, x.dtype)
    bound = 0.5 if row.name == "prelu" else BOUNDS[x.dtype][member]
    return bound, (ulp_error(got, exact) - slack).clamp(min=0)


def results(
    parametric: ParametricRow, v: Tensor, g: Tensor, x: Tensor, w: Tensor, dim: int = 1
) -> tuple[Tensor, ...]:
    """Everything there is: four with an element for each of x, two sums."""
    first = parametric.backward(g, x, w, dim)
    second = parametric.double_backward(v, w, g, x, w, dim)
    return parametric.forward(x, w, dim), first[0], *second[:2], first[1], second[2]


def sum_errors(got: Tensor, terms: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of the gradient of a weight: the exact sums of its terms, errors, and what is allowed."""
    others = [d for d in range(terms.dim()) if got.numel() == 1 or d != dim % terms.dim()]
    exact, most = (t.sum(others).view(got.shape) if others else t for t in (terms, terms.abs()))
    info = torch.finfo(got.dtype)
    least = info.smallest_normal * info.eps  # a sum may be subnormal
    allowed = most * SUMS[got.dtype] + least
    return exact.flatten(), (got.double() - exact).abs().flatten(), allowed.flatten()
