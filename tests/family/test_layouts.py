"""Any shape and any strides: results right, layout kept, dense data never copied."""

import pytest
import torch
from accuracy import same_bits
from layouts import DENSE, LAYOUTS, allocated, base
from passes import ELEMENTWISE, along, check_passes, seeds
from rows import DTYPES, Sample
from torch.autograd import grad

pytestmark = pytest.mark.devices
each = pytest.mark.parametrize("elementwise", ELEMENTWISE, ids=str)


@each
@pytest.mark.parametrize("layout", LAYOUTS)
def test_elements(elementwise, layout):
    """Along every dimension, with every kind of weight; one tensor in several places too."""
    for dtype in DTYPES:
        for s in elementwise.with_input(LAYOUTS[layout](base(dtype))):
            check_passes(elementwise, s, layout)
            check_passes(elementwise, s, f"{layout}, all one", s.tensors, s.input)


ARRANGEMENTS = {
    "contiguous": lambda t: t,
    "channels-last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
    "expanded": lambda t: t[:1, :1].expand_as(t) if t.numel() else t,
    "transposed": lambda t: t.transpose(0, 1).contiguous().transpose(0, 1),
    "one number": lambda t: t.sum().expand_as(t),
}


@each
@pytest.mark.parametrize("other", ARRANGEMENTS)
def test_gradients_with_another_layout(elementwise, other):
    """Sums hand back expanded gradients, and products transposed ones."""
    for layout in LAYOUTS:
        x = LAYOUTS[layout](base(torch.float32))
        for s in elementwise.with_input(x) if x.dim() > 1 else ():
            u, *v = seeds(s)
            u, g = (ARRANGEMENTS[other](t) for t in (u, torch.randn(x.shape).to(x.dtype)))
            check_passes(elementwise, s, f"{layout}, {other}", (u, *v), g)


@each
def test_layout_is_kept(elementwise):
    for layout, arrange in DENSE.items():
        x = arrange(base(torch.float32))
        s = next(elementwise.with_input(x)).leaves()
        s = s.with_tensors(x.requires_grad_(), *s.tensors[1:])
        y = elementwise.forward(*s.arguments)
        first = grad(y.sum(), s.tensors, create_graph=True)
        (second,) = grad(sum(t.sum() for t in first), x)
        for t in (y, first[0], second):
            assert t.stride() == x.stride(), layout


@each
def test_gradients_of_what_is_behind_a_view(elementwise):
    """The gradient of an expanded or overlapping input is that of its storage."""
    leaf = base(torch.float64).requires_grad_()
    for layout, arrange in LAYOUTS.items():
        *_, s = elementwise.with_input(arrange(leaf))
        leaves, results = (leaf, *(t.clone().requires_grad_() for t in s.tensors[1:])), []
        for f in (elementwise.forward, elementwise.expression):
            y = f(arrange(leaf), *leaves[1:], *s.numbers)
            first = grad(y.square().sum(), leaves, create_graph=True)
            second = grad(sum(t.square().sum() for t in first), leaves)
            results.append([t.detach() for t in (*first, *second)])
        torch.testing.assert_close(*results, msg=lambda m, at=layout: f"{at}: {m}")


def calls(row, s: Sample, out: torch.Tensor):
    """What allocates how many tensors of the input's size."""
    x, weights = s.input, s.arguments[1:]
    g, u, dense = torch.randn_like(x), seeds(s), torch.empty_like(x).copy_(x)
    gradients = {
        "": g,
        ", mixed layouts": g.transpose(0, 1).contiguous().transpose(0, 1),
        ", expanded gradient": torch.ones(()).expand(x.shape),
    }
    yield "value", 1, lambda: row.forward(*s.arguments)
    for name, t in gradients.items():
        yield f"backward{name}", 1, lambda t=t: row.gradients(t, *s.arguments)
        yield f"double backward{name}", 2, lambda t=t: row.double_backward(*u, t, *s.arguments)
    yield "out", 0, lambda: row.out(*s.arguments, out=out)
    yield "in place", 0, lambda: row.inplace(dense, *weights)
    yield "in place, in a slice", 0, lambda: row.inplace(out[1:, :, ::2], *weights)
    if weights:
        backward = lambda *mask: row.backward(g, *s.arguments, mask)  # noqa: E731
        yield "of self alone", 1, lambda: backward(True, False)
        yield "of the weight alone", 0, lambda: backward(False, True)
        alone = (*u, g, *s.arguments, (False, False, True))
        yield "weight of double backward alone", 0, lambda: row.double_backward(*alone)
    leaf = x.detach().requires_grad_()
    product, y = leaf * 1, row.forward(leaf, *weights)
    yield "in place, differentiated: a clone", 1, lambda: row.inplace(product, *weights)
    yield "gradient", 1, lambda: grad(y, leaf, g)


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@each
@pytest.mark.parametrize("layout", ["contiguous", "channels-last", "transposed", "sliced"])
def test_nothing_is_copied(elementwise, layout):
    """Allocated are outputs; sums for the weight take a thirtieth of the input at most."""
    x = LAYOUTS[layout](torch.randn(16, 32, 24, 64))
    size = x.numel() * x.element_size()
    for s in along(elementwise, x, 1):
        for name, outputs, run in calls(elementwise, s, torch.empty_like(x)):
            extra = allocated(run) - outputs * size
            allowed = size / 30 if s.numbers else 0
            assert 0 <= extra <= allowed, f"{name}, {layout}, {s.name}: {extra} bytes"


@each
def test_more_than_two_gigabytes_of_offsets(elementwise):
    """Strides are 64 bits wide: an element behind 2³¹ others, the memory between untouched."""
    storage = torch.empty(2**31 + 64, dtype=torch.float16)
    for position in (0, 2**31 + 8):
        storage[position] = -1.0
    near, x = torch.full((2,), -1.0, dtype=torch.float16), storage.as_strided((2,), (2**31 + 8,))
    for s in elementwise.with_input(near):
        far = s.with_tensors(x, *s.tensors[1:])
        got, want = (
            (elementwise.forward(*t.arguments), *elementwise.gradients(t.input, *t.arguments))
            for t in (far, s)
        )
        assert all(same_bits(a, b) for a, b in zip(got, want, strict=True)), s.name
