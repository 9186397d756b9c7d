"""The references that judge kernels are judged: float64 by MPFR, its derivatives by mpmath's."""

import pytest
import torch
from accuracy import assert_within, neighbours
from mpmath import mp
from nonlin.reference import NEAR, ParametricJet, definitions, partials, spacing, ulp_error
from rows import MEMBERS

POINTS = 200_000  # for each row of the catalogue
SLACK = 1e-15
# Where f_x, and where f_xx and f_xw vanish, in terms of wx.
ROOT, BEND = -1.2784645427610738, 2.3993572805154
ROW = pytest.mark.parametrize("row", partials.values(), ids=lambda row: row.operator)


def points(count: int) -> torch.Tensor:
    """Random bits of finite numbers, the middle and the tails."""
    bits = torch.randint(-(2**31), 2**31, (count // 2,)).to(torch.int32).view(torch.float32)
    middle, tail = torch.rand(count // 4) * 60 - 30, torch.rand(count // 4) * 140 - 125
    return torch.cat([bits[bits.isfinite()], middle, tail])


def test_reference(case):
    """Good to a thousandth of a float32 unit; absolute next to the roots of the curvature."""
    roots = [r for member in MEMBERS[1:] for r in case.roots(member)]
    x = torch.cat([points(POINTS // len(case.row.options)), *(neighbours(r, 512) for r in roots)])
    exact = case.exact_jet(x)
    for member, got in case.jet(x)._asdict().items():
        high, low = exact[member]
        error = ((got - high) - low).abs()
        for root in case.roots(member) if member == "curvature" else ():
            near = (x.double() / root - 1).abs() < NEAR
            error = torch.where(near, error - SLACK, error).clamp(min=0)
        error /= spacing(high, torch.float32)
        assert_within(1e-3, error, f"{case} {member}", x, got, high, "reference")


@ROW
def test_partial_derivatives(row):
    """The same, with a weight as the second variable."""
    for weight in (*row.weights, 3e-5, -41.0, None):
        x = points(POINTS // (len(row.weights) + 3))
        if weight is None:
            w = torch.exp2(torch.rand(x.shape) * 27 - 20) * torch.randn(x.shape).sign()
        else:
            if weight:
                x = torch.cat([x, *(neighbours(z / weight, 512) for z in (ROOT, BEND, -BEND))])
            w = torch.full_like(x, weight)
        exact = row.exact_jet(x, w)
        for member, got in row.jet(x, w)._asdict().items():
            high, low = exact[member]
            error = ((got - high) - low).abs()
            if member in ("xx", "xw"):
                near = ((w.double() * x).abs() / BEND - 1).abs() < NEAR
                error -= SLACK * near * (w if member == "xx" else x).double().abs()
            error = error.clamp(min=0) / spacing(high, torch.float32)
            worst = f"{row.operator} {member}, weight {w[error.argmax()]}"
            assert_within(1e-3, error, worst, x, got, high, "reference")


def assert_derivative(high: float, low: float, exact: mp.mpf, name: str) -> None:
    """To 80 bits, or as float64 rounds what is subnormal."""
    error = abs(mp.mpf(high) + mp.mpf(low) - exact)
    assert error <= max(abs(exact) * mp.mpf(2) ** -80, mp.mpf(2) ** -1074), (
        f"{name}: Taylor series give {high!r} + {low!r}, numeric differentiation {mp.nstr(exact)}"
    )


NUMBERS = (-740.0, -37.5, -11.25, -1.75, -1e-300, 0.5, 3.0, 29.0, 33.5)


def test_taylor_series(case):
    """Value and three derivatives against mpmath's numeric differentiation."""
    arguments = case.row.rounded_arguments(torch.float64, **dict(case.options))
    roots = [root for member in MEMBERS[1:] for root in case.roots(member)]
    x = torch.tensor([*NUMBERS, *roots], dtype=torch.float64)
    got = definitions.derivatives(case.row.definition, 3, x, arguments)
    with mp.workprec(1200):  # −1 + 2⁻¹⁰⁷⁴ has a slope that float64 can hold
        for index, at in enumerate(x.tolist()):
            piece = case.row.definition(mp, at, *arguments)
            for order, (high, low) in enumerate(got):
                exact = mp.diff(piece, at, order) if order else piece(mp.mpf(at))
                name = f"{case}, derivative {order} at x = {at!r}"
                assert_derivative(high[index].item(), low[index].item(), exact, name)


@ROW
def test_taylor_series_in_two_variables(row):
    x = torch.tensor(NUMBERS, dtype=torch.float64)
    orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    for weight in row.weights:
        exact = row.exact_jet(x, torch.full_like(x, weight))
        with mp.workprec(1200):
            for index, at in enumerate(x.tolist()):
                piece, place = row.definition(mp, at), (mp.mpf(at), mp.mpf(weight))
                for member, order in zip(ParametricJet._fields, orders, strict=True):
                    wanted = mp.diff(piece, place, order) if any(order) else piece(*place)
                    high, low = (part[index].item() for part in exact[member])
                    name = f"{row.operator} {member} at x = {at!r}, weight {weight}"
                    assert_derivative(high, low, wanted, name)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_units(dtype):
    """The measure itself: neighbours are one unit apart, on both sides of a power of two."""
    info = torch.finfo(dtype)
    below, above = 1 - info.eps / 2, 1 + info.eps
    least = info.tiny * info.eps
    got = torch.tensor([below, 1.0, above, 0.0, least, info.max, torch.inf, torch.nan], dtype=dtype)
    want = [1.0, below, 1.0, least, 0.0, info.max * (1 - info.eps / 2), info.max, torch.nan]
    error = ulp_error(got, torch.tensor(want, dtype=torch.float64))
    assert error[:5].tolist() == [0.5, 1.0, 1.0, 1.0, 1.0]
    assert 0.5 <= error[5] <= 1.0 and error[6] == torch.inf and error[7] == 0
    assert ulp_error(got[:1], torch.tensor([torch.nan], dtype=torch.float64)) == torch.inf
