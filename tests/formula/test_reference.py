"""The references that judge kernels are judged: float64 by MPFR, its derivatives by mpmath's."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from accuracy import assert_within, neighbours, special
from mpmath import mp
from nonlin.testing import NEAR, ParametricJet, spacing, ulp_error
from nonlin.testing.evaluation import exact as derivatives
from nonlin.testing.pieces import Definition, Piece, either
from nonlin.testing.roots import Numbers
from parametric_accuracy import LEARNED

POINTS = 16_000  # for each row of the catalogue
SLACK = 1e-15
# Where f_x, and where f_xx and f_xw vanish, in terms of wx.
ROOT, BEND = -1.2784645427610738, 2.3993572805154
ROW = pytest.mark.parametrize("row", LEARNED.values(), ids=lambda row: row.operator)


def points(count: int) -> torch.Tensor:
    """Random bits of finite numbers, the middle and the tails."""
    bits = torch.randint(-(2**31), 2**31, (count // 2,)).to(torch.int32).view(torch.float32)
    middle, tail = torch.rand(count // 4) * 60 - 30, torch.rand(count // 4) * 140 - 125
    return torch.cat([bits[bits.isfinite()], middle, tail])


def test_reference(setting):
    """Good to a thousandth of a float32 unit; absolute next to the roots of the curvature.

    At all exponents of float64, too, and at infinity what the definition tends to.
    """
    roots = [r for member in setting.MEMBERS for r in setting.roots(member)]
    near = [neighbours(r, 128) for r in roots] + [neighbours(r, 8) for r in setting.seams if r]
    wide = torch.randint(-(2**63), 2**63 - 1, (POINTS // 8,)).view(torch.float64)
    edges = special(torch.float64)
    single = torch.cat([points(POINTS // len(setting.row.options)), *near])
    for x in (single, torch.cat([wide, edges])):
        x = x[x.isfinite()]
        exact = setting.exact_jet(x)
        for member, got in setting.jet(x)._asdict().items():
            high, low = exact[member]
            error = ((got - high) - low).abs()
            for root in setting.roots(member) if member == "curvature" else ():
                close = (x.double() / root - 1).abs() < NEAR
                error = torch.where(close, error - SLACK, error).clamp(min=0)
            error = error / spacing(high, torch.float32)
            error = torch.where(got == high, 0.0, error)  # both infinite, too
            assert_within(1e-3, error, f"{setting} {member}", x, got, high, "reference")
    for member, got in setting.jet(edges[edges.isinf()].flip(0))._asdict().items():
        want = torch.tensor(setting.limits(torch.float64)[member], dtype=torch.float64)
        assert torch.equal(got, want), (
            f"{setting} {member}, reference: in float64 {got.tolist()} at ±∞, by its definition "
            f"{want.tolist()}"
        )


def test_textbook(setting):
    """PyTorch's own operators say the same, to what they round."""
    x = torch.linspace(-20, 20, 1601, dtype=torch.float64)
    got, want = setting.expression(x), setting.jet(x).value
    torch.testing.assert_close(
        got,
        want,
        rtol=1e-11,
        atol=1e-15,
        msg=lambda text: f"{setting}, reference: `textbook` is another function: {text}",
    )


@ROW
def test_partial_derivatives(row):
    """The same, with a weight as the second variable."""
    for weight in (*row.values, 3e-5, -41.0, None):
        x = points(POINTS // (len(row.values) + 3))
        if weight is None:
            w = torch.exp2(torch.rand(x.shape) * 27 - 20) * torch.randn(x.shape).sign()
        else:
            if weight:
                x = torch.cat([x, *(neighbours(z / weight, 128) for z in (ROOT, BEND, -BEND))])
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
    """To 80 bits, or as float64 rounds what is subnormal or too large."""
    if abs(exact) >= mp.mpf(2) ** 1024:
        assert math.isinf(high) and (high > 0) == (exact > 0), f"{name}, reference: {high!r}"
        return
    error = abs(mp.mpf(high) + mp.mpf(low) - exact)
    assert error <= max(abs(exact) * mp.mpf(2) ** -80, mp.mpf(2) ** -1074), (
        f"{name}: the reference is wrong, not a kernel. By Taylor series its definition gives "
        f"{high!r} + {low!r}, by numeric differentiation {mp.nstr(exact)}: write it so that no "
        "term of a derivative cancels (python/nonlin/testing/definitions.py)"
    )


NUMBERS = (-740.0, -37.5, -11.25, -1.75, -1e-300, 0.5, 3.0, 29.0, 33.5)
# All exponents of float64, as far apart as bits are in its numbers.
EXPONENTS = (*range(-1074, 1024, 53), -1022, 1023)
BITS = 1200  # of mpmath: −1 + 2⁻¹⁰⁷⁴ has a slope that float64 can hold


def differentiated(piece: Callable, at: float, order: int) -> mp.mpf:
    """In steps as small beside |x| as beside 1."""
    size = max(0, mp.mag(at)) if at else 0
    return mp.diff(piece, at, order, h=mp.ldexp(1, size - BITS - 10)) if order else piece(at)


def assert_definition(
    name: str, definition: Definition, arguments: tuple[float, ...], x: list[float]
) -> None:
    """Value and three derivatives against mpmath's numeric differentiation."""
    got = derivatives(definition, 3, arguments, torch.tensor(x, dtype=torch.float64))
    with mp.workprec(BITS):
        for index, at in enumerate(x):
            value = definition(Numbers(), at, *arguments)
            surrogate = getattr(definition, "surrogate", definition)
            piece = surrogate(Numbers(), at, *arguments)
            for order, (high, low) in enumerate(got):
                exact = differentiated(piece if order else value, mp.mpf(at), order)
                where = f"{name}, derivative {order} at x = {at!r}"
                assert_derivative(high[index].item(), low[index].item(), exact, where)


def test_definition(setting):
    arguments = setting.row.rounded_arguments(torch.float64, **dict(setting.options))
    roots = [root for member in setting.MEMBERS for root in setting.roots(member)]
    powers = [sign * 1.5 * 2.0**e for e in EXPONENTS for sign in (1, -1)]
    x = [*NUMBERS, *roots, *setting.seams, *powers]
    assert_definition(str(setting), setting.row.definition, arguments, x)


def test_a_definition_that_cancels_is_refused():
    """r − x·r², the derivative of x·r, loses all its bits where x is larger than they are many."""

    def cancels(mp: Any, at: Any) -> Piece:
        return either(at > 0, lambda x: x / (1 + x), lambda x: x / (1 - x))

    def does_not(mp: Any, at: Any) -> Piece:
        return either(at > 0, lambda x: 1 - 1 / (1 + x), lambda x: 1 / (1 - x) - 1)

    x = [sign * 1.5 * 2.0**e for e in EXPONENTS for sign in (1, -1)]
    with pytest.raises(AssertionError, match="the reference is wrong, not a kernel"):
        assert_definition("planted", cancels, (), x)
    assert_definition("planted", does_not, (), [at for at in x if abs(at) > 1e-9])


@ROW
def test_definition_in_two_variables(row):
    # Beyond these, mpmath's steps are too long for derivatives by the weight, which grow as x³.
    powers = [sign * 1.5 * 2.0**e for e in EXPONENTS[::4] if e < 500 for sign in (1, -1)]
    x = torch.tensor((*NUMBERS, *powers), dtype=torch.float64)
    orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    for weight in row.values:
        exact = row.exact_jet(x, torch.full_like(x, weight))
        with mp.workprec(2 * BITS):
            for index, at in enumerate(x.tolist()):
                piece, place = row.definition(Numbers(), at), (mp.mpf(at), mp.mpf(weight))
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
