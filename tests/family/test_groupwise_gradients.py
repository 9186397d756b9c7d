"""Gradients go to the chosen entry alone: every order, reverse and forward, and what is kept."""

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from layouts import LAYOUTS, base
from rows import DTYPES
from test_parametric_gradients import FIRST, SECOND, Dispatched
from torch.autograd import grad, gradcheck, gradgradcheck

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
SETTINGS = pytest.mark.parametrize(
    ("k", "dim"), [(1, 1), (2, -1), (3, 1), (6, 1), (2, 0), (4, 2)], ids=str
)


def points() -> torch.Tensor:
    """No two within a numeric derivative's step of each other."""
    x = torch.arange(48, dtype=torch.float64) * 29 % 48
    return x.sub(24.3).div(7).view(2, 6, 4).requires_grad_()


@SETTINGS
def test_value(groupwise, k, dim):
    for f in (groupwise.forward, lambda *t: groupwise.with_index(*t)[0]):
        assert gradcheck(lambda x: f(x, k, dim), points(), **FIRST)  # noqa: B023
        assert gradgradcheck(lambda x: f(x, k, dim).square(), points(), **SECOND)  # noqa: B023


@SETTINGS
def test_backward_and_gather(groupwise, k, dim):
    """Linear, and each other's transpose."""
    x = points()
    value, index = (t.detach() for t in groupwise.with_index(x, k, dim))
    for f, t in ((groupwise.backward, value), (groupwise.gather, x.detach())):
        t.requires_grad_()
        assert gradcheck(lambda t: f(t, index, k, dim), t, **FIRST)  # noqa: B023
        assert gradgradcheck(lambda t: f(t, index, k, dim).square(), t, **SECOND)  # noqa: B023
    g, v = torch.randn_like(value), torch.randn_like(x)
    one = (groupwise.backward(g, index, k, dim) * v).sum()
    torch.testing.assert_close(one, (g * groupwise.gather(v, index, k, dim)).sum())


@SETTINGS
def test_orders(groupwise, k, dim):
    x, results = points(), []
    for f in (groupwise.forward, groupwise.expression):
        y = f(x, k, dim)
        for _ in range(4):
            (y,) = grad((y**3).sum(), x, create_graph=True)
        results.append(y.detach())
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_ties_and_nan(groupwise, dtype):
    """The whole gradient to the first, where PyTorch's amax would share it."""
    x = torch.tensor([1, 1, 0, 2, torch.nan, 3, -0.0, 0.0], dtype=dtype, requires_grad=True)
    (first,) = grad(groupwise.forward(x, 2).sum(), x)
    assert first.tolist() == [1, 0, 0, 1, 1, 0, 1, 0] and first.dtype == dtype
    (first,) = grad(groupwise.forward(x, 4).sum(), x)
    assert first.tolist() == [0, 0, 0, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_of_what_is_behind_a_view(groupwise, layout):
    leaf, results = base(torch.float64).requires_grad_(), []
    for f in (groupwise.forward, groupwise.expression):
        x = LAYOUTS[layout](leaf)
        if x.dim() == 0:
            return
        y = f(x, x.shape[-1] or 1, -1)
        (first,) = grad((y**3).sum(), leaf, create_graph=True)
        (second,) = grad(first.square().sum(), leaf)
        results.append((first.detach(), second))
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("create_graph", [False, True])
def test_kernels(groupwise, create_graph):
    """The index is computed when something will be differentiated, the rest is its work."""
    x, name = points(), f"nonlin.{groupwise}"
    with Dispatched() as seen:
        groupwise.forward(x.detach(), 2)
        with torch.no_grad():
            groupwise.forward(x, 2)
    assert seen.ours() == [f"{name}.default"] * 2
    g, v = torch.randn(2, 6, 2, dtype=x.dtype, requires_grad=True), torch.randn_like(x)
    with Dispatched() as seen:
        y = groupwise.forward(x, 2)
        (first,) = grad(y, x, g, create_graph=True)
        grad(first, g, v, create_graph=create_graph)
    kinds = ("_with_index", "_backward", "_gather")
    assert seen.ours() == [f"{name}{kind}.default" for kind in kinds]
    assert [n for n in seen.names if not n.startswith(("nonlin.", "aten.detach"))] == []


def test_what_is_saved(groupwise):
    """One byte for each group, and nothing else."""
    saved: list[torch.Tensor] = []
    x = torch.randn(4, 64, requires_grad=True)
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t)
    with hooks:
        y = groupwise.forward(x, 4)
        (first,) = grad(y, x, torch.randn(4, 16, requires_grad=True), create_graph=True)
    assert [(t.dtype, t.shape) for t in saved] == [(torch.uint8, (4, 16))] * 2
    assert first.requires_grad


def test_the_index_is_not_differentiable(groupwise):
    x = points()
    value, index = groupwise.with_index(x, 2)
    assert value.requires_grad and not index.requires_grad and index.grad_fn is None
    with pytest.raises(RuntimeError, match="does not require grad"):
        index.sum().backward()


def test_the_input_may_be_modified(groupwise):
    """It is not needed for the gradient."""
    x = points() * 1
    y = groupwise.forward(x, 2)
    want = groupwise.expression(x.detach().clone().requires_grad_(), 2)
    x.mul_(0)
    (x_gradient,) = grad(y.sum(), x, retain_graph=True, allow_unused=True)
    assert torch.equal(y.detach(), want.detach()) and x_gradient is None
    y.sum().backward()


@SETTINGS
def test_forward_mode(groupwise, k, dim):
    x, t = points().detach(), torch.randn(2, 6, 4, dtype=torch.float64)
    results = []
    for f in (groupwise.forward, lambda *a: groupwise.with_index(*a)[0], groupwise.expression):
        with forward_ad.dual_level():
            y = forward_ad.unpack_dual(f(forward_ad.make_dual(x, t), k, dim))
            results.append(tuple(y))
    for got in results[:2]:
        torch.testing.assert_close(got, results[2], rtol=0, atol=0)


def test_forward_over_reverse(groupwise):
    t, results = torch.randn(2, 6, 4, dtype=torch.float64), []
    for f in (groupwise.forward, groupwise.expression):
        with forward_ad.dual_level():
            x = forward_ad.make_dual(points().detach().requires_grad_(), t)
            (g,) = grad((f(x, 2) ** 3).sum(), x, create_graph=True)
            results.append(forward_ad.unpack_dual(g).tangent.detach())
    torch.testing.assert_close(*results)


def test_zero_tensors(groupwise):
    """Forward AD hands efficient zero tensors to operators."""
    x = points().detach()
    index = groupwise.with_index(x, 2)[1]
    zero = torch._efficientzerotensor((2, 6, 2), dtype=x.dtype, device=x.device)
    assert not groupwise.backward(zero, index, 2).any()
    zero = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    assert not groupwise.gather(zero, index, 2).any() and not groupwise.forward(zero, 2).any()


def test_node_is_named(groupwise):
    """AOTAutograd judges nodes by the name of their Python class."""
    x = points()
    value, index = groupwise.with_index(x, 2)
    for t, name in (
        (groupwise.forward(x, 2), "MaxoutBackward"),
        (value, "MaxoutBackward"),
        (groupwise.backward(value, index, 2), "MaxoutBackwardBackward"),
        (groupwise.gather(x, index, 2), "MaxoutGatherBackward"),
    ):
        assert t.grad_fn.name() == type(t.grad_fn).__name__ == name


def test_a_second_backward_needs_retain_graph(groupwise):
    y = groupwise.forward(points(), 2).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_place_beyond_the_group(groupwise):
    """An index that no operator made reads and writes nothing outside of its group."""
    index = torch.tensor([0, 200, 1], dtype=torch.uint8)
    g = torch.tensor([1.0, 2.0, 3.0])
    assert groupwise.backward(g, index, 2).tolist() == [1, 0, 0, 0, 0, 3]


def test_runs_repeat(groupwise):
    x = torch.randn(1000, 16, requires_grad=True)
    first, second = (grad(groupwise.forward(x, 4).square().sum(), x)[0] for _ in range(2))
    assert same_bits(first, second)
