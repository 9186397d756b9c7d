"""Operators with a weight in forward mode, and what their autograd nodes keep and are called."""

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from rows import WEIGHTS, make_weight, weight_leaf, weight_of
from test_parametric_gradients import arguments, points
from torch.autograd import grad

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("moving", [(0,), (1,), (0, 1)], ids=["self", "weight", "both"])
def test_forward_mode(parametric, weight, moving):
    inputs = (points().detach(), make_weight(weight, 3))
    # PyTorch wants tangents with the layout of their primals.
    tangents = (torch.randn_like(inputs[0]), weight_of(weight_leaf(weight, 3).cos(), weight, 3))
    results = []
    for f in (parametric.forward, parametric.expression):
        with forward_ad.dual_level():
            pairs = enumerate(zip(inputs, tangents, strict=True))
            duals = [forward_ad.make_dual(p, t) if i in moving else p for i, (p, t) in pairs]
            results.append(forward_ad.unpack_dual(f(*duals)))
    torch.testing.assert_close(tuple(results[0]), tuple(results[1]))


@pytest.mark.parametrize("weight", WEIGHTS)
def test_forward_over_reverse(parametric, weight):
    inputs = (points().detach(), make_weight(weight, 3).clone())
    tangents = [torch.randn(t.shape, dtype=t.dtype) for t in inputs]
    results = []
    for f in (parametric.forward, parametric.expression):
        with forward_ad.dual_level():
            pairs = zip(inputs, tangents, strict=True)
            duals = [forward_ad.make_dual(p.clone().requires_grad_(), t) for p, t in pairs]
            first = grad(f(*duals).square().sum(), duals, create_graph=True)
            results.append([forward_ad.unpack_dual(t).tangent.detach() for t in first])
    torch.testing.assert_close(*results)


def test_zero_tensors(parametric):
    """Forward AD hands efficient zero tensors to operators."""
    x, w = (t.detach() for t in arguments(2))
    zero, none = (
        torch._efficientzerotensor(t.shape, dtype=t.dtype, device=t.device) for t in (x, w)
    )
    assert not any(t.any() for t in parametric.backward(zero, x, w))
    assert not any(t.any() for t in parametric.double_backward(zero, none, zero, x, w))
    assert not any(t.any() for t in parametric.double_backward(zero, none, x, x, w))
    assert not parametric.forward(zero, w).any()
    assert torch.equal(parametric.forward(x, none), parametric.forward(x, torch.zeros_like(w)))


def test_node_is_named(parametric):
    """AOTAutograd judges nodes by the name of their Python class."""
    camel = "".join(word.capitalize() for word in parametric.operator.split("_"))
    u, v, g, x, w = arguments(5)
    for tensors, name in (
        ([parametric.forward(x, w)], f"{camel}Backward"),
        (parametric.backward(g, x, w), f"{camel}BackwardBackward"),
        (parametric.double_backward(u, v, g, x, w), f"{camel}DoubleBackwardBackward"),
    ):
        for t in tensors:
            assert t.grad_fn.name() == type(t.grad_fn).__name__ == name


def test_a_second_backward_needs_retain_graph(parametric):
    y = parametric.forward(*arguments(2)).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


@pytest.mark.parametrize("index", range(2), ids=["self", "weight"])
def test_a_modified_input_is_noticed(parametric, index):
    inputs = [t * 1 for t in arguments(2)]
    y = parametric.forward(*inputs)
    inputs[index].add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_what_is_saved(parametric):
    """Input and weight themselves, no copy."""
    saved: list[torch.Tensor] = []
    x, w = arguments(2)
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t)
    with hooks:
        parametric.forward(x, w)
    assert [t.data_ptr() for t in saved] == [x.data_ptr(), w.data_ptr()]


def test_gradients_have_the_shape_of_the_weight(parametric):
    """0-d, [1] and [C]; a weight of one value serves every dimension."""
    x = torch.randn(2, 3, 4, requires_grad=True)
    for shape in ((), (1,), (3,)):
        w = torch.rand(shape, requires_grad=True)
        y = parametric.forward(x, w)
        first = grad(y.square().sum(), (x, w), create_graph=True)
        second = grad(sum(t.square().sum() for t in first), (x, w))
        for t in (first, second):
            assert t[0].shape == x.shape and t[1].shape == w.shape
