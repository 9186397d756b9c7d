"""Gradients of a choice go to the chosen entry alone, and depend on nothing else."""

import pytest
import torch
from accuracy import same_bits
from layouts import LAYOUTS, base
from rows import DTYPES
from torch.autograd import grad

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


def test_ties_and_nan(groupwise):
    """The whole gradient to the first, where PyTorch's amax would share it."""
    for dtype in DTYPES:
        x = torch.tensor([1, 1, 0, 2, torch.nan, 3, -0.0, 0.0], dtype=dtype, requires_grad=True)
        (first,) = grad(groupwise.forward(x, 2).sum(), x)
        assert first.tolist() == [1, 0, 0, 1, 1, 0, 1, 0] and first.dtype == dtype
        (first,) = grad(groupwise.forward(x, 4).sum(), x)
        assert first.tolist() == [0, 0, 0, 1, 1, 0, 0, 0]


def test_scatter_and_gather_are_transposes(groupwise):
    for sample in groupwise.small():
        x = sample.input
        value, index = groupwise.with_index(x, *sample.numbers)
        g, v = torch.randn_like(value), torch.randn_like(x)
        one = (groupwise.backward(g, index, *sample.numbers) * v).sum()
        other = (g * groupwise.gather(v, index, *sample.numbers)).sum()
        torch.testing.assert_close(one, other)


def test_gradients_of_what_is_behind_a_view(groupwise):
    leaf = base(torch.float64).requires_grad_()
    for name, layout in LAYOUTS.items():
        x, results = layout(leaf), []
        x = x if x.dim() else x[None]
        k = x.shape[-1] or 1
        for f in (groupwise.forward, groupwise.expression):
            (first,) = grad((f(x, k, -1) ** 3).sum(), leaf, create_graph=True)
            (second,) = grad(first.square().sum(), leaf, retain_graph=True)
            results.append((first.detach(), second))
        torch.testing.assert_close(*results, msg=name)


def test_the_index_is_not_differentiable(groupwise):
    x = next(groupwise.small()).leaves()
    value, index = groupwise.with_index(*x.arguments)
    assert value.requires_grad and not index.requires_grad and index.grad_fn is None
    with pytest.raises(RuntimeError, match="does not require grad"):
        index.sum().backward()


def test_a_place_beyond_the_group(groupwise):
    """An index that no operator made reads and writes nothing outside of its group."""
    index = torch.tensor([0, 200, 1], dtype=torch.uint8)
    g = torch.tensor([1.0, 2.0, 3.0])
    assert groupwise.backward(g, index, 2).tolist() == [1, 0, 0, 0, 0, 3]


def test_runs_repeat(groupwise):
    x = torch.randn(1000, 16, requires_grad=True)
    first, second = (grad(groupwise.forward(x, 4).square().sum(), x)[0] for _ in range(2))
    assert same_bits(first, second)
