"""Nested tensors, jagged and strided, against the same numbers in a dense tensor."""

import subprocess
import sys
from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from nonlin import nn
from nonlin.reference import catalogue
from test_compile import compiled
from torch.autograd import grad
from torch.nn import functional

pytestmark = [
    pytest.mark.devices,
    pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
LAYOUTS = pytest.mark.parametrize(
    "layout", [torch.jagged, torch.strided], ids=["jagged", "strided"]
)
each_row = pytest.mark.parametrize("row", catalogue.values(), ids=lambda row: row.name)
prelu, swish, maxout = nonlin.prelu, nonlin.swish, nonlin.maxout
w = torch.tensor([0.5, -0.25, 2.0, 0.0], dtype=torch.float64)


def parts(*shape: int) -> list[torch.Tensor]:
    """Components of a nested tensor, of several lengths."""
    return [torch.randn(length, *shape or (4,), dtype=torch.float64) for length in (3, 1, 5)]


def nested(components, layout=torch.jagged, leaf: bool = False) -> torch.Tensor:
    return torch.nested.nested_tensor(components, layout=layout, requires_grad=leaf)


def strided(t: torch.Tensor) -> torch.Tensor:
    return nested([part.detach() for part in t.unbind()], torch.strided)


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
    """With the nested tensor and with a dense one, where f counts `dim` from the end."""
    weights = [t.detach().requires_grad_() for t in weights]
    ours = derivatives(f, nested(components, layout, leaf=True), weights, order)
    theirs = derivatives(f, torch.cat(components).requires_grad_(), weights, order)
    for a, b in zip(ours, theirs, strict=True):
        if a.is_nested:
            assert a.layout == layout and same_bits(joined(a), b.detach())
        else:
            torch.testing.assert_close(a, b)


@LAYOUTS
@each_row
def test_every_row(row, layout):
    """Function and module: values, first and second derivatives; strided only without groups."""
    components = parts()
    weights = row.tensors(torch.float64, w.device)
    module = row.module(**({"dtype": torch.float64} if weights else {}))
    if row.group > 1 and layout == torch.strided:
        pytest.skip("refused")
    check_derivatives(row.function, components, weights, 1 if row.group > 1 else 2, layout)
    y = module(nested(components, layout))
    assert same_bits(joined(y), row.function(torch.cat(components), *weights).detach())


@LAYOUTS
def test_third_derivatives(layout):
    if layout == torch.jagged:
        check_derivatives(nonlin.mish, parts(), (), 3)
    else:
        with pytest.raises(NotImplementedError, match=r"make it with layout=torch\.jagged"):
            check_derivatives(nonlin.mish, parts(), (), 3, layout)
    with pytest.raises(NotImplementedError, match="nested tensor; use its values"):
        check_derivatives(swish, parts(), (w[:1],), 3, layout)


@pytest.mark.parametrize("dim", [2, 3, -1, -2])
def test_a_weight_along_a_dense_dimension(parametric, dim):
    """Counted as for the padded tensor."""
    components = parts(4, 4)
    want = parametric.forward(nested(components).to_padded_tensor(0.0), w, dim)
    y = parametric.forward(nested(components), w, dim)
    for component, padded in zip(y.unbind(), want, strict=True):
        assert same_bits(component, padded[: len(component)])
    dense = dim if dim < 0 else dim - 4
    check_derivatives(lambda x, w: parametric.forward(x, w, dense), components, (w,))


@pytest.mark.parametrize("dim", [2, -1])
def test_groups_along_a_dense_dimension(dim):
    """The second derivative is that of the seed, in which the gradient is linear."""
    components = parts(4, 6)
    x, y = nested(components, leaf=True), torch.cat(components).requires_grad_()
    results = []
    for t, along in ((x, dim), (y, dim if dim < 0 else dim - 4)):
        value = maxout(t, 2, along)
        seed = (torch.ones_like(value) * 2).requires_grad_()
        (slope,) = grad(value, t, seed, create_graph=True)
        results.append((value, slope, *grad(slope, seed, torch.ones_like(t))))
    for ours, theirs in zip(*results, strict=True):
        assert same_bits(joined(ours), theirs.detach())


@LAYOUTS
@pytest.mark.parametrize("f", [nonlin.silu, nonlin.mish, nonlin.elu, prelu, swish])
def test_in_place(f, layout):
    """Written where it lies, counted as a version, and differentiated."""
    components, weights = parts(), () if f in (nonlin.silu, nonlin.mish, nonlin.elu) else (w[:1],)
    x = nested(components, layout)
    version = x._version
    assert f(x, *weights, inplace=True) is x and x._version == version + 1
    assert same_bits(joined(x), f(torch.cat(components), *weights))

    def written(x, *weights):
        y = x * 1
        return f(y, *weights, inplace=True)

    check_derivatives(written, components, weights, 1, layout)
    with torch.inference_mode():
        x = nested(components, layout)
        f(x, *weights, inplace=True)
        assert same_bits(joined(x), f(torch.cat(components), *weights))


@pytest.mark.parametrize("f", [nonlin.silu, partial(prelu, weight=w[:1])])
def test_in_place_on_a_view_and_on_what_was_saved(f):
    """As PyTorch's own do; without a version the gradients below are silently wrong."""
    values, offsets = torch.randn(5, 4, requires_grad=True), torch.tensor([0, 2, 5])
    f = partial(f, weight=w[:1].float()) if isinstance(f, partial) else f
    view = torch.nested.nested_tensor_from_jagged(values * 2, offsets)
    (ours,) = grad(f(view, inplace=True).values().square().sum(), values)
    (theirs,) = grad(f(values * 2).square().sum(), values)
    torch.testing.assert_close(ours, theirs)

    x = nested(parts(), leaf=True)
    y = x * 1
    product = y * y
    nonlin.silu(y, inplace=True)
    with pytest.raises((RuntimeError, NotImplementedError)):
        grad(product, x, torch.ones_like(x))


@each_row
def test_transposed(row):
    """The ragged dimension is the last one then."""
    components = parts()
    weights = row.tensors(torch.float64, w.device)
    options = {"dim": 1} if row.group > 1 else {}
    y = row.function(nested(components).transpose(1, 2), *weights, **options)
    want = row.function(torch.cat(components), *weights)
    assert same_bits(joined(y.transpose(1, 2)), want.detach())
    if row.name == "prelu":
        channels = prelu(nested(components).transpose(1, 2), w)
        assert same_bits(joined(channels.transpose(1, 2)), prelu(torch.cat(components), w))


def test_gaps():
    """What lies between components counts nowhere, or is refused."""
    whole = torch.randn(3, 5, 4, dtype=torch.float64, requires_grad=True)
    starts, lengths = torch.tensor([0, 1, 2]), torch.tensor([2, 3, 1])
    x = torch.nested.narrow(whole, 1, starts, lengths, layout=torch.jagged)
    inside = [whole[i, s : s + n] for i, (s, n) in enumerate(zip(starts, lengths, strict=True))]
    for f in (nonlin.mish, partial(prelu, weight=w, dim=-1), partial(maxout, k=2)):
        components = f(x).unbind()
        want = [f(t) for t in inside]
        torch.testing.assert_close(components, tuple(want), rtol=0, atol=0)
        ours, theirs = (grad(torch.cat(list(t)).square().sum(), whole) for t in (components, want))
        torch.testing.assert_close(ours, theirs)
    with pytest.raises(RuntimeError, match=r"`self` must have no gaps .* where `weight` learns"):
        prelu(x, w.clone().requires_grad_(), dim=-1)


def test_strided_layouts():
    """Gradients may come transposed, and values too, though not to be written."""
    leaves = [t.requires_grad_() for t in parts()]
    y = nonlin.gelu(torch.nested.as_nested_tensor(leaves)).transpose(1, 2)
    seeds = [torch.randn_like(t) for t in y.unbind()]
    ours = grad(sum((t * s).sum() for t, s in zip(y.unbind(), seeds, strict=True)), leaves)
    want = [nonlin.gelu(t).T for t in leaves]
    theirs = grad(sum((t * s).sum() for t, s in zip(want, seeds, strict=True)), leaves)
    torch.testing.assert_close(ours, theirs)
    x = y.detach()
    for component, t in zip(nonlin.mish(x).unbind(), x.unbind(), strict=True):
        assert same_bits(component, nonlin.mish(t))


@LAYOUTS
@pytest.mark.parametrize("ours", [nonlin.gelu, nonlin.silu, nonlin.mish, nonlin.elu, nonlin.selu])
def test_as_pytorch(ours, layout):
    """Wherever PyTorch's counterpart works, and where it does not."""
    theirs = getattr(functional, ours.__name__)
    components = parts()
    y = ours(nested(components, layout))
    if layout == torch.jagged or ours in (nonlin.gelu, nonlin.silu):
        torch.testing.assert_close(joined(y), joined(theirs(nested(components, layout))))


backward = torch.ops.nonlin.prelu_backward
REFUSED = [
    (lambda x: prelu(x, w), "the ragged dimension 1 of a nested `self`; use dim=-1 for its last"),
    (lambda x: swish(x, w, dim=0), "`dim` must not be the batch dimension 0 of a nested `self`"),
    (lambda x: maxout(x, 2, 1), "`dim` must not be the ragged dimension 1 of a nested `self`"),
    (lambda x: prelu(x, w, 3), "`dim` must be between -3 and 2"),
    (lambda x: prelu(x, w[:3], 2), "or 4, the size of dimension 2 of `self`, got 3"),
    (lambda x: maxout(x, 3), "`k` must divide 4, the size of dimension 2 of `self`, got 3"),
    (lambda x: nonlin.elu(x, out=x), ".out: `out` must not be given where a tensor is nested"),
    (lambda x: prelu(w, x), "`weight` must be a dense tensor, got a nested one"),
    (lambda x: backward(w, x, w[:1]), "`grad_output` must be a nested tensor, jagged like `self`"),
    (lambda x: backward(nested(parts()), x, w[:1]), "`self` must have components as long as those"),
    (lambda x: prelu(strided(x), w, -1), "`self` must be jagged where it is nested, got a strided"),
    (lambda x: maxout(strided(x), 2), "got a strided one; make it with layout=torch.jagged"),
    (lambda x: backward(x, strided(x), w[:1]), "`self` must be a nested tensor, jagged like `grad"),
    (
        lambda x: nonlin.mish(strided(x).transpose(1, 2), inplace=True),
        "`self` must be contiguous where it is nested",
    ),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[text for _, text in REFUSED])
def test_refused_in_one_line(call, message):
    with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)) as caught:
        call(nested(parts()))
    text = str(caught.value)
    assert text.startswith("nonlin::") and message in text and "\n" not in text, text


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
        leaves = [x, *net.parameters()]
        y, want = run(x), net(x)
        assert y.shape == want.shape
        torch.testing.assert_close(joined(y), joined(want))
        ours, theirs = (grad(t, leaves, torch.ones_like(t)) for t in (y, want))
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(joined(a), joined(b))


def test_autocast():
    with torch.autocast(w.device.type, torch.bfloat16):
        x = nested([t.float() for t in parts()])
        assert prelu(x, w.float(), dim=-1).dtype == torch.bfloat16
        assert nonlin.gelu(x).dtype == torch.float32


def test_import_loads_nothing_of_nested_tensors():
    code = (
        "import sys, torch; before = set(sys.modules); import nonlin; "
        "print(*(m for m in set(sys.modules) - before if not m.startswith('nonlin')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [m for m in run.stdout.split() if m.startswith("torch.nested")], run.stdout
