"""Any shape and any strides: results right, layout kept, dense data never copied."""

import pytest
import torch
from accuracy import same_bits
from layouts import DENSE, LAYOUTS, allocated, base
from rows import DTYPES
from torch.autograd import grad

pytestmark = pytest.mark.devices
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


@DTYPE
@pytest.mark.parametrize("layout", LAYOUTS)
def test_values(operator, layout, dtype):
    x = LAYOUTS[layout](base(dtype))
    flat = x.contiguous().resolve_neg().clone().flatten()
    g, v = (torch.randn(x.shape).to(x.dtype) for _ in range(2))
    arguments = ((x,), (g, x), (v, g, x), (x, x), (x, x, x))
    functions = (operator.forward, *(operator.backward, operator.double_backward) * 2)
    for function, tensors in zip(functions, arguments, strict=True):
        got = function(*tensors)
        want = function(*(flat if t is x else t.flatten() for t in tensors))
        for a, b in zip(
            *((r,) if isinstance(r, torch.Tensor) else r for r in (got, want)), strict=True
        ):
            assert same_bits(a.flatten(), b) and a.shape == x.shape, f"{operator} {layout}, {dtype}"
            assert a.stride() == torch.empty_like(x).stride()
            assert a.data_ptr() != x.data_ptr() or x.numel() == 0


@pytest.mark.parametrize("layout", DENSE)
def test_layout_is_kept(case, layout):
    x = DENSE[layout](base(torch.float32)).requires_grad_()
    y = case.forward(x)
    (first,) = grad(y.sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x)
    for t in (y, first, second, case.function(x)):
        assert t.stride() == x.stride()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients(operator, layout):
    """The gradient of an expanded or overlapping input is that of its storage."""
    leaf = base(torch.float64).requires_grad_()
    results = []
    for function in (operator.forward, operator.expression):
        y = function(LAYOUTS[layout](leaf))
        (first,) = grad((y * y).sum(), leaf, create_graph=True)
        (second,) = grad((first * first).sum(), leaf)
        results.append((first.detach(), second))
    torch.testing.assert_close(*results)


def test_gradient_with_another_layout(operator):
    """Sums hand back expanded gradients, and products transposed ones."""
    x = base(torch.float64).contiguous(memory_format=torch.channels_last).requires_grad_()
    g = base(torch.float64).transpose(2, 3).contiguous().transpose(2, 3)
    for factor in (g, g[:, :1].expand_as(x), torch.ones((), dtype=x.dtype).expand_as(x)):
        results = [
            grad(function(x), x, factor)[0] for function in (operator.forward, operator.expression)
        ]
        torch.testing.assert_close(*results)


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@pytest.mark.parametrize("layout", ["contiguous", "channels-last", "transposed", "sliced"])
def test_nothing_is_copied(operator, layout):
    """Allocated are the outputs alone; a differentiated in-place operator keeps one clone."""
    x = LAYOUTS[layout](torch.randn(16, 32, 24, 16))
    size = x.numel() * x.element_size()
    g, v = torch.randn_like(x), torch.randn_like(x)
    mixed = torch.randn(x.shape).transpose(0, 1).contiguous().transpose(0, 1)
    out = torch.empty_like(x)
    scalar = torch.ones(()).expand(x.shape)
    dense = torch.empty_like(x).copy_(x)
    expected = {
        "value": (lambda: operator.forward(x), 1),
        "backward": (lambda: operator.backward(g, x), 1),
        "backward, mixed layouts": (lambda: operator.backward(mixed, x), 1),
        "backward, expanded gradient": (lambda: operator.backward(scalar, x), 1),
        "double backward": (lambda: operator.double_backward(v, mixed, x), 2),
        "out": (lambda: operator.out(x, out=out), 0),
        "in place": (lambda: operator.inplace(dense), 0),
        "in place, in a slice": (lambda: operator.inplace(out[1:, ::2]), 0),
    }
    for name, (run, outputs) in expected.items():
        assert allocated(run) == outputs * size, f"{operator} {name}, {layout}"
    leaf = x.detach().requires_grad_()
    base_of = leaf * 1
    assert allocated(lambda: operator.inplace(base_of)) == size
    y = operator.forward(leaf)
    assert allocated(lambda: grad(y, leaf, g)) == size


def test_nested_jagged_tensors(operator):
    """PyTorch dispatches operators tagged `pointwise` to the values of a jagged tensor."""
    parts = [torch.randn(n, 4, requires_grad=True) for n in (2, 5, 1)]
    nested = torch.nested.as_nested_tensor(parts, layout=torch.jagged)
    y = operator.forward(nested)
    for part, result in zip(parts, y.unbind(), strict=True):
        assert same_bits(result.detach(), operator.forward(part.detach()))


def test_more_than_two_gigabytes_of_offsets(operator):
    """Strides are 64 bits wide: an element behind 2³¹ others, the memory between untouched."""
    storage = torch.empty(2**31 + 64, dtype=torch.float16)
    for position in (0, 2**31 + 8):
        storage[position] = 1.0
    x = storage.as_strided((2,), (2**31 + 8,))
    assert torch.equal(operator.forward(x), operator.forward(torch.ones(2, dtype=torch.float16)))
