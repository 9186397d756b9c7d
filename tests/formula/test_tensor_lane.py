"""The formulas' text on whole tensors, from which derivatives beyond the second are taken.

Its bound is wider than the kernels', as it rounds after every operation: TAIL units in the last
place, for rounded exponents in the tails, and FLUSHED of the smallest normal number besides; next
to roots a few epsilons of the largest value. Wherever a kernel gives a number, it gives one too.
"""

import functools
from collections.abc import Callable

import pytest
import torch
from accuracy import assert_within, float32_points, neighbours, special
from mpmath import mp
from nonlin._C import expression, parametric_expression
from nonlin.testing import NEAR, ParametricJet, spacing, ulp_error
from nonlin.testing.roots import Numbers
from parametric_accuracy import AT_WEIGHTS
from rows import MEMBERS, OPERATORS, SETTINGS, PointwiseRow
from torch import Tensor
from torch.autograd import grad
from torch.func import grad as func_grad
from torch.func import jacrev, jvp, vmap

pytestmark = pytest.mark.smoke
DTYPES = (torch.float32, torch.float64)

TAIL = {torch.float32: 512, torch.float64: 2048}
FLUSHED = 1 / 64
AT_ROOTS = {"slope": 4, "curvature": 4, "third": 16}  # in epsilons of the largest value


def lane(setting: PointwiseRow, member: str, x: Tensor) -> Tensor:
    if member != "third":
        return expression(setting.operator, member, x, setting.parameters)
    one, x = torch.ones_like(x), x.detach().requires_grad_()
    curvature = setting.double_backward(one, one, x)[1]
    return grad(curvature.sum(), x)[0] if curvature.requires_grad else torch.zeros_like(x)


@functools.cache
def third_on_grid(setting: PointwiseRow) -> tuple[Tensor, Tensor]:
    scale = torch.logspace(-3, 2, 4001, dtype=torch.float64)
    grid = torch.cat((-scale.flip(0), scale)).requires_grad_()
    y = setting.expression(grid)
    for _ in range(3):
        linear = not y.requires_grad
        y = torch.zeros_like(grid) if linear else grad(y.sum(), grid, create_graph=True)[0]
    return grid.detach(), y.detach().nan_to_num(0, 0, 0)


@functools.cache
def reach(setting: PointwiseRow) -> float:
    """How far from 0 the roots of f‴ are felt, between which its terms cancel.

    That of its outermost root; of one at 0 itself, its next extremum.
    """
    grid, y = third_on_grid(setting)
    through = y[1:] * y[:-1] < 0
    change = grid[1:][through].abs()
    if not len(change):
        return 0.0
    right = y[grid > 0].abs()
    falls = right[1:] < right[:-1]
    first = int(falls.nonzero()[0]) if change.amin() < 0.002 and falls.any() else 0
    return max(change.amax().item() * (1 + NEAR), grid[grid > 0][first].item())


def forgiven(setting: PointwiseRow, member: str, x: Tensor) -> Tensor:
    """The absolute error allowed next to roots."""
    near = torch.zeros(x.shape, dtype=torch.bool)
    if member == "third":
        y = third_on_grid(setting)[1]
        near = x.abs() <= reach(setting)
    else:
        y = getattr(setting.jet(torch.linspace(-10, 10, 1001, dtype=torch.float64)), member)
        for root in setting.roots(member) if member != "value" else ():
            near |= (x.double() - root).abs() < NEAR * abs(root)
    info = torch.finfo(x.dtype)
    roots = AT_ROOTS.get(member, 0) * info.eps * y.abs().max() * near
    return roots + FLUSHED * info.tiny


def assert_bound(
    setting: PointwiseRow,
    member: str,
    x: Tensor,
    got: Tensor,
    exact: tuple[Tensor, ...],
    where: str = "lane",
) -> None:
    error = ulp_error(got, exact if len(exact) > 1 else exact[0])
    slack = forgiven(setting, member, x) / spacing(exact[0], x.dtype)
    error = (error - slack).clamp(min=0)
    assert_within(TAIL[x.dtype], error, f"{setting} {member}", x, got, exact[0], where)


def sample(setting: PointwiseRow) -> Tensor:
    """In float64: the middle, the tails, all sizes, and the neighbours of roots."""
    random = torch.rand(220, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    roots = [root for member in MEMBERS[1:] for root in setting.roots(member)]
    parts = [random[:80] * 40 - 20, random[80:160] * 1490 - 745, random[160:] * 40 - 40]
    parts += [s * torch.logspace(-300, 2, 20, dtype=torch.float64) for s in (1, -1)]
    return torch.cat(parts + [neighbours(root, 2, torch.float64) for root in roots])


def test_float32(setting):
    x = float32_points(setting)
    x = x[~x.isnan()]
    for member in MEMBERS:
        exact = getattr(setting.jet(x), member)
        assert_bound(setting, member, x, lane(setting, member, x), (exact,))


def test_float64(setting):
    x = sample(setting)
    for member, exact in setting.exact_jet(x).items():
        assert_bound(setting, member, x, lane(setting, member, x), exact)


def test_third_derivative(setting):
    for dtype in DTYPES:
        x = sample(setting).to(dtype)
        exact = setting.third_derivative(x)
        assert_bound(setting, "third", x, lane(setting, "third", x), (exact,))


def test_special_values(setting):
    """What the kernels give: limits at infinity, of a zero the sign too, and NaN for NaN alone."""
    for dtype in DTYPES:
        x = special(dtype)
        for member in MEMBERS:
            got, kernel = lane(setting, member, x), setting.computed(member, x)
            where = f"{setting} {member}, {dtype}, lane: {got.tolist()}, not {kernel.tolist()}"
            assert not got[:-1].isnan().any(), where
            least = torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps
            same = torch.isclose(got, kernel, rtol=1e-5, atol=least, equal_nan=True)
            if member == "value":
                same[:-1] &= got[:-1].signbit() == kernel[:-1].signbit()
            assert same.all(), where


def numeric(setting: PointwiseRow, x: Tensor, order: int) -> Tensor:
    """A derivative of the definition, by mpmath; at infinity 0, as all beyond the second are."""
    arguments = setting.row.rounded_arguments(x.dtype, **dict(setting.options))
    found = []
    with mp.workprec(1200):
        for at in x.double().tolist():
            piece, step = setting.row.definition(Numbers(), at, *arguments), mp.ldexp(1, -1210)
            if mp.isfinite(at):
                step *= mp.ldexp(1, max(0, mp.mag(at)))
                found.append(float(mp.diff(piece, mp.mpf(at), order, h=step)))
            else:
                found.append(0.0)
    return torch.tensor(found, dtype=torch.float64)


def test_higher_orders_have_limits(setting):
    """No 0·∞ in the derivatives of the text, reverse or forward: far away they are what they are.

    That is 0, or in algebraic tails a number, which the tails of the text are as close to as ever.
    """
    for dtype in DTYPES:
        far = torch.tensor([-1e30, -1e4, 1e4, 1e30], dtype=dtype)
        x = torch.cat([special(dtype)[:-1], far])
        ones, f = torch.ones_like(x), setting.forward
        orders = [f(x.requires_grad_())]
        for _ in range(5):
            y = orders[-1]
            orders += grad(y.sum(), x, create_graph=True) if y.requires_grad else [0 * ones]
        x = x.detach()
        second = func_grad(func_grad(f))
        results = [
            *((f"order {order}", order, orders[order]) for order in (3, 4, 5)),
            ("grad of grad of grad", 3, vmap(func_grad(second))(x)),
            ("jvp of grad of grad", 3, jvp(vmap(second), (x,), (ones,))[1]),
            ("jacrev", 3, vmap(jacrev(jacrev(jacrev(f))))(x)),
        ]
        distant = x.abs() > 9999
        exact = {order: numeric(setting, x[distant], order) for order in (3, 4, 5)}
        for name, order, y in results:
            where = f"{setting}, {dtype}, {name}"
            assert y.isfinite().all(), f"{where}: {y.tolist()}"
            got, want, at = y[distant].detach(), exact[order], x[distant]
            error = ulp_error(got, want)
            error = torch.where(want.to(dtype) == 0, got.double().abs() * torch.inf, error)
            error = error.nan_to_num(nan=0.0, posinf=torch.inf)  # 0·∞ where both are 0
            assert_within(TAIL[dtype], error, where, at, got, want, "far away")


@pytest.mark.parametrize("function", AT_WEIGHTS, ids=str)
def test_parametric(function):
    """All members next to the kernels, whose accuracy other tests hold; NaN where they have it."""
    for dtype in DTYPES:
        x = torch.cat([torch.linspace(-60, 60, 4001, dtype=dtype), special(dtype)])
        w, info = torch.full_like(x, function.weight), torch.finfo(dtype)
        for member in ParametricJet._fields:
            got = parametric_expression(function.row.operator, member, x, w)
            kernel = function.computed(member, x)
            absolute = 8 * info.eps * kernel[x.abs() < 20].abs().max()
            tails = x.abs() > 20
            for name, part, atol in ("tails", tails, info.tiny), ("middle", ~tails, absolute):
                torch.testing.assert_close(
                    got[part],
                    kernel[part],
                    rtol=TAIL[dtype] * info.eps,
                    atol=float(atol),
                    equal_nan=True,
                    msg=lambda text, where=f"{function} {member}, {dtype}, {name}": (
                        f"{where}: {text}"
                    ),
                )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_parametric_third_derivatives_at_infinity(dtype):
    """All eight are 0, as β² and x³ stay below z = e^(−|βx|)."""
    for weight in (1.0, 0.3, -1.702):
        x = torch.tensor([-torch.inf, torch.inf], dtype=dtype, requires_grad=True)
        w = torch.full_like(x, weight).requires_grad_()
        rows = [torch.ops.nonlin.parametric_swish(x, w, 0)]
        for _ in range(3):
            rows = [d for y in rows for d in grad(y.sum(), (x, w), create_graph=True)]
        assert len(rows) == 8
        assert not torch.stack(rows).any(), f"weight {weight}: {[row.tolist() for row in rows]}"


@pytest.mark.usefixtures("fresh_compiler")
def test_fused():
    """A compiler fuses the text of third derivatives and keeps its bound."""
    x = torch.cat([float32_points(SETTINGS[0])[::4096], special(torch.float32)])
    x = x[~x.isnan()]

    def differentiated(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return func_grad(lambda t: f(t).sum())

    def third(x: Tensor) -> list[Tensor]:
        return [differentiated(differentiated(differentiated(op.forward)))(x) for op in OPERATORS]

    finite = x.isfinite()
    for operator, got in zip(OPERATORS, torch.compile(third, fullgraph=True)(x), strict=True):
        exact = lane(operator, "third", x[finite].double())
        assert_bound(operator, "third", x[finite], got[finite], (exact,), "compiled")
        assert not got[~finite].any(), f"{operator} at ±∞: {got[~finite].tolist()}"
