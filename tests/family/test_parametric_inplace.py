"""Operators with a weight in place and with `out`: what is written, and what autograd learns."""

import warnings

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from messages import refuses
from rows import DTYPES, WEIGHTS, make_weight
from torch.autograd import grad, gradcheck, gradgradcheck

pytestmark = pytest.mark.devices

x0 = torch.tensor([[-2.5, -0.7, 0.4], [1.9, -1.1, 3.0]], dtype=torch.float64)
w0 = torch.tensor([0.3, -0.5, 1.4], dtype=torch.float64)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_value(parametric, dtype, kind):
    x, w = torch.randn(5, 7, 3).to(dtype), make_weight(kind, 7, dtype)
    want, out = parametric.forward(x, w), torch.empty_like(x)
    assert parametric.out(x, w, out=out) is out and same_bits(out, want)
    address, version = x.data_ptr(), x._version
    assert parametric.inplace(x, w) is x
    assert same_bits(x, want) and x.data_ptr() == address and x._version == version + 1


def leaves() -> tuple[torch.Tensor, torch.Tensor]:
    return x0.clone().requires_grad_(), w0.clone().requires_grad_()


def test_gradients(parametric):
    def f(x, w):
        x = x * 1
        assert parametric.inplace(x, w) is x
        return x

    assert gradcheck(f, leaves(), check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(f, leaves(), check_fwd_over_rev=True)


@pytest.mark.parametrize("needed", [(0,), (1,)], ids=["self", "weight"])
def test_one_input_needs_no_gradient(parametric, needed):
    """A constant becomes differentiable when a weight that is learned is applied to it."""
    x, w = (t.detach().requires_grad_(i in needed) for i, t in enumerate(leaves()))
    y = x * 1
    parametric.inplace(y, w)
    assert y.requires_grad
    for i, t in enumerate((x, w)):
        if i in needed:
            (want,) = grad(parametric.expression(x, w).square().sum(), t)
            torch.testing.assert_close(grad(y.square().sum(), t, retain_graph=True)[0], want)


def test_a_version_is_counted(parametric):
    """Without it the gradient below would be silently wrong."""
    x, w = leaves()
    y = x * 1
    product = y * y
    parametric.inplace(y, w)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()
    plain = x0.clone()
    for count in (1, 2):
        parametric.inplace(plain, w0)
        assert plain._version == count
    with torch.no_grad():
        parametric.inplace(plain, w)
        assert plain._version == 3
    out = torch.empty_like(x0)
    parametric.out(x0, w0, out=out)
    assert out._version == 1


def test_the_result_may_be_modified_before_backward(parametric):
    x, w = leaves()
    y = x * 1
    parametric.inplace(y, w)
    y.mul_(2)
    parametric.inplace(y, w)
    want = parametric.expression(parametric.expression(x, w) * 2, w)
    torch.testing.assert_close(grad(y.sum(), (x, w)), grad(want.sum(), (x, w)))


def test_a_modified_weight_is_noticed(parametric):
    x, w = leaves()
    scaled = w * 1
    y = parametric.inplace(x * 1, scaled)
    scaled.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_a_leaf_is_refused(parametric):
    x, w = leaves()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        parametric.inplace(x, w)
    assert torch.equal(x.detach(), x0)
    with torch.no_grad():
        parametric.inplace(x, w)
    assert torch.equal(x.detach(), parametric.forward(x0, w0))


def test_through_a_view(parametric):
    """Writing a view changes the base and its history; a view of a view too."""
    base = torch.randn(3, 4, 5, dtype=torch.float64, requires_grad=True)
    w = torch.randn(3, dtype=torch.float64, requires_grad=True)

    def write(t, w, dim):
        t.copy_(parametric.expression(t.clone(), w, dim))

    results = []
    for f in (parametric.inplace, write):
        y = base * 1
        view = y[:, ::2].transpose(0, 2)
        f(view, w, 2)
        f(view[1], w[:2], 0)
        f(y.view(-1)[:7], w[0], 0)
        assert view.grad_fn is not None
        results.append((y.detach().clone(), *grad((y * y).sum(), (base, w))))
    torch.testing.assert_close(*results)


def test_views_made_without_grad_are_refused(parametric):
    x, w = leaves()
    base = x * 1
    with torch.no_grad():
        view = base[:1]
    with pytest.raises(RuntimeError, match="no_grad"):
        parametric.inplace(view, w)
    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
        parametric.inplace((x * 1).unbind()[0], w, 0)


def test_forward_mode_in_place(parametric):
    """The tangent is written in place, also when the tensor is a view."""
    t, d = torch.randn_like(x0), torch.randn_like(w0)
    for index in (slice(None), slice(1, 2)):
        with forward_ad.dual_level():
            dual, w = forward_ad.make_dual(x0.clone(), t.clone()), forward_ad.make_dual(w0, d)
            parametric.inplace(dual[index], w)
            got = forward_ad.unpack_dual(dual)
            part = forward_ad.make_dual(x0[index].clone(), t[index].clone())
            part = forward_ad.unpack_dual(parametric.expression(part, w))
            value, tangent = x0.clone(), t.clone()
            value[index], tangent[index] = part
            torch.testing.assert_close(got.primal, value)
            torch.testing.assert_close(got.tangent, tangent)


def test_out_layouts_and_sizes(parametric, capfd):
    """`out` of the right shape keeps its strides, another shape is resized."""
    x, w = torch.randn(4, 6), torch.randn(6)
    want = parametric.forward(x, w)
    for out in (torch.empty(6, 4).t(), torch.empty(4, 12)[:, ::2], torch.empty(8, 6)[::2]):
        strides = out.stride()
        assert parametric.out(x, w, out=out) is out
        assert torch.equal(out, want) and out.stride() == strides
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty tensor is resized without a word
        assert torch.equal(parametric.out(x, w, out=torch.empty(0)), want)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert torch.equal(parametric.out(x, w, out=torch.empty(3)), want)
    # PyTorch 2.11 prints what registered operators warn of.
    said = "".join(str(warning.message) for warning in caught) + capfd.readouterr().err
    assert "An output with one or more elements was resized" in said


def test_out_and_gradients(parametric):
    """`out=` cannot be differentiated, and says so before it writes."""
    out = torch.zeros_like(x0)
    x, w = leaves()
    for arguments in ((x, w0, out), (x0, w, out), (x0, w0, out.clone().requires_grad_())):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            parametric.out(*arguments)
    assert not out.any()
    with torch.no_grad():
        parametric.out(x, w, out=out)
    assert torch.equal(out, parametric.forward(x0, w0))
    with forward_ad.dual_level(), pytest.raises(RuntimeError):
        parametric.out(x0, forward_ad.make_dual(w0, torch.ones_like(w0)), out=torch.zeros_like(x0))


def test_aliases_and_overlaps(parametric):
    x, want = x0.clone(), parametric.forward(x0, w0)
    assert torch.equal(parametric.out(x, w0, out=x), want)
    storage = torch.linspace(-2, 2, 16)
    before, w = storage.clone(), torch.tensor(0.5)
    for self, out in (
        (storage[:8], storage[4:12]),
        (storage[4:12], storage[:8]),
        (storage.view(4, 4), storage.view(4, 4).t()),
    ):
        run = lambda s=self, o=out: parametric.out(s, w, out=o)  # noqa: E731
        refuses(parametric, "out", RuntimeError, "out", "self", run=run)
    expanded = torch.ones(1).expand(4)
    run = lambda: parametric.inplace(expanded, w)  # noqa: E731
    refuses(parametric, "_", RuntimeError, "self", "clone", run=run)
    run = lambda: parametric.out(torch.zeros(4), w, out=expanded)  # noqa: E731
    refuses(parametric, "out", RuntimeError, "out", run=run)
    assert torch.equal(storage, before) and expanded[0] == 1


@pytest.mark.parametrize("kind", ["_", "out"])
def test_a_target_that_overlaps_its_weight(parametric, kind):
    """Weights that were written before they are read would be silently wrong."""
    storage = torch.linspace(-2, 2, 12)
    before = storage.clone()
    target, w = storage.view(4, 3), storage[3:6]
    run = {
        "_": lambda: parametric.inplace(target, w),
        "out": lambda: parametric.out(torch.ones(4, 3), w, out=target),
    }[kind]
    refuses(parametric, kind, RuntimeError, parametric.weight, run=run)
    assert torch.equal(storage, before)


def test_functionalize(parametric):
    def f(t):
        y = t * 2
        parametric.inplace(y[:, 1:], w0[1:])
        return y, parametric.out(y, w0, out=torch.empty_like(y))

    for got, want in zip(torch.func.functionalize(f)(x0), f(x0), strict=True):
        assert torch.equal(got, want)
