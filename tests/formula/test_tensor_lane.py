"""The formulas' text on whole tensors, from which derivatives beyond the second are taken.

Its bound is the textbook's, as it rounds after every operation: TAIL units in the last place, for
rounded exponents in the tails, and FLUSHED of the smallest normal number besides; next to roots a
few epsilons of the largest value. Wherever a kernel gives a number, it gives one too.
"""

import functools

import pytest
import torch
from accuracy import assert_within, float32_points, neighbours, special
from nonlin._C import expression, parametric_expression
from nonlin.reference import NEAR, ParametricJet, partials, spacing, ulp_error
from parametric_accuracy import computed
from rows import MEMBERS, OPERATORS, SETTINGS, PointwiseRow
from torch import Tensor
from torch.autograd import grad
from torch.func import grad as func_grad
from torch.func import jacrev, jvp, vmap

pytestmark = pytest.mark.smoke
DTYPE = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
ROW = pytest.mark.parametrize("row", partials.values(), ids=lambda row: row.operator)

TAIL = {torch.float32: 512, torch.float64: 2048}
FLUSHED = 1 / 64
AT_ROOTS = {"slope": 4, "curvature": 4, "third": 16}  # in epsilons of the largest value


def lane(case: PointwiseRow, member: str, x: Tensor) -> Tensor:
    if member != "third":
        return expression(case.operator, member, x, case.parameters)
    one, x = torch.ones_like(x), x.detach().requires_grad_()
    return grad(case.double_backward(one, one, x)[1].sum(), x)[0]


@functools.cache
def third_on_grid(case: PointwiseRow) -> tuple[Tensor, Tensor]:
    scale = torch.logspace(-3, 2, 4001, dtype=torch.float64)
    grid = torch.cat((-scale.flip(0), scale)).requires_grad_()
    y = case.expression(grid)
    for _ in range(3):
        (y,) = grad(y.sum(), grid, create_graph=True)
    return grid.detach(), y.detach().nan_to_num(0, 0, 0)


def forgiven(case: PointwiseRow, member: str, x: Tensor) -> Tensor:
    """The absolute error allowed: for f‴ as far as its outermost root, as it has one near 0."""
    near = torch.zeros(x.shape, dtype=torch.bool)
    if member == "third":
        grid, y = third_on_grid(case)
        change = grid[1:][(y[1:] * y[:-1] < 0) & (grid[1:] * grid[:-1] > 0)]
        near = x.abs() <= change.abs().amax() * (1 + NEAR) if change.numel() else near
    else:
        y = getattr(case.jet(torch.linspace(-10, 10, 1001, dtype=torch.float64)), member)
        for root in case.roots(member) if member != "value" else ():
            near |= (x.double() - root).abs() < NEAR * abs(root)
    info = torch.finfo(x.dtype)
    roots = AT_ROOTS.get(member, 0) * info.eps * y.abs().max() * near
    return roots + FLUSHED * info.tiny


def assert_bound(
    case: PointwiseRow,
    member: str,
    x: Tensor,
    got: Tensor,
    exact: tuple[Tensor, ...],
    where: str = "lane",
) -> None:
    error = ulp_error(got, exact if len(exact) > 1 else exact[0])
    slack = forgiven(case, member, x) / spacing(exact[0], x.dtype)
    error = (error - slack).clamp(min=0)
    assert_within(TAIL[x.dtype], error, f"{case} {member}", x, got, exact[0], where)


def sample(case: PointwiseRow) -> Tensor:
    """In float64: the middle, the tails, all sizes, and the neighbours of roots."""
    random = torch.rand(220, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    roots = [root for member in MEMBERS[1:] for root in case.roots(member)]
    parts = [random[:80] * 40 - 20, random[80:160] * 1490 - 745, random[160:] * 40 - 40]
    parts += [s * torch.logspace(-300, 2, 20, dtype=torch.float64) for s in (1, -1)]
    return torch.cat(parts + [neighbours(root, 2, torch.float64) for root in roots])


def test_float32(case):
    x = float32_points(case)
    for member in MEMBERS:
        exact = getattr(case.jet(x), member)
        assert_bound(case, member, x, lane(case, member, x), (exact,))


def test_float64(case):
    x = sample(case)
    for member, exact in case.exact_jet(x).items():
        assert_bound(case, member, x, lane(case, member, x), exact)


@DTYPE
def test_third_derivative(case, dtype):
    x = sample(case).to(dtype)
    assert_bound(case, "third", x, lane(case, "third", x), (case.third_derivative(x),))


@DTYPE
def test_special_values(case, dtype):
    """What the kernels give: limits at infinity, of a zero the sign too, and NaN for NaN alone."""
    x = special(dtype)
    for member in MEMBERS:
        got, kernel = lane(case, member, x), case.computed(member, x)
        assert got[-1].isnan() and not got[:-1].isnan().any(), f"{case} {member}: {got.tolist()}"
        least = torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps
        same = torch.isclose(got, kernel, rtol=1e-5, atol=least, equal_nan=True)
        if member == "value":
            same &= got.signbit() == kernel.signbit()
        assert same[:-1].all(), f"{case} {member}, {dtype}, lane: {got.tolist()}, {kernel.tolist()}"


@DTYPE
def test_higher_orders_have_limits(case, dtype):
    """No 0·∞ in the derivatives of the text, reverse or forward: all vanish at infinity."""
    x = torch.cat([special(dtype)[:-1], torch.tensor([-1e30, -1e4, 1e4, 1e30], dtype=dtype)])
    orders = [case.forward(x.requires_grad_())]
    for _ in range(5):
        orders += grad(orders[-1].sum(), x, create_graph=True)
    ones, f = torch.ones_like(x), case.forward
    second = func_grad(func_grad(f))
    results = {
        "orders 3 to 5": torch.stack(orders[3:]),
        "grad of grad of grad": vmap(func_grad(second))(x.detach()),
        "jvp of grad of grad": jvp(vmap(second), (x.detach(),), (ones,))[1],
        "jacrev": vmap(jacrev(jacrev(jacrev(f))))(x.detach()),
    }
    for name, y in results.items():
        assert y.isfinite().all(), f"{case}, {dtype}, {name}: {y.tolist()}"
        assert not y[..., x.abs() > 9999].any(), f"{case}, {dtype}, {name}: {y.tolist()}"


@DTYPE
@ROW
@pytest.mark.parametrize("index", range(4))
def test_parametric(row, index, dtype):
    """All members next to the kernels, whose accuracy other tests hold; NaN where they have it."""
    x = torch.cat([torch.linspace(-60, 60, 4001, dtype=dtype), special(dtype)])
    w, info = torch.full_like(x, row.weights[index]), torch.finfo(dtype)
    for member in ParametricJet._fields:
        got, kernel = parametric_expression(row.operator, member, x, w), computed(row, member, x, w)
        where = f"{row.operator} {member}, {dtype}, weight {row.weights[index]}"
        absolute = 8 * info.eps * kernel[x.abs() < 20].abs().max()
        tails = x.abs() > 20
        for name, part, atol in ("tails", tails, info.tiny), ("middle", ~tails, absolute):
            torch.testing.assert_close(
                got[part],
                kernel[part],
                rtol=TAIL[dtype] * info.eps,
                atol=float(atol),
                equal_nan=True,
                msg=lambda text, where=f"{where}, {name}": f"{where}: {text}",
            )


@DTYPE
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
def test_compiled():
    """A compiler fuses the same text and keeps its bound."""
    x = torch.cat([float32_points(SETTINGS[0])[::4096], special(torch.float32)])
    x = x[~x.isnan()]

    def differentiated(f):
        return func_grad(lambda t: f(t).sum())

    def third(x: Tensor) -> list[Tensor]:
        return [differentiated(differentiated(differentiated(op.forward)))(x) for op in OPERATORS]

    finite = x.isfinite()
    for operator, got in zip(OPERATORS, torch.compile(third, fullgraph=True)(x), strict=True):
        exact = lane(operator, "third", x[finite].double())
        assert_bound(operator, "third", x[finite], got[finite], (exact,), "compiled")
        assert not got[~finite].any(), f"{operator} at ±∞: {got[~finite].tolist()}"
