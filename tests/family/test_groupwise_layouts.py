"""Groups in tensors of any layout: choices, places and gradients, strides, memory."""

import pytest
import torch
from accuracy import copied, same_bits
from layouts import DENSE, LAYOUTS, allocated, base
from rows import DTYPES, groups

pytestmark = pytest.mark.devices


def dense(t: torch.Tensor) -> bool:
    """Its elements fill a piece of memory."""
    pairs = zip(t.shape, t.stride(), strict=True)
    return sum((size - 1) * stride for size, stride in pairs) + 1 == t.numel()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_elements(groupwise, layout):
    """Along every dimension, of every divisor of its size; dense data keeps its order."""
    for x in (LAYOUTS[layout](base(dtype)) for dtype in DTYPES):
        for s in groupwise.with_input(x):
            k, dim = s.numbers
            value, index = groupwise.with_index(x, k, dim)
            where = f"{layout}, {x.dtype}, {s.name}"
            assert same_bits(value, groupwise.expression(x, k, dim)), where
            assert torch.equal(index.long(), groupwise.chosen(*groups(x, k, dim))), where
            assert value.stride() == index.stride() == groupwise.forward(x, k, dim).stride()
            g = torch.randn(value.shape).to(x.dtype)
            spread = groupwise.backward(g, index, k, dim)
            assert spread.shape == x.shape
            assert same_bits(groupwise.gather(spread, index, k, dim), g), where
            assert (spread != 0).sum() == (g != 0).sum()
            assert same_bits(groupwise.gather(x, index, k, dim), value), where
            if layout in DENSE and x.numel() and k < x.shape[dim]:
                order = sorted(range(x.dim()), key=lambda d: (x.stride(d), x.shape[d]))
                strides = [value.stride(d) for d in order if value.shape[d] > 1]
                assert strides == sorted(strides), where
                assert value.is_contiguous() or layout != "contiguous"
                assert dense(value) and dense(spread), where


def test_channels_last_stays(groupwise):
    x = torch.randn(2, 12, 5, 7).contiguous(memory_format=torch.channels_last).requires_grad_()
    for dim in (1, -3, 0):
        y = groupwise.forward(x, 2, dim)
        assert y.is_contiguous(memory_format=torch.channels_last)
        for factor in (y.detach(), y.detach().contiguous(), torch.ones(()).expand_as(y)):
            (gradient,) = torch.autograd.grad(y, x, factor, retain_graph=True)
            assert gradient.stride() == x.stride()


def test_any_stride_of_a_single_entry(groupwise):
    """PyTorch lets a dimension of size 1 have any stride; the result still overlaps nowhere."""
    x = torch.randn(12)
    for stride in (0, 1, 2, 5, 7, 100):
        for shape, strides, dim in (((4, 1, 3), (3, stride, 1), 1), ((4, 3, 1), (3, 1, stride), 2)):
            t = x.as_strided(shape, strides)
            for d in (dim, 0):
                value, index = groupwise.with_index(t, 1, d)
                assert copied(value, t) and copied(groupwise.forward(t, 1, d), t)
                assert copied(groupwise.backward(value, index, 1, d), t)
            places = torch.ones(12, dtype=torch.uint8).as_strided(shape, strides)
            spread = groupwise.backward(t, places, 2, dim)
            assert copied(spread, groupwise.backward(t.contiguous(), places.contiguous(), 2, dim))


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@pytest.mark.parametrize("layout", ["contiguous", "channels-last", "transposed", "sliced"])
def test_nothing_is_copied(groupwise, layout):
    """Allocated are the outputs: a byte for each place, and that only where it is asked for."""
    x = LAYOUTS[layout](torch.randn(16, 32, 24, 64))
    count = x.numel() // 4
    value, index = groupwise.with_index(x, 4, 1)
    for run, expected in (
        (lambda: groupwise.forward(x, 4, 1), 4 * count),
        (lambda: groupwise.with_index(x, 4, 1), 5 * count),
        (lambda: groupwise.backward(value, index, 4, 1), 16 * count),
        (lambda: groupwise.gather(x, index, 4, 1), 4 * count),
        (lambda: groupwise.out(x, 4, 1, out=value), 0),
    ):
        assert expected <= allocated(run) <= expected + 4096  # for the threads
