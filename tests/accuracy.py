"""Judging results by their units in the last place, and the inputs at which to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import torch
from device import on_cpu
from nonlin.testing import spacing, ulp_error
from rows import HALVES, MEMBERS, PointwiseRow
from torch import Tensor


class Setting(Protocol):
    """A function of x whose values are judged: a pointwise row, or a parametric one at a weight."""

    MEMBERS: tuple[str, ...]  # the function and its derivatives
    seams: tuple[float, ...]  # where one of them jumps

    def computed(self, member: str, x: Tensor) -> Tensor: ...
    def bounds(self, x: Tensor) -> Mapping[str, float]: ...
    def jet(self, x: Tensor) -> tuple[Tensor, ...]: ...
    def exact_jet(self, x: Tensor) -> dict[str, tuple[Tensor, Tensor]]: ...
    def limits(self, dtype: torch.dtype) -> dict[str, tuple[float, float]]: ...
    def at_zeros(self, dtype: torch.dtype) -> tuple[float, float]: ...
    def roots(self, member: str) -> tuple[float, ...]: ...
    def constants(self, member: str, dtype: torch.dtype) -> Tensor: ...
    def forgiven(self, member: str, x: Tensor) -> Tensor: ...
    def misrounded(self, member: str, dtype: torch.dtype) -> int: ...


INTEGERS = {torch.float64: torch.int64, torch.float32: torch.int32}
INTEGERS |= dict.fromkeys(HALVES, torch.int16) | {torch.uint8: torch.uint8}


def bits(x: Tensor) -> Tensor:
    return x.contiguous().view(INTEGERS[x.dtype])


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Bit for bit, where one NaN is as good as another."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(((bits(a) == bits(b)) | (a.isnan() & b.isnan())).all())


def copied(a: Tensor, b: Tensor) -> bool:
    """Bit for bit, of NaN too: nothing is computed."""
    return a.shape == b.shape and torch.equal(bits(a), bits(b))


def assert_same_bits(got: tuple[Tensor, ...], want: tuple[Tensor, ...], where: str) -> None:
    """On whatever devices they are."""
    for i, (a, b) in enumerate(zip(got, want, strict=True)):
        assert same_bits(a.cpu(), b.cpu()), f"{where}, {a.dtype}, result {i}: the bits differ"


def assert_accurate(
    setting: Setting,
    member: str,
    x: Tensor,
    computed: Tensor,
    exact: Tensor | tuple[Tensor, Tensor],
    where: str,
) -> None:
    """Within the bounds of the setting, and right at NaN."""
    x = x.cpu()
    assert_right_at_nan(setting, member, computed.cpu()[x.isnan()], where)
    high = exact[0] if isinstance(exact, tuple) else exact
    error = ulp_error(computed, exact) - setting.forgiven(member, x) / spacing(high, x.dtype)
    error = error.nan_to_num(nan=torch.inf).clamp(min=0).masked_fill(x.isnan(), 0)
    bound = setting.bounds(computed)[member]
    assert_within(bound, error, f"{setting} {member}", x, computed, high, where)


def assert_right_at_nan(setting: Setting, member: str, found: Tensor, where: str) -> None:
    """NaN for NaN. A derivative that is constant between kinks may be such a constant instead."""
    constants = setting.constants(member, found.dtype)
    right = found.isnan() | torch.isin(found.double(), constants.double())
    assert right.all(), (
        f"{setting} {member}, {found.dtype}, {where}: at NaN it is {found[~right][0].item()!r}, "
        f"not NaN" + (f" nor one of {constants.tolist()}" if len(constants) else "")
    )


def differences(
    setting: PointwiseRow,
    name: str,
    inputs: tuple[Tensor, ...],
    here: tuple[Tensor, ...],
    there: tuple[Tensor, ...],
) -> Iterator[tuple[str, float, Tensor, Tensor, Tensor]]:
    """Of a pass on the CPU and on a device: member, bound, error in ULP, and both results.

    The bound is the sum of both; a gradient factor adds a rounding on each side.
    """
    v, g, x = inputs
    members = {"value": MEMBERS[:1], "backward": MEMBERS[1:2], "double_backward": MEMBERS[1:]}
    factors = {"value": 1 + 0 * v, "backward": g, "double_backward": v.double() * g.double()}
    for member, a, b in zip(members[name], here, there, strict=True):
        slack = 2 * factors[name].double().abs() * setting.forgiven(member, x)
        error = ulp_error(b.cpu(), a.double()) - slack / spacing(a.double(), x.dtype)
        bound = setting.bounds(a)[member] + setting.bounds(b)[member] + 4
        bound = 1 if x.dtype in HALVES else bound
        yield member, bound, error.nan_to_num(nan=torch.inf).clamp(min=0), a, b.cpu()


def assert_within(
    bound: float, error: Tensor, name: str, x: Tensor, computed: Tensor, exact: Tensor, where: str
) -> None:
    worst = int(error.argmax())
    assert error[worst] <= bound, (
        f"{name}, {x.dtype}, {where}: "
        f"{int((error > bound).sum())} of {x.numel()} inputs exceed {bound} ULP; "
        f"worst {error[worst]:.4g} ULP at x = {x[worst].item()!r}: "
        f"got {computed[worst].item()!r}, exact {exact[worst].item()!r}"
    )


def every(dtype: torch.dtype) -> Tensor:
    """All inputs of a 16-bit type, infinities and NaN included."""
    return torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(dtype)


def special(dtype: torch.dtype) -> Tensor:
    """Zero, the least and the largest numbers, infinity, all with both signs, and NaN last."""
    info = torch.finfo(dtype)
    positive = [0.0, info.tiny * info.eps, info.tiny, info.eps, 1.0, info.max, torch.inf]
    return torch.tensor([*positive, *(-p for p in positive), torch.nan], dtype=dtype)


def tensors(dtype: torch.dtype, size: int) -> tuple[Tensor, ...]:
    """v, g, x: x of all sizes, with special values strewn in."""
    x = torch.randn(size, dtype=torch.float64) * torch.logspace(-3, 1.5, size, dtype=torch.float64)
    x = x.to(dtype)
    values = special(dtype)
    x[:: max(1, size // len(values)) + 1] = values[: len(x[:: max(1, size // len(values)) + 1])]
    return torch.randn(size).to(dtype), torch.randn(size).to(dtype), x


def mixed(dtype: torch.dtype, *shape: int) -> Tensor:
    """Numbers of which many are equal, both zeros, infinities, NaN."""
    x = torch.randn(shape).mul(2).round().to(dtype)
    zeros = torch.rand(shape) < 0.2
    x = torch.where(zeros, torch.copysign(torch.zeros((), dtype=dtype), torch.randn(shape)), x)
    for value in (torch.nan, torch.inf, -torch.inf):
        x[torch.rand(shape) < 0.01] = value
    return x.to(dtype)


def neighbours(point: float, count: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """The numbers of `dtype` around a point other than 0."""
    middle = torch.tensor(point, dtype=dtype).view(INTEGERS[dtype])
    return (middle + torch.arange(-count, count + 1, dtype=INTEGERS[dtype])).view(dtype)


@on_cpu
def float32_points(setting: Setting) -> Tensor:
    """Random bit patterns; the middle; tails; neighbours of roots, seams and likely seams."""
    generator = torch.Generator().manual_seed(0)
    patterns = torch.randint(-(2**31), 2**31, (2**19,), generator=generator, dtype=torch.int64)
    uniform = torch.rand(2**18, generator=generator)
    exponents = torch.exp2(uniform[: 2**16] * 160 - 140)
    parts = [
        patterns.to(torch.int32).view(torch.float32),
        uniform * 40 - 20,
        uniform[: 2**17] * 120 - 120,
        uniform[: 2**16] * 12 - 16,
        exponents,
        -exponents,
        special(torch.float32),
    ]
    roots = [root for member in setting.MEMBERS for root in setting.roots(member)]
    parts += [neighbours(root, 4096) for root in roots]
    parts += [neighbours(seam, 256) for seam in setting.seams if seam]
    edges = [2.0**k for k in range(-24, 8)] + [14.8, 15.0, 20.0, 88.0, 88.72, 104.0, 125.0]
    parts += [neighbours(sign * edge, 64) for edge in edges for sign in (1, -1)]
    return torch.cat(parts)


@on_cpu
def smooth_points(setting: Setting) -> Tensor:
    """For finite differences: both tails, both sides of 0 and of each seam, but not next to one."""
    sides = [seam + side for seam in setting.seams for side in (-0.25, 0.25)]
    x = torch.tensor([-9.0, -3.1, -1.3, -0.6, -0.2, 0.3, 1.1, 2.6, 7.0, *sides]).double()
    near = [(x - seam).abs() < 0.05 for seam in setting.seams]
    return x[~torch.stack(near).any(0)] if near else x
