"""The Python functions and modules of the gated family: what they take, and what they refuse."""

import inspect
from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script
from nonlin.testing import Gated, catalogue
from nonlin.testing.activation import origin
from nonlin.testing.textbook import halves
from rows.gated import LAYOUTS
from torch.autograd import grad
from torch.fx.experimental.proxy_tensor import make_fx

pytestmark = pytest.mark.devices
ROWS = [row for row in catalogue.values() if isinstance(row, Gated)]
each = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
FUNCTIONS = sorted(nonlin.gated.__all__)


def tensors(*shape: int) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.linspace(-3, 3, 2 * torch.Size(shape).numel(), dtype=torch.float64)
    gate, up = x.view(2, *shape).unbind()
    return gate.clone(), up.flip(0).clone()


@each
def test_both_forms(row):
    gate, up = tensors(4, 6)
    for options in row.options:
        want = row.expression(gate, up, **options)
        torch.testing.assert_close(row.function(gate, up=up, **options), want)
        torch.testing.assert_close(row.module(**options)(gate, up), want)
        for dim in (0, -1):
            for layout in LAYOUTS:
                join = {
                    "gate_first": lambda dim=dim: torch.cat((gate, up), dim),
                    "gate_last": lambda dim=dim: torch.cat((up, gate), dim),
                    "interleaved": lambda dim=dim: torch.stack((gate, up), dim % 2 + 1).flatten(
                        dim % 2, dim % 2 + 1
                    ),
                }[layout]
                x = join()
                assert same_bits(halves(x, dim, layout)[0], gate)
                got = row.function(x, dim=dim, layout=layout, **options)
                assert same_bits(got, row.function(gate, up=up, **options))
                module = row.module(dim=dim, layout=layout, **options)
                assert same_bits(module(x), got)


@each
def test_defaults(row):
    """gpt-oss alternates, torch's GLU has its gate last, all others have it first."""
    name = origin(row.function).__name__
    default = {"glu": "gate_last", "swiglu_clamped": "interleaved"}.get(name, "gate_first")
    x = torch.randn(3, 8, dtype=torch.float64)
    torch.testing.assert_close(row.function(x), row.expression(*halves(x, -1, default)))
    assert inspect.signature(origin(row.function)).parameters["layout"].default == default
    assert row.module().layout == default


def test_glu_is_pytorchs():
    for x, dim in ((torch.randn(4, 6), -1), (torch.randn(4, 6), 0), (torch.randn(2, 4, 3), 1)):
        torch.testing.assert_close(nonlin.glu(x, dim), torch.nn.functional.glu(x, dim))
    module = torch.nn.GLU(0)
    module.__class__ = nonlin.nn.GLU
    x = torch.randn(4, 3)
    assert same_bits(module(x), nonlin.glu(x, 0)) and isinstance(module, torch.nn.GLU)


@each
def test_out_and_inplace(row):
    gate, up = tensors(4, 6)
    want, out = row.function(gate, up=up), torch.empty(0, dtype=torch.float64)
    assert row.function(gate, up=up, out=out) is out and same_bits(out, want)
    written = gate.clone()
    assert row.function(written, up=up, inplace=True) is written and same_bits(written, want)
    both = torch.cat((gate, up), -1)
    out = torch.empty(4, 6, dtype=torch.float64)
    assert row.function(both, out=out, layout="gate_first") is out and same_bits(out, want)


@each
def test_scripted(row):
    gate, up = tensors(2, 6)
    name = origin(row.function).__name__
    bound = row.function.keywords if isinstance(row.function, partial) else {}
    more = "".join(f", {key}={value!r}" for key, value in bound.items())
    scripted = script(row.module())
    assert same_bits(scripted(gate, up), row.function(gate, up=up))
    both = torch.cat((gate, up), -1)
    assert same_bits(scripted(both), row.function(both)), f"{name}{more}"
    assert same_bits(script(origin(row.function))(both), origin(row.function)(both))


REFUSED = {
    "no tensor": (lambda f, x: f(3.0), TypeError, "`input` must be a tensor, got float"),
    "no tensor for up": (lambda f, x: f(x, up=3.0), TypeError, "`up` must be a tensor, got float"),
    "odd size": (lambda f, x: f(x[:, :5]), ValueError, "even size in dimension 1, got 5"),
    "dim": (lambda f, x: f(x, dim=2), IndexError, "`dim` must be between -2 and 1"),
    "kind of dim": (lambda f, x: f(x, dim=1.0), TypeError, "`dim` must be an integer, got float"),
    "no dimension": (lambda f, x: f(x[0, 0]), RuntimeError, "at least one dimension, got none"),
    "shape": (lambda f, x: f(x, up=x[:1]), RuntimeError, "must have the shape of `self`"),
    "dtype": (lambda f, x: f(x, up=x.double()), RuntimeError, "`up` must have dtype float32"),
    "layout": (lambda f, x: f(x, layout="odd"), RuntimeError, "`layout` must be 'gate_first', "),
    "layout with up": (lambda f, x: f(x, up=x, layout="odd"), RuntimeError, "`layout` must be "),
    "kind of layout": (
        lambda f, x: f(x, layout=2),
        TypeError,
        "`layout` must be a string, got int",
    ),
    "in place": (
        lambda f, x: f(x, inplace=True),
        RuntimeError,
        "`inplace` must be False without `up`",
    ),
    "integers": (lambda f, x: f(x.long()), NotImplementedError, "float64, float32, float16"),
    "out": (lambda f, x: f(x, out=x.double()), RuntimeError, "`out` must have dtype float32"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("case", REFUSED)
def test_refused(name, case):
    """In one line, before anything is written."""
    call, error, words = REFUSED[case]
    x = torch.linspace(-2, 2, 24).view(4, 6)
    before = x.clone()
    with pytest.raises(error) as caught:
        call(getattr(nonlin, name), x)
    first = str(caught.value).split("\n")[0]
    assert first.startswith(f"nonlin::{name}") and words in first, first
    assert same_bits(x, before)


@pytest.mark.parametrize("limit", [0.0, -1.0])
def test_a_limit_is_positive(limit):
    gate, up = torch.randn(3, 4), torch.randn(3, 4)
    f, before = nonlin.swiglu_clamped, gate.clone()
    for call in (
        lambda: f(gate, up, limit=limit),
        lambda: f(gate, up, limit=limit, inplace=True),
        lambda: f(gate, limit=limit),
        lambda: nonlin.nn.SwiGLUClamped(limit=limit),
    ):
        with pytest.raises(ValueError, match="`limit` must be positive, got"):
            call()
    assert same_bits(gate, before)


def test_clamped_gradients_are_zero_at_and_beyond_the_limits():
    gate = torch.tensor([6.9, 7.0, 8.0, torch.inf, 1.0, 1.0, 1.0, 1.0], requires_grad=True)
    up = torch.tensor([1.0, 1.0, 1.0, 1.0, 7.0, -7.0, 9.0, -torch.inf], requires_grad=True)
    y = nonlin.swiglu_clamped(gate, up)
    by_gate, by_up = grad(y.sum(), (gate, up))
    assert by_gate.ne(0).tolist() == [True] + [False] * 3 + [True] * 4
    assert by_up.ne(0).tolist() == [True] * 4 + [False] * 4
    third = nonlin.swiglu_clamped(gate.double(), up.double())
    torch.testing.assert_close(y.double(), third, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_what_is_cut_off_passes_no_infinite_gradient_on(dtype):
    """In both modes, of second derivatives too, and by the expression that compilers take."""
    gate, up = torch.tensor([[7.0, 8.0, 1.0], [2.0, 2.0, 9.0]], dtype=dtype)
    infinite = torch.full_like(gate, torch.inf)
    cut = torch.tensor([[True, True, False], [False, False, True]])

    def gradients(gate, up, g):
        leaves = [t.detach().requires_grad_() for t in (gate, up)]
        return grad(nonlin.swiglu_clamped(*leaves), leaves, g, create_graph=True), leaves

    expressed = make_fx(lambda *t: gradients(*t)[0], nonlin.decompositions())(gate, up, infinite)
    first, leaves = gradients(gate, up, infinite)
    packed = torch.cat([gate, up]).requires_grad_()
    y = nonlin.swiglu_clamped(packed, layout="gate_first")
    halves = grad(y, packed, infinite)[0].view(2, 3)
    for by_gate, by_up in (first, expressed(gate, up, infinite), halves):
        assert (torch.stack([by_gate, by_up]) == 0).equal(cut)
    curvature = grad(first[0], leaves[0], infinite, retain_graph=True)[0]
    assert (curvature == 0).equal(cut[0])
    for place in (0, 1):
        along = [torch.zeros_like(gate), torch.zeros_like(gate)]
        along[place] = infinite
        tangent = torch.func.jvp(nonlin.swiglu_clamped, (gate, up), tuple(along))[1]
        assert not tangent[cut[place]].isnan().any()


@pytest.mark.cpu
@each
def test_autocast_is_that_of_the_eager_pair(row):
    """Two dtypes meet in the wider one, which no list of autocast names."""
    for dtypes in ((torch.bfloat16, torch.float32), (torch.float32, torch.bfloat16)):
        gate, up = (torch.randn(4, 6).to(dtype) for dtype in dtypes)
        with torch.autocast("cpu", torch.bfloat16):
            got, want = row.function(gate, up=up), row.expression(gate, up)
            assert got.dtype == want.dtype == torch.float32
            same = row.function(gate.float(), up=up.float())
            assert same.dtype == torch.float32 and same_bits(got, same)
            both = gate.bfloat16(), up.bfloat16()
            assert row.function(both[0], up=both[1]).dtype == torch.bfloat16
        with pytest.raises(RuntimeError, match="`up` must have dtype"):
            row.function(gate, up=up)
