"""Derivatives of every order, of the function and of its derivatives' operators."""

from itertools import combinations, islice, product

import pytest
import torch
from operators import each_functional, leaf
from rows import DTYPES, WEIGHTS, weight_leaf, weight_of
from torch.autograd import grad, gradcheck, gradgradcheck
from transforms import call, functions

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
FIRST = {
    "check_forward_ad": True,
    "check_backward_ad": True,
    "check_batched_grad": True,
    "check_batched_forward_grad": True,
    "check_undefined_grad": True,
}
SECOND = {
    "check_fwd_over_rev": True,
    "check_rev_over_rev": True,
    "check_batched_grad": True,
    "check_undefined_grad": True,
    "gen_non_contig_grad_outputs": True,
}


@pytest.mark.parametrize("orders", ["first", "second"])
@each_functional
def test_numeric_derivatives(row, kind, orders):
    """With respect to every tensor of every operator, in reverse and forward."""
    # Where five tensors are varied, a weight for each channel and a single one are enough.
    for sample in islice(row.small(), 2 if kind == "_double_backward" else None):
        operands = row.operands(kind, sample)
        f, inputs = call(row.overload(kind), operands.numbers), [leaf(t) for t in operands.tensors]
        if orders == "first":
            assert gradcheck(f, inputs, **FIRST), sample.name
        else:
            # Squares: some operators are linear.
            squares = chained(f, torch.square)
            assert gradgradcheck(squares, inputs, **SECOND), sample.name


def chained(f, g):
    return lambda *tensors: [g(y) for y in f(*tensors)]


@each_functional
def test_some_tensors_need_no_gradient(row, kind):
    """Each subset has the gradients that it has among all."""
    operands = row.operands(kind, next(row.small()))
    f, tensors = call(row.overload(kind), operands.numbers), [leaf(t) for t in operands.tensors]
    places = [i for i, t in enumerate(tensors) if t.requires_grad]
    whole = f(*tensors)
    factors = [torch.randn_like(y) for y in whole]
    found = grad(whole, [tensors[i] for i in places], factors, allow_unused=True)
    for count in range(1, len(places) + 1):
        for needed in combinations(places, count):
            given = [t.detach().requires_grad_(i in needed) for i, t in enumerate(tensors)]
            assert gradcheck(f, given, check_forward_ad=True), needed
            pairs = [p for p in zip(f(*given), factors, strict=True) if p[0].requires_grad]
            leaves = [given[i] for i in needed]
            got = grad([y for y, _ in pairs], leaves, [g for _, g in pairs], allow_unused=True)
            want = [g for i, g in zip(places, found, strict=True) if i in needed]
            torch.testing.assert_close(list(got), want, msg=f"{needed}")


def derivative(f, tensors, order: int) -> tuple[torch.Tensor, ...]:
    """Gradients of sums of squares of gradients."""
    y = f(*tensors)
    for _ in range(order):
        first = grad(y.square().sum() / 8, tensors, create_graph=True)
        y = torch.cat([t.flatten() for t in first])
    return tuple(t.detach() for t in first)


def test_orders(activation):
    """Each of its tensor's shape."""
    for sample, order in product(activation.small(), (1, 2, 3, 4)):
        (f, *_), theirs = functions(activation, sample)
        leaves = sample.leaves().tensors
        got = derivative(f, leaves, order)
        assert [t.shape for t in got] == [t.shape for t in leaves]
        torch.testing.assert_close(got, derivative(theirs, leaves, order), rtol=1e-9, atol=1e-9)


def test_orders_of_types(activation):
    """Of the tensors' own type, as good as its rounding of each order."""
    for sample, dtype in product(activation.small(), DTYPES[1:]):
        (f, *_), theirs = functions(activation, sample)
        narrow = sample.with_tensors(*(t.to(dtype) for t in sample.tensors)).leaves()
        wide = narrow.map(lambda t: t.detach().double()).leaves()
        for order in (1, 2, 3):
            ours = derivative(f, narrow.tensors, order)
            assert {t.dtype for t in ours} == {dtype}
            tolerance = 2.0**order * 8 * torch.finfo(dtype).eps
            for a, b in zip(ours, derivative(theirs, wide.tensors, order), strict=True):
                torch.testing.assert_close(a.double(), b, rtol=tolerance, atol=tolerance)


def test_third_order(pointwise):
    """Against MPFR; 16-bit types compute it in float32."""
    for dtype in DTYPES:
        x = next(pointwise.small()).input.to(dtype).requires_grad_()
        y = pointwise.forward(x)
        for _ in range(3):
            (y,) = grad(y.sum(), x, create_graph=True)
        assert y.dtype == dtype
        exact = pointwise.third_derivative(x)
        tolerance = {torch.float64: 1e-12, torch.float32: 2e-5}.get(dtype, torch.finfo(dtype).eps)
        torch.testing.assert_close(
            y.detach().cpu().double(), exact, rtol=tolerance, atol=tolerance / 100
        )


@pytest.mark.parametrize("weight", [kind for kind in WEIGHTS if kind not in ("scalar", "channels")])
def test_gradients_of_what_a_weight_is_made_of(parametric, weight):
    """A weight may be a view: a single value, an expanded or a strided one."""
    x, leaf = next(parametric.small()).input, weight_leaf(weight, 3).requires_grad_()

    def of_leaf(f):
        return lambda *t: f(*t[:-1], weight_of(t[-1], weight, 3))

    inputs = (x.clone().requires_grad_(), leaf)
    for f, given in (
        (of_leaf(parametric.forward), inputs),
        (of_leaf(parametric.backward), (torch.randn_like(x).requires_grad_(), *inputs)),
    ):
        assert gradcheck(f, given, **FIRST)
        assert gradgradcheck(f, given, **SECOND)
    for order in (1, 2, 3, 4):
        both = [of_leaf(f) for f in (parametric.forward, parametric.expression)]
        ours, theirs = (derivative(f, inputs, order) for f in both)
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
