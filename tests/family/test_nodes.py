"""Autograd's nodes: which kernels compute, what is kept, what nodes are called."""

from itertools import combinations

import pytest
import torch
from operators import Dispatched, leaf
from torch.autograd import grad
from transforms import call, every

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


def full_names(row, *kinds: str) -> list[str]:
    return [f"nonlin.{row.operator}{kind}.default" for kind in kinds]


@pytest.mark.parametrize("create_graph", [False, True])
def test_derivatives_are_kernels(activation, create_graph):
    """A physics-informed loss differentiates u_xx: f″ must come from the kernel then, too."""
    kinds = ["_with_index" if "_with_index" in activation.KINDS else "", *activation.KINDS[-2:]]
    for sample in activation.small():
        leaves = sample.leaves().tensors
        factors = [torch.randn_like(t).requires_grad_() for t in leaves]
        g = torch.randn_like(activation.forward(*sample.arguments)).requires_grad_()
        with Dispatched() as seen:
            y = activation.forward(*leaves, *sample.numbers)
            first = grad(y, leaves, g, create_graph=True)
            inputs = (g, *leaves)
            second = grad(first, inputs, factors, create_graph=create_graph, allow_unused=True)
        assert seen.ours() == full_names(activation, *kinds)
        # No expression stands in for a kernel.
        assert [n for n in seen.names if not n.startswith(("nonlin.", "aten.detach"))] == []
        assert {t.requires_grad for t in second if t is not None} == {create_graph}


def test_without_gradients_the_value_alone_is_computed(activation):
    leaves = next(activation.small()).leaves()
    with Dispatched() as seen:
        activation.forward(*(t.detach() for t in leaves.tensors), *leaves.numbers)
        with torch.no_grad():
            activation.forward(*leaves.arguments)
    assert seen.ours() == full_names(activation, "", "")


def test_only_the_needed_gradient_of_a_gradient_is_computed(pointwise):
    sample = next(pointwise.small())
    inputs = [leaf(t) for t in pointwise.operands("_backward", sample).tensors]
    y = pointwise.backward(*inputs)
    for index, kind in enumerate(("_backward", "_double_backward")):
        with Dispatched() as seen:
            grad(y, inputs[index], torch.ones_like(y), retain_graph=True)
        assert seen.ours() == full_names(pointwise, kind)


def test_only_the_needed_gradients_are_computed(parametric):
    """Whether the others need none, or are not asked for."""
    sample = next(parametric.small())
    for count in (1, 2):
        for needed in combinations(range(2), count):
            masks = [[i in needed for i in range(2)]]
            given = [t.detach().requires_grad_(i in needed) for i, t in enumerate(sample.tensors)]
            with Dispatched() as seen:
                parametric.forward(*given).sum().backward()
            assert seen.masks == masks
            leaves = sample.leaves().tensors
            y = parametric.forward(*leaves)
            with Dispatched() as seen:
                grad(y.sum(), [leaves[i] for i in needed])
            assert seen.masks == masks
    operands = parametric.operands("_double_backward", sample)
    u, v, *inputs = (leaf(t) for t in operands.tensors)
    outputs = parametric.backward(*inputs)
    for needed in range(3):
        with Dispatched() as seen:
            grad(outputs, inputs[needed], (u.detach(), v.detach()), retain_graph=True)
        assert seen.ours() == full_names(parametric, "_double_backward")
        assert seen.masks == [[i == needed for i in range(3)]]


def test_nodes_are_named(activation):
    """AOTAutograd judges nodes by the name of their Python class."""
    for kind in activation.KINDS:
        if kind in ("_", "out"):
            continue
        operands = activation.operands(kind, next(activation.small()))
        words = (activation.operator + kind.removesuffix("_with_index")).split("_")
        name = "".join(word.capitalize() for word in words) + "Backward"
        for t in call(activation.overload(kind), operands.numbers)(*map(leaf, operands.tensors)):
            assert t.grad_fn.name() == type(t.grad_fn).__name__ == name


def test_what_is_saved(activation):
    """Input and weight themselves, no copy; of groups one byte each; for a gradient no more."""
    sample = next(activation.small()).leaves()
    saved: list[torch.Tensor] = []
    keep = torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t)
    with keep:
        y = activation.forward(*sample.arguments)
        first = len(saved)
        g = torch.randn_like(y).requires_grad_()
        grad(y, sample.tensors, g, create_graph=True)
    if "_with_index" in activation.KINDS:
        assert [(t.dtype, t.shape) for t in saved] == [(torch.uint8, y.shape)] * 2
        return
    assert [t.data_ptr() for t in saved[:first]] == [t.data_ptr() for t in sample.tensors]
    kept = {t.data_ptr() for t in (g, *sample.tensors)}
    assert {t.data_ptr() for t in saved[first:]} <= kept


def test_a_second_backward_needs_retain_graph(activation):
    y = activation.forward(*next(activation.small()).leaves().arguments).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_modified_input_is_noticed(activation):
    """Where it is needed."""
    for index in every(activation.TENSORS):
        sample = next(activation.small()).leaves()
        want = grad(activation.forward(*sample.arguments).sum(), sample.tensors)
        tensors = [t * 1 for t in sample.tensors]
        y = activation.forward(*tensors, *sample.numbers)
        tensors[index].detach().add_(1)
        if "_with_index" in activation.KINDS:
            assert torch.equal(grad(y.sum(), sample.input)[0], want[0])
        else:
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                y.sum().backward()
