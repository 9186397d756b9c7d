"""Input and weight of any shape and strides: bits of elements, sums, layouts, memory."""

import pytest
import torch
from accuracy import same_bits
from layouts import DENSE, LAYOUTS, allocated, base
from parametric_accuracy import sum_errors
from rows import DTYPES, WEIGHTS, make_weight, placed
from torch.autograd import grad

pytestmark = pytest.mark.devices
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)

# Batch, channels and what is inside of them.
SHAPES = {
    "images": (3, 5, 7, 7),
    "one inside": (9, 5, 1),
    "three inside": (9, 5, 3),
    "rows": (200, 5),
    "one channel": (4, 1, 33),
    "one row of one channel": (1, 1, 100),
    "thousands of channels": (3, 4099),
    "thousands of channels with insides": (2, 1030, 3),
    "many rows": (40_000, 2),
    "one long row": (1, 2, 70_000),
    "no rows": (0, 3, 2),
    "no channels": (2, 0, 3),
    "nothing inside": (2, 3, 0),
}


def elements(parametric, tensors, x, w, dim: int) -> list[torch.Tensor]:
    """All results that have an element for each of x, from a flat call with a weight for each."""
    each = placed(w, x, dim).expand(x.shape).flatten()
    u, v, g = (t.expand(x.shape).flatten() for t in tensors)
    flat = x.contiguous().resolve_neg().clone().flatten()
    results = [parametric.forward(flat, each, 0), parametric.backward(g, flat, each, 0)[0]]
    return results + list(parametric.double_backward(u, v, g, flat, each, 0)[:2])


def tensors_for(x, w, dim: int) -> list[torch.Tensor]:
    """u, v in the shape of w, g, with v as it is multiplied with x last."""
    v = torch.randn(w.shape).to(x.dtype)
    return [torch.randn(x.shape).to(x.dtype), v, torch.randn(x.shape).to(x.dtype)]


def check(parametric, x, w, dim: int, where: str, tensors=None) -> None:
    """Elements bit for bit as in a row, sums as exact as they should be, strides of the input."""
    u, v, g = tensors or tensors_for(x, w, dim)
    first = parametric.backward(g, x, w, dim)
    second = parametric.double_backward(u, v, g, x, w, dim)
    got = [parametric.forward(x, w, dim), first[0], *second[:2]]
    spread = placed(v, x, dim).expand(x.shape)
    for a, b in zip(got, elements(parametric, (u, spread, g), x, w, dim), strict=True):
        assert a.shape == x.shape and same_bits(a.flatten(), b), f"{parametric} {where}, {x.dtype}"
        assert a.stride() == torch.empty_like(x).stride()
        assert a.data_ptr() not in (x.data_ptr(), g.data_ptr()) or x.numel() == 0
    for t in (first[1], second[2]):
        assert t.shape == w.shape and t.dtype == w.dtype and t.is_contiguous()
    check_sum(parametric, first[1], parametric.weight_terms(g, x, w, dim), dim, where)


def check_sum(parametric, got, terms, dim: int, where: str) -> None:
    exact, error, allowed = sum_errors(got, terms, dim)
    worst = (error - allowed).argmax() if len(error) else 0
    assert (error <= allowed).all(), (
        f"{parametric} {where}, {got.dtype}: gradient of the weight {got.flatten()[worst]}"
        f", exact {exact[worst]}"
    )


@DTYPE
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(parametric, instruction_set, shape, dtype):
    x = torch.randn(SHAPES[shape]).mul(3).to(dtype)
    for kind in ("scalar", "channels"):
        check(parametric, x, make_weight(kind, x.shape[1], dtype), 1, f"{shape}, {kind}")


@DTYPE
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(parametric, layout, dtype):
    """Along every dimension, with every kind of weight."""
    x = LAYOUTS[layout](base(dtype))
    check(parametric, x, make_weight("single", 1, x.dtype), 1, f"{layout}, single")
    for dim in range(-x.dim(), x.dim()):
        for kind in WEIGHTS if dim >= 0 else ["channels"]:
            w = make_weight(kind, x.shape[dim], x.dtype)
            check(parametric, x, w, dim, f"{layout}, {kind}, dimension {dim}")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("other", ["contiguous", "channels-last", "expanded", "transposed"])
def test_gradients_with_another_layout(parametric, layout, other):
    """Sums hand back expanded gradients, and products transposed ones."""
    x = LAYOUTS[layout](base(torch.float32))
    if x.dim() < 2:
        return
    arrange = {
        "contiguous": lambda t: t,
        "channels-last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
        "expanded": lambda t: t[:1, :1].expand_as(t) if t.numel() else t,
        "transposed": lambda t: t.transpose(0, 1).contiguous().transpose(0, 1),
    }[other]
    for dim in (0, 1):
        w = make_weight("channels", x.shape[dim], x.dtype)
        u, v, g = tensors_for(x, w, dim)
        check(parametric, x, w, dim, f"{layout}, {other}", (arrange(u), v, arrange(g)))


@pytest.mark.parametrize("kind", ["scalar", "single"])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (0,), (1, 0)], ids=str)
def test_a_single_weight_needs_no_dimension(parametric, shape, kind):
    x = torch.randn(shape)
    check(parametric, x, make_weight(kind, 1, x.dtype), 1, str(shape))
    check(parametric, x, make_weight(kind, 1, x.dtype), 0 if shape else -1, str(shape))


def test_one_dimension_with_a_weight_for_each(parametric):
    x = torch.randn(40)
    for dim in (0, -1):
        check(parametric, x, make_weight("channels", 40, x.dtype), dim, "one dimension")


@pytest.mark.parametrize("layout", DENSE)
def test_layout_is_kept(parametric, layout):
    x = DENSE[layout](base(torch.float32)).requires_grad_()
    w = make_weight("scalar", 1, x.dtype).requires_grad_()
    y = parametric.forward(x, w)
    first = grad(y.sum(), (x, w), create_graph=True)
    second = grad(first[0].sum() + first[1].sum(), x)
    for t in (y, first[0], second[0]):
        assert t.stride() == x.stride()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_of_what_is_behind_a_view(parametric, layout):
    """The gradient of an expanded or overlapping input is that of its storage."""
    leaf, results = base(torch.float64).requires_grad_(), []
    for f in (parametric.forward, parametric.expression):
        x = LAYOUTS[layout](leaf)
        w = make_weight("channels", x.shape[-1] if x.dim() else 1).requires_grad_()
        first = grad(f(x, w, -1).square().sum(), (leaf, w), create_graph=True)
        second = grad(sum(t.square().sum() for t in first), (leaf, w))
        results.append([t.detach() for t in (*first, *second)])
    torch.testing.assert_close(*results)


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@pytest.mark.parametrize("kind", ["scalar", "channels"])
@pytest.mark.parametrize("layout", ["contiguous", "channels-last", "transposed", "sliced"])
def test_nothing_is_copied(parametric, layout, kind):
    """Allocated are outputs; sums for the weight take a thirtieth of the input at most."""
    x = LAYOUTS[layout](torch.randn(16, 32, 24, 64))
    size = x.numel() * x.element_size()
    w = make_weight(kind, x.shape[1], x.dtype)
    u, v, g = tensors_for(x, w, 1)
    mixed = g.transpose(0, 1).contiguous().transpose(0, 1)
    scalar = torch.ones(()).expand(x.shape)
    out = torch.empty_like(x)
    expected = {
        "value": (lambda: parametric.forward(x, w), 1),
        "backward": (lambda: parametric.backward(g, x, w), 1),
        "backward, mixed layouts": (lambda: parametric.backward(mixed, x, w), 1),
        "backward, expanded gradient": (lambda: parametric.backward(scalar, x, w), 1),
        "of self alone": (lambda: parametric.backward(g, x, w, 1, (True, False)), 1),
        "of the weight alone": (lambda: parametric.backward(g, x, w, 1, (False, True)), 0),
        "double backward": (lambda: parametric.double_backward(u, v, mixed, x, w), 2),
        "its weight alone": (
            lambda: parametric.double_backward(u, v, g, x, w, 1, (False, False, True)),
            0,
        ),
        "out": (lambda: parametric.out(x, w, out=out), 0),
        "in place": (lambda: parametric.inplace(out, w), 0),
    }
    for name, (run, outputs) in expected.items():
        extra = allocated(run) - outputs * size
        assert 0 <= extra <= size / 30, f"{parametric} {name}, {layout}, {kind}: {extra} bytes"


def test_more_than_two_gigabytes_of_offsets(parametric):
    """Strides are 64 bits wide: an element behind 2³¹ others, the memory between untouched."""
    storage = torch.empty(2**31 + 64, dtype=torch.float16)
    for position in (0, 2**31 + 8):
        storage[position] = -1.0
    x = storage.as_strided((2,), (2**31 + 8,))
    w = torch.tensor([0.5, 0.25], dtype=torch.float16)
    near = torch.full((2,), -1.0, dtype=torch.float16)
    assert torch.equal(parametric.forward(x, w, 0), parametric.forward(near, w, 0))
    for a, b in zip(
        parametric.backward(x, x, w, 0), parametric.backward(near, near, w, 0), strict=True
    ):
        assert torch.equal(a, b)
