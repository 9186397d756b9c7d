"""Autocast: operators with a weight run in the lower precision, as PReLU; others keep theirs."""

import nonlin
import pytest
import torch
import torch.nn.functional as F
from accuracy import same_bits
from rows import DTYPES, GROUPWISE, HALVES, POINTWISE
from torch.autograd import grad
from torch.func import vmap

pytestmark = pytest.mark.devices
LOWER = pytest.mark.parametrize("lower", HALVES, ids=str)


def autocast(dtype: torch.dtype, **options) -> torch.autocast:
    """On the device under test."""
    return torch.autocast(torch.get_default_device().type, dtype, **options)


def tensors(dtype=torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(4, 3, 5).to(dtype), torch.tensor([0.25, -0.5, 1.5]).to(dtype)


@LOWER
def test_lower_precision(parametric, lower):
    """float32, float16 and bfloat16 become the lower precision, mixed or not; float64 stays."""
    x, w = tensors()
    want = parametric.forward(x.to(lower), w.to(lower))
    with autocast(lower):
        for a in (x, x.to(lower)):
            for b in (w, w.to(lower)):
                assert same_bits(parametric.forward(a, b), want)
        assert parametric.forward(x.double(), w.double()).dtype == torch.float64
    with autocast(lower, enabled=False):
        assert parametric.forward(x, w).dtype == torch.float32


@LOWER
def test_gradients(parametric, lower):
    """In the type of the leaves, as those of the lower precision."""
    x, w = (t.requires_grad_() for t in tensors())
    g = torch.randn(4, 3, 5)
    with autocast(lower):
        y = parametric.forward(x, w)
    ours = grad(y, (x, w), g.to(lower))
    wanted = parametric.backward(g.to(lower), x.detach().to(lower), w.detach().to(lower))
    for a, b in zip(ours, wanted, strict=True):
        assert a.dtype == torch.float32 and same_bits(a, b.float())


@LOWER
def test_second_gradients(parametric, lower):
    x, w = (t.requires_grad_() for t in tensors())
    results = []
    for f in (parametric.forward, parametric.expression):
        with autocast(lower):
            y = f(x, w) if f == parametric.forward else f(x.to(lower), w.to(lower))
        first = grad(y.float().square().sum(), (x, w), create_graph=True)
        results.append([t.float() for t in grad(first[0].square().sum() + first[1].sum(), (x, w))])
    eps = torch.finfo(lower).eps
    torch.testing.assert_close(*results, rtol=16 * eps, atol=64 * eps)


@LOWER
@pytest.mark.parametrize("weights", [1, 3])
def test_as_the_built_in(lower, weights):
    """Types and values of F.prelu under autocast, of its gradients too."""
    x, w = (t.requires_grad_() for t in tensors())
    w = w[:weights]
    results = []
    for f in (F.prelu, torch.ops.nonlin.prelu):
        with autocast(lower):
            y = f(x, w)
        results.append((y.detach(), *grad(y.sum(), (x, w))))
    theirs, ours = results
    assert [t.dtype for t in ours] == [t.dtype for t in theirs]
    for a, b in zip(ours[:2], theirs[:2], strict=True):
        assert torch.equal(a, b)
    eps = torch.finfo(lower).eps
    torch.testing.assert_close(ours[2], theirs[2], rtol=16 * eps, atol=16 * eps)


@LOWER
def test_with_other_operators(parametric, lower):
    """A linear layer under autocast hands over the lower precision; the weight is float32."""
    layer, w = torch.nn.Linear(6, 3), torch.nn.Parameter(tensors()[1])
    with autocast(lower):
        y = parametric.forward(layer(torch.randn(8, 6)), w)
        assert y.dtype == lower
        y.float().square().mean().backward()  # inside: backward operators under autocast
    assert w.grad.dtype == torch.float32 and w.grad.abs().sum() > 0
    assert layer.weight.grad.dtype == torch.float32


@LOWER
@pytest.mark.parametrize("given", DTYPES, ids=str)
def test_what_is_written_keeps_its_type(parametric, lower, given):
    """In place and out: the weight is cast to the type of `self`, and has a gradient in its own."""
    x, w = tensors()
    x, w = x.to(given), w.requires_grad_()
    want = parametric.forward(x, w.detach().to(given))
    with autocast(lower):
        out = torch.empty_like(x)
        assert parametric.out(x, w.detach(), out=out) is out and same_bits(out, want)
        y = x.clone()
        assert parametric.inplace(y, w) is y and y.dtype == given and same_bits(y.detach(), want)
        (gradient,) = grad(y.float().sum(), w)
    g = torch.ones_like(x)
    assert same_bits(gradient, parametric.backward(g, x, w.detach().to(given))[1].to(w.dtype))


@LOWER
def test_in_place_behind_a_linear_layer(lower):
    """As networks have it: no type is written anywhere."""
    net = torch.nn.Sequential(
        torch.nn.Linear(6, 3), nonlin.nn.Swish(learnable=True, num_parameters=3, inplace=True)
    )
    x = torch.randn(8, 6)
    for run in (net, torch.compile(net, backend="aot_eager", fullgraph=True)):
        net.zero_grad()
        with autocast(lower):
            y = run(x)
        assert y.dtype == lower
        y.float().square().mean().backward()
        assert all(p.grad.dtype == torch.float32 and p.grad.any() for p in net.parameters())


def test_under_transforms(parametric):
    x, w = tensors()
    with autocast(torch.bfloat16):
        assert vmap(lambda t: parametric.forward(t, w, 0))(x).dtype == torch.bfloat16
        gradient = torch.func.grad(lambda v: parametric.forward(x, v).float().sum())(w)
    assert gradient.dtype == torch.float32


def test_compiled(parametric, fresh_compiler):
    x, w = tensors()
    device = x.device.type

    def f(x, w):
        with torch.autocast(device, torch.bfloat16):
            return parametric.forward(x, w)

    got = torch.compile(f, fullgraph=True, backend="aot_eager")(x, w)
    assert got.dtype == torch.bfloat16 and same_bits(got, f(x, w))


def test_casts_are_cached(parametric):
    """A weight that requires a gradient is cast once for all calls of one region."""
    x, w = tensors()
    w.requires_grad_()
    with autocast(torch.bfloat16):
        one, other = parametric.forward(x, w), parametric.forward(x, w)
    saved = [y.grad_fn.next_functions[1][0] for y in (one, other)]
    assert saved[0] is saved[1] and "ToCopy" in saved[0].name()


@pytest.mark.parametrize("row", (*POINTWISE, *GROUPWISE), ids=str)
def test_others_keep_their_type(row):
    """As PyTorch's own; under vmap and in gradients too."""
    numbers = (2,) if row in GROUPWISE else ()
    x = torch.randn(4, 6, requires_grad=True)
    with autocast(torch.bfloat16):
        for t in (x, x.bfloat16()):
            assert row.forward(t, *numbers).dtype == t.dtype
            assert vmap(lambda t: row.forward(t, *numbers))(t).dtype == t.dtype
        (gradient,) = grad(row.forward(x, *numbers).sum(), x)
        assert gradient.dtype == torch.float32


def test_what_the_header_says():
    """Both are registered for autocast; what is written in place keeps its type."""
    assert nonlin._C.build_info()
    for name in ("prelu", "parametric_swish"):
        for key in ("AutocastCPU", "AutocastCUDA"):
            assert torch._C._dispatch_has_kernel_for_dispatch_key(f"nonlin::{name}", key)
    assert not torch._C._dispatch_has_kernel_for_dispatch_key("nonlin::maxout", "AutocastCPU")
    x, w = tensors()
    with autocast(torch.bfloat16):
        assert torch.ops.nonlin.prelu_(x, w).dtype == torch.float32
