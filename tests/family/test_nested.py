"""Nested tensors, jagged and strided, against the same numbers in a dense tensor."""

from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import compiled
from nonlin import nn
from nonlin.testing import Pointwise, catalogue
from torch.autograd import grad

pytestmark = [
    pytest.mark.devices,
    pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
LAYOUTS = (torch.jagged, torch.strided)
each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=str)
prelu, swish, maxout = nonlin.prelu, nonlin.swish, nonlin.maxout
w = torch.tensor([0.5, -0.25, 2.0, 0.0], dtype=torch.float64)


def parts(*shape: int) -> list[torch.Tensor]:
    """Components of a nested tensor, of several lengths."""
    return [torch.randn(length, *shape or (4,), dtype=torch.float64) for length in (3, 1, 5)]


def nested(parts, layout=torch.jagged, leaf: bool = False) -> torch.Tensor:
    return torch.nested.nested_tensor(parts, layout=layout, requires_grad=leaf)


def joined(t: torch.Tensor) -> torch.Tensor:
    """All components in one dense tensor."""
    return torch.cat(t.detach().unbind()) if t.is_nested else t.detach()


def derivatives(f, x, weights, order: int) -> list[torch.Tensor]:
    """f(x), its gradients in x and the weights, and theirs."""
    results = [f(x, *weights)]
    found = list(results)
    for step in range(order):
        seeds = [torch.ones_like(t) * 0.7 for t in results]
        more = step + 1 < order
        results = grad(results, [x, *weights], seeds, create_graph=more, materialize_grads=True)
        found += results
    return found


def check_derivatives(f, components, weights, order: int = 2, layout=torch.jagged) -> None:
    weights = [t.detach().requires_grad_() for t in weights]
    ours = derivatives(f, nested(components, layout, leaf=True), weights, order)
    theirs = derivatives(f, torch.cat(components).requires_grad_(), weights, order)
    for a, b in zip(ours, theirs, strict=True):
        if a.is_nested:
            assert a.layout == layout and same_bits(joined(a), b.detach())
        else:
            torch.testing.assert_close(a, b)


@pytest.mark.parametrize("row", catalogue.values(), ids=lambda row: row.name)
def test_every_row(row):
    """Functions and modules: values, first and second derivatives, and PyTorch's values."""
    components, weights = parts(), row.tensors(torch.float64, w.device)
    for layout in LAYOUTS[: 2 if row.group == 1 else 1]:
        check_derivatives(row.function, components, weights, 1 if row.group > 1 else 2, layout)
        module = row.module(**({"dtype": torch.float64} if weights else {}))
        y = module(nested(components, layout))
        assert same_bits(joined(y), row.function(torch.cat(components), *weights).detach())
        if isinstance(row, Pointwise):
            torch.testing.assert_close(joined(y), row.builtin(torch.cat(components)))


def test_operators(pointwise):
    """PyTorch dispatches operators tagged `pointwise` to the values of a jagged tensor."""
    x = torch.nested.as_nested_tensor([t.requires_grad_() for t in parts()], layout=torch.jagged)
    assert same_bits(joined(pointwise.forward(x)), pointwise.forward(joined(x)))


@each_layout
def test_third_derivatives(layout):
    if layout == torch.jagged:
        check_derivatives(nonlin.mish, parts(), (), 3)
    else:
        with pytest.raises(NotImplementedError, match=r"make it with layout=torch\.jagged"):
            check_derivatives(nonlin.mish, parts(), (), 3, layout)
    with pytest.raises(NotImplementedError, match="nested tensor; use its values"):
        check_derivatives(swish, parts(), (w[:1],), 3, layout)


def test_a_weight_along_a_dense_dimension(parametric):
    """Counted as for the padded tensor."""
    components = parts(4, 4)
    for dim in (2, 3, -1, -2):
        want = parametric.forward(nested(components).to_padded_tensor(0.0), w, dim)
        got = parametric.forward(nested(components), w, dim).unbind()
        for y, padded in zip(got, want, strict=True):
            assert same_bits(y, padded[: len(y)])
        at = {True: dim, False: dim if dim < 0 else dim - 4}
        forward = lambda x, w: parametric.forward(x, w, at[x.is_nested])  # noqa: B023, E731
        check_derivatives(forward, components, (w,))


@pytest.mark.parametrize("dim", [3, -1])
def test_groups_along_a_dense_dimension(dim):
    """The second derivative is that of the seed, in which the gradient is linear."""
    components = parts(4, 6)
    results = []
    for t, along in ((nested(components, leaf=True), dim), (torch.cat(components), -1)):
        value = maxout(t.requires_grad_(), 2, along)
        seed = (torch.ones_like(value) * 2).requires_grad_()
        (slope,) = grad(value, t, seed, create_graph=True)
        results.append((value, slope, *grad(slope, seed, torch.ones_like(t))))
    for ours, theirs in zip(*results, strict=True):
        assert same_bits(joined(ours), theirs.detach())


@pytest.mark.parametrize("f", [nonlin.silu, nonlin.mish, nonlin.elu, prelu, swish])
def test_in_place(f):
    """Written where it lies, counted as a version, and differentiated."""
    components, weights = parts(), (w[:1],) if f in (prelu, swish) else ()
    want = f(torch.cat(components), *weights)
    for layout in LAYOUTS:
        x = nested(components, layout)
        version, address = x._version, x.values().data_ptr()
        assert f(x, *weights, inplace=True) is x
        assert x._version == version + 1 and x.values().data_ptr() == address
        assert same_bits(joined(x), want)
        check_derivatives(lambda x, *w: f(x * 1, *w, inplace=True), components, weights, 1, layout)
        with torch.inference_mode():
            assert same_bits(joined(f(nested(components, layout), *weights, inplace=True)), want)


@pytest.mark.parametrize("f", [nonlin.silu, lambda x, **options: prelu(x, w[:1], **options)])
def test_in_place_on_a_view_and_on_what_was_saved(f):
    """Were no version counted, the gradients below would be silently wrong."""
    values = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    view = torch.nested.nested_tensor_from_jagged(values * 2, torch.tensor([0, 2, 5]))
    (ours,) = grad(f(view, inplace=True).values().square().sum(), values)
    (theirs,) = grad(f(values * 2).square().sum(), values)
    torch.testing.assert_close(ours, theirs)

    x = nested(parts(), leaf=True)
    y = x * 1
    product = y * y
    f(y, inplace=True)
    # PyTorch's own message of a wrong version fails to describe a jagged tensor.
    with pytest.raises((RuntimeError, NotImplementedError)):
        grad(product, x, torch.ones_like(x))


def test_transposed():
    """The ragged dimension is the last one, and the other dense."""
    components = parts()
    for f in (prelu, swish, lambda x, w, dim: maxout(x, 2, dim), lambda x, w, dim: nonlin.mish(x)):
        y = f(nested(components).transpose(1, 2), w, dim=1).transpose(1, 2)
        assert same_bits(joined(y), f(torch.cat(components), w, dim=1))


def test_gaps():
    """What lies between components counts nowhere, or is refused."""
    whole = torch.randn(3, 5, 4, dtype=torch.float64, requires_grad=True)
    starts, lengths = torch.tensor([0, 1, 2]), torch.tensor([2, 3, 1])
    x = torch.nested.narrow(whole, 1, starts, lengths, layout=torch.jagged)
    inside = [whole[i, s : s + n] for i, (s, n) in enumerate(zip(starts, lengths, strict=True))]
    for f in (nonlin.mish, partial(prelu, weight=w, dim=-1), partial(maxout, k=2)):
        components, want = f(x).unbind(), [f(t) for t in inside]
        torch.testing.assert_close(components, tuple(want))
        ours, theirs = (grad(torch.cat(list(t)).square().sum(), whole) for t in (components, want))
        torch.testing.assert_close(ours, theirs)
    with pytest.raises(RuntimeError, match=r"`self` must have no gaps .* where `weight` learns"):
        prelu(x, w.clone().requires_grad_(), dim=-1)


def test_strided_layouts():
    """Gradients and values may be transposed; there may be no component."""
    leaves = [t.requires_grad_() for t in parts()]
    y = nonlin.gelu(torch.nested.as_nested_tensor(leaves)).transpose(1, 2)
    seeds = [torch.randn_like(t) for t in y.unbind()]
    ours = grad(y.unbind(), leaves, seeds)
    theirs = grad([nonlin.gelu(t).T for t in leaves], leaves, seeds)
    torch.testing.assert_close(ours, theirs)
    x = y.detach()
    assert nonlin.mish(torch.nested.nested_tensor([])).size(0) == 0
    mish = nonlin.mish(x).transpose(1, 2)
    assert same_bits(joined(mish), torch.cat([nonlin.mish(t).T for t in x.unbind()]))


backward = torch.ops.nonlin.prelu_backward
REFUSED = [
    (lambda x, s: prelu(x, w), "dimension 1 of a nested `self`; use dim=-1 for its last one"),
    (lambda x, s: prelu(x.transpose(1, 2), w, -1), "the ragged dimension 2 of a nested `self`"),
    (lambda x, s: swish(x, w, dim=0), "`dim` must not be the batch dimension 0 of a nested `self`"),
    (lambda x, s: prelu(x, w, 3), "`dim` must be between -3 and 2"),
    (lambda x, s: prelu(x, w[:3], 2), "or 4, the size of dimension 2 of `self`, got 3"),
    (lambda x, s: maxout(x.requires_grad_(), 2, 1), "must not be the ragged dimension 1"),
    (lambda x, s: maxout(x.requires_grad_(), 0), "`k` must be between 1 and 256, got 0"),
    (lambda x, s: maxout(x, 3), "`k` must divide 4, the size of dimension 2 of `self`, got 3"),
    (lambda x, s: nonlin.elu(x, out=x), ".out: `out` must not be given where a tensor is nested"),
    (lambda x, s: prelu(w, x), "`weight` must be a dense tensor, got a nested one"),
    (lambda x, s: backward(w, x, w[:1]), "`grad_output` must be a nested tensor, jagged like"),
    (lambda x, s: backward(nested(parts()), x, w[:1]), "must have components as long as those of"),
    (lambda x, s: prelu(s, w, -1), "`self` must be jagged where it is nested, got a strided"),
    (lambda x, s: maxout(s, 2), "got a strided one; make it with layout=torch.jagged"),
    (lambda x, s: backward(x, s, w[:1]), "`self` must be a nested tensor, jagged like `grad"),
    (lambda x, s: nonlin.swiglu(x, s), "`up` must be a nested tensor, jagged like `self`"),
    (lambda x, s: nonlin.swiglu(s, x), "`up` must be a nested tensor, strided like `self`"),
    (lambda x, s: nonlin.reglu(x, w), "`up` must be a nested tensor, jagged like `self`"),
    (lambda x, s: nonlin.reglu(w.view(1, 1, 4), x, inplace=True), "`up` must be a dense tensor"),
    (lambda x, s: nonlin.mish(s.transpose(1, 2), True), "`self` must be contiguous where it"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[text for _, text in REFUSED])
def test_refused_in_one_line(call, message):
    with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)) as caught:
        call(nested(parts()), nested(parts(), torch.strided))
    text = str(caught.value)
    assert text.startswith("nonlin::") and message in text and "\n" not in text, text
    assert "with_index" not in text, text  # the operator that runs where a gradient is needed


@pytest.mark.usefixtures("fresh_compiler")
def test_compiled():
    """One graph for all lengths; the last but one is written in place."""
    net = torch.nn.Sequential(
        nn.GELU(),
        nn.PReLU(4, dim=-1, dtype=torch.float64),
        nn.Swish(learnable=True, num_parameters=4, dim=2, dtype=torch.float64),
        nn.SiLU(inplace=True),
        nn.Maxout(2),
    )
    run = compiled(net)
    for components in (parts(), parts()[1:]):
        x = nested(components, leaf=True)
        ours, theirs = (
            derivatives(lambda x, *_, f=f: f(x), x, [*net.parameters()], 1) for f in (run, net)
        )
        assert ours[0].shape == theirs[0].shape
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(joined(a), joined(b))


def test_autocast():
    with torch.autocast(w.device.type, torch.bfloat16):
        x = nested([t.float() for t in parts()])
        assert prelu(x, w.float(), dim=-1).dtype == torch.bfloat16
        assert nonlin.gelu(x).dtype == torch.float32
