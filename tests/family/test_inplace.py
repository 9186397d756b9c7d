"""In place: what is written, and what autograd, versions, views and tracers learn of it."""

from functools import partial

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from nonlin.testing import Pointwise, catalogue
from passes import ELEMENTWISE, along
from rows import DTYPES
from torch.autograd import grad, gradcheck, gradgradcheck
from torch.library import opcheck

pytestmark = pytest.mark.devices

each = pytest.mark.parametrize("elementwise", ELEMENTWISE, ids=str)
x0 = torch.tensor([[-2.5, -0.7, 0.4], [1.9, -1.1, 3.0]], dtype=torch.float64)


def sample(row, x=None):
    """x, by default a copy of x0, with a weight for each entry of the last dimension."""
    x = x0.clone() if x is None else x
    *_, s = along(row, x, max(x.dim() - 1, 0))
    return s


def rest(row, x) -> tuple:
    """What comes after x in a call."""
    return sample(row, x).arguments[1:]


@each
def test_value(elementwise):
    for x in (torch.randn(5, 7, 3).to(dtype) for dtype in DTYPES):
        for s in elementwise.with_input(x):
            want, x = elementwise.forward(*s.arguments), s.input.clone()
            address = x.data_ptr()
            assert elementwise.inplace(x, *s.arguments[1:]) is x
            assert same_bits(x, want), f"{s.name}, {x.dtype}"
            assert x.data_ptr() == address and x._version == 1


@each
def test_gradients(elementwise):
    s = sample(elementwise).leaves()

    def f(x, *weights):
        x = x * 1
        assert elementwise.inplace(x, *weights, *s.numbers) is x
        return x

    assert gradcheck(f, s.tensors, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(f, s.tensors, check_fwd_over_rev=True)


def test_one_input_needs_no_gradient(parametric):
    """A constant becomes differentiable when a weight that is learned is applied to it."""
    for needed in (0, 1):
        s = sample(parametric)
        leaf = s.tensors[needed].requires_grad_()
        y = s.input * 1
        parametric.inplace(y, *s.arguments[1:])
        want = parametric.expression(*s.arguments)
        torch.testing.assert_close(*(grad(t.square().sum(), leaf) for t in (y, want)))


def test_with_a_negative_slope():
    """ELU cannot be differentiated from its result where alpha is negative: the input is kept."""
    x = x0.clone().requires_grad_()
    y = x * 1
    torch.ops.nonlin.elu_(y, -0.5)
    (ours,) = grad(y.sum(), x)
    (theirs,) = grad(torch.where(x > 0, x, -0.5 * torch.expm1(x)).sum(), x)
    torch.testing.assert_close(ours, theirs)


@each
def test_a_version_is_counted(elementwise):
    """Without it the gradient below would be silently wrong."""
    s = sample(elementwise).leaves()
    y = s.input * 1
    product, before = y * y, y._version
    elementwise.inplace(y, *s.arguments[1:])
    assert y._version == before + 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()
    plain = sample(elementwise)
    for count in (1, 2):
        elementwise.inplace(*plain.arguments)
        assert plain.input._version == count
    with torch.no_grad():
        elementwise.inplace(plain.input, *s.arguments[1:])
    assert plain.input._version == 3


@each
def test_the_result_may_be_modified_before_backward(elementwise):
    """Saved is a clone of the input, as silu_ does; writing the result again does not hurt."""
    s = sample(elementwise).leaves()
    y = elementwise.inplace(s.input * 1, *s.arguments[1:])
    y.mul_(2)
    elementwise.inplace(y, *s.arguments[1:])
    twice = elementwise.expression(elementwise.expression(*s.arguments) * 2, *s.arguments[1:])
    torch.testing.assert_close(grad(y.sum(), s.tensors), grad(twice.sum(), s.tensors))


def test_a_modified_weight_is_noticed(parametric):
    s = sample(parametric).leaves()
    scaled = s.tensors[1] * 1
    y = parametric.inplace(s.input * 1, scaled, *s.numbers)
    scaled.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@each
def test_what_is_saved(elementwise):
    """Functional: the inputs themselves, no copy. In place: one that does not alias the result."""
    saved: list[torch.Tensor] = []
    s = sample(elementwise).leaves()
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t)
    places = [t.data_ptr() for t in s.tensors]
    with hooks:
        elementwise.forward(*s.arguments)
    assert [t.data_ptr() for t in saved] == places
    y = s.input * 1
    saved.clear()
    with hooks:
        elementwise.inplace(y, *s.arguments[1:])
    assert [t.data_ptr() for t in saved[1:]] == places[1:]
    assert len(saved) == len(places) and saved[0].data_ptr() not in (y.data_ptr(), places[0])


@each
def test_a_leaf_is_refused(elementwise):
    s = sample(elementwise).leaves()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        elementwise.inplace(*s.arguments)
    assert torch.equal(s.input.detach(), x0)
    with torch.no_grad():
        elementwise.inplace(*s.arguments)
    assert torch.equal(s.input.detach(), elementwise.forward(x0, *s.arguments[1:]))


@each
def test_through_a_view(elementwise):
    """Writing a view changes the base and its history; a view of a view too."""
    base = torch.randn(3, 4, 5, dtype=torch.float64, requires_grad=True)
    weights = sample(elementwise, base).leaves().tensors[1:]

    def expression(t, *arguments):
        t.copy_(elementwise.expression(t.clone(), *arguments))

    results = []
    for write in (elementwise.inplace, expression):
        y = base * 1
        view = y[:, ::2].transpose(0, 2)
        for t in (view, view[1], y.view(-1)[:5]):
            # A weight for each entry of the last dimension, which is shorter in the first two.
            write(t, *(w[: t.shape[-1]] for w in weights), *rest(elementwise, t)[len(weights) :])
        assert view.grad_fn is not None
        results.append((y.detach().clone(), *grad((y * y).sum(), (base, *weights))))
    torch.testing.assert_close(*results)


@each
def test_inference_tensors(elementwise):
    s = sample(elementwise)
    more, want = s.arguments[1:], elementwise.forward(*s.arguments)
    with torch.inference_mode():
        x = x0.clone()
        elementwise.inplace(x[:1], *more)
        assert torch.equal(x[:1], want[:1]) and torch.equal(x[1:], x0[1:])
        elementwise.out(x0, *more, out=x)
        assert torch.equal(x, want) and x.is_inference()
    with pytest.raises(RuntimeError, match=r"[Ii]nference"):
        elementwise.inplace(x, *more)


@each
def test_views_made_without_grad_are_refused(elementwise):
    base = x0.clone().requires_grad_() * 1
    with torch.no_grad():
        view = base[:1]
    part = (x0.clone().requires_grad_() * 1).unbind()[0]
    for t, words in ((view, "no_grad"), (part, "is a view and is being modified inplace")):
        with pytest.raises(RuntimeError, match=words):
            elementwise.inplace(t, *rest(elementwise, t.detach()))


@each
def test_forward_mode(elementwise):
    """The tangent is written in place, also when the tensor is a view."""
    s, make = sample(elementwise), forward_ad.make_dual
    t, *more = (torch.randn_like(t) for t in s.tensors)
    for index in (slice(None), slice(1, 2)):
        with forward_ad.dual_level():
            dual, part = make(x0.clone(), t.clone()), make(x0[index].clone(), t[index].clone())
            weights = [make(w, d) for w, d in zip(s.tensors[1:], more, strict=True)]
            elementwise.inplace(dual[index], *weights, *s.numbers)
            written = elementwise.forward(part, *weights, *s.numbers)
            wants = zip((x0, t), forward_ad.unpack_dual(written), strict=True)
            for got, (whole, changed) in zip(forward_ad.unpack_dual(dual), wants, strict=True):
                want = whole.clone()
                want[index] = changed
                assert same_bits(got, want)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
@each
def test_opcheck_of_a_tensor_that_is_no_leaf(elementwise):
    """AOTAutograd sees that an operator returns its input only when nodes have Python classes."""
    s = sample(elementwise).leaves()
    parameters = getattr(elementwise, "parameters", s.arguments[1:])
    results = opcheck(elementwise.overload("_"), (s.input * 1, *parameters))
    assert set(results.values()) == {"SUCCESS"}
    y = s.input * 1
    elementwise.inplace(y, *s.arguments[1:])
    assert type(y.grad_fn).__name__ != "CppFunction"


def test_functionalize(activation):
    def f(t):  # adds to what is returned, which is what was written, a view
        y = t * 2
        if activation.has_inplace:
            activation.inplace(y[1:], *rest(activation, t[1:])).add_(1)
        s = next(activation.with_input(y))
        out = torch.stack([activation.forward(*s.arguments)] * 2)
        activation.out(*s.arguments, out=out[0]).add_(1)
        return y, out

    for got, want in zip(torch.func.functionalize(f)(x0), f(x0), strict=True):
        assert torch.equal(got, want)


FUNCTIONS = [row for row in catalogue.values() if isinstance(row, Pointwise)]


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.name)
def test_python_functions(row):
    for options in row.options:
        want, out = row.function(x0, **options), torch.empty_like(x0)
        assert row.function(x0, **options, out=out) is out and torch.equal(out, want)
        if not row.operator.startswith("gelu"):
            for f in (partial(row.function, inplace=True), row.module(**options, inplace=True)):
                x = x0.clone()
                more = options if isinstance(f, partial) else {}
                assert f(x, **more) is x and torch.equal(x, want), options
