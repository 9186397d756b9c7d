"""Gradients of weights are sums: what they hold, what is left out, and how long they may be."""

import pytest
import torch
from accuracy import same_bits, tensors
from rows import DTYPES, make_weight

pytestmark = pytest.mark.devices


def test_nan_stays_in_its_channel(parametric, instruction_set):
    for dtype in DTYPES:
        for shape in ((50, 7), (3, 7, 40), (2, 70)):
            x = torch.randn(shape).to(dtype)
            x[1, 4].fill_(torch.nan)
            w = make_weight("channels", shape[1], dtype)
            second = parametric.double_backward(x, w, x, x, w)[2]
            for t in (parametric.backward(x, x, w)[1], second):
                assert t.isnan().nonzero().flatten().tolist() == [4], (instruction_set, t)


def test_masks(parametric):
    """A result has the same bits whatever else is computed with it."""
    for dtype in DTYPES:
        v, g, x = (t.view(40, 75) for t in tensors(dtype, 3000))
        for kind in ("single", "channels"):
            w = make_weight(kind, 75, dtype)
            first, second = parametric.backward(g, x, w), parametric.double_backward(v, w, g, x, w)
            for i in range(2):
                alone = parametric.backward(g, x, w, 1, [j == i for j in range(2)])[i]
                assert same_bits(alone, first[i])
            for i in range(3):
                alone = parametric.double_backward(v, w, g, x, w, 1, [j == i for j in range(3)])[i]
                assert same_bits(alone, second[i])


@pytest.mark.parametrize("shape", [(10_000_000, 1), (1, 1, 10_000_000), (2500, 4000)], ids=str)
def test_long_sums(parametric, shape):
    """Ten million terms of float32: the error is below 1e-6 of the sum of their magnitudes."""
    x, signed, w = torch.randn(shape), torch.randn(shape), torch.tensor([0.25])
    for g in (signed, signed.abs()):
        terms = parametric.weight_terms(g, x, w)
        for dtype, bound in ((torch.float32, 1e-6), (torch.float64, 1e-13)):
            given = (g.to(dtype), x.to(dtype), w.to(dtype))
            got = parametric.backward(*given, 1, (False, True))[1].double()
            assert (got - terms.sum()).abs() <= bound * terms.abs().sum()


def test_a_very_long_sum():
    """A hundred million terms; a running sum in float32 would stop growing at 2²⁴ of them."""
    x = torch.full((100_000_000,), -0.1)
    one = torch.ones(()).expand(x.shape)
    got = torch.ops.nonlin.prelu_backward(one, x, torch.tensor(0.25), 1, (False, True))[1]
    exact = x[0].double() * len(x)
    assert (got.double() - exact).abs() <= 1e-7 * exact.abs()


def test_sums_of_opposite_terms(parametric):
    """What cancels leaves less than a unit of the largest term: sums are kept in float64."""
    x = -torch.rand(1000, 1) - 0.5
    g = torch.randn(1000, 1) * 1000
    x, g = torch.cat((x, x)), torch.cat((g, -g))
    order = torch.randperm(2000)
    w = torch.tensor([0.25])
    for shape in ((2000, 1), (1, 1, 2000), (20, 1, 10, 10)):
        got = parametric.backward(g[order].view(shape), x[order].view(shape), w)[1]
        assert got.abs() < 1e-8
