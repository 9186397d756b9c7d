"""Elements depend on nothing but themselves and their weight; sums on shape and strides alone."""

import pytest
import torch
from accuracy import same_bits, tensors
from parametric_accuracy import results
from rows import DTYPES, make_weight

pytestmark = pytest.mark.devices
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def same(got, want, where: str) -> None:
    for i, (a, b) in enumerate(zip(got, want, strict=True)):
        assert same_bits(a, b), f"result {i}, {a.dtype}, {where}: the bits differ"


@DTYPE
def test_length_and_offset(parametric, instruction_set, dtype):
    """Of rows of one channel, and of channels that each have an element."""
    inputs = tensors(dtype, 200)
    w = make_weight("single", 1, dtype)
    each = make_weight("channels", 200, dtype)
    whole = results(parametric, *inputs, w)[:4]
    spread = results(parametric, *inputs, each, 0)
    for offset in (0, 1, 3, 7, 8, 21, 64):
        for length in range(1, 131):
            piece = slice(offset, offset + length)
            parts = [t[piece] for t in inputs]
            where = f"{parametric}, {instruction_set}, {length} elements from {offset}"
            got = results(parametric, *parts, w)[:4]
            same(got, [t[piece] for t in whole], where)
            got = results(parametric, *parts, each[piece], 0)
            same(got, [t[piece] for t in spread], where)


@DTYPE
@pytest.mark.parametrize("channels", [1, 3, 16, 70])
def test_neighbours(parametric, instruction_set, dtype, channels):
    """Infinities and NaN beside a number, in its channel and in others, change nothing of it."""
    inputs = [t[: 210 // channels * channels].view(-1, channels) for t in tensors(dtype, 210)]
    w = make_weight("channels", channels, dtype)
    want = results(parametric, *inputs, w)[:4]
    even = torch.arange(inputs[0].numel()).view(inputs[0].shape) % 2 == 0
    for other in (torch.nan, torch.inf, -torch.inf, 0.0, 1e-45):
        mixed = [torch.where(even, t, torch.tensor(other, dtype=dtype)) for t in inputs]
        got = results(parametric, *mixed, w)[:4]
        where = f"{parametric}, {instruction_set}, beside {other!r}"
        same([t[even] for t in got], [t[even] for t in want], where)


@DTYPE
def test_nan_stays_in_its_channel(parametric, instruction_set, dtype):
    for shape in ((50, 7), (3, 7, 40), (2, 70)):
        x = torch.randn(shape).to(dtype)
        x[1, 4].fill_(torch.nan)
        w = make_weight("channels", shape[1], dtype)
        for t in (parametric.backward(x, x, w)[1], parametric.double_backward(x, w, x, x, w)[2]):
            assert t.isnan().nonzero().flatten().tolist() == [4]


SHAPES = {
    "batch of rows": (2048, 300),
    "images": (8, 48, 40, 41),
    "a few channels": (3, 4, 70_001),
    "one channel": (1, 1, 700_001),
    "thousands of channels": (70, 9001),
    "a small tensor": (6, 5, 4),
}
ORDERS = {
    "contiguous": lambda t: t,
    "channels-last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
    "transposed": lambda t: t.transpose(0, -1).contiguous().transpose(0, -1),
    "sliced": lambda t: t.repeat_interleave(2, 0)[::2],
}


@pytest.mark.cpu
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_threads(parametric, shape, order):
    """The same bits of all results, of sums too, with 1, 2, 3 or 8 threads, and each time."""
    v, g, x = (ORDERS[order](torch.randn(SHAPES[shape])) for _ in range(3))
    before = torch.get_num_threads()
    for kind in ("scalar", "channels"):
        w = make_weight(kind, x.shape[1], x.dtype)
        try:
            torch.set_num_threads(1)
            want = results(parametric, v, g, x, w)
            for threads in (1, 2, 3, 8):
                torch.set_num_threads(threads)
                got = results(parametric, v, g, x, w)
                same(got, want, f"{parametric}, {shape}, {order}, {kind}, {threads} threads")
        finally:
            torch.set_num_threads(before)


@DTYPE
def test_masks(parametric, dtype):
    """A result has the same bits whatever else is computed with it."""
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
@pytest.mark.parametrize("sign", ["both", "one"])
def test_long_sums(parametric, shape, sign):
    """Ten million terms of float32: the error is below 1e-6 of the sum of their magnitudes."""
    x = torch.randn(shape)
    g = torch.randn(shape)
    g = g.abs() if sign == "one" else g
    w = torch.tensor([0.25])
    terms = parametric.weight_terms(g, x, w)
    for dtype, bound in ((torch.float32, 1e-6), (torch.float64, 1e-13)):
        tensors = (g.to(dtype), x.to(dtype), w.to(dtype))
        got = parametric.backward(*tensors, 1, (False, True))[1].double()
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
