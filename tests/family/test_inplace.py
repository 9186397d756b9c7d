"""In place: what is written, and what autograd, versions, views and tracers learn of it."""

import functools

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from rows import DTYPES
from torch.autograd import grad, gradcheck, gradgradcheck
from torch.library import opcheck

pytestmark = pytest.mark.devices

x0 = torch.tensor([-2.5, -0.7, 0.4, 1.9, -1.1, 3.0], dtype=torch.float64)


def written(case, t: torch.Tensor) -> torch.Tensor:
    """f in place, on a tensor that is not a leaf."""
    t = t * 1
    assert case.inplace(t) is t
    return t


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_in_place_value(case, dtype):
    x = torch.randn(5, 7).to(dtype)
    want = case.forward(x)
    address, version = x.data_ptr(), x._version
    assert case.inplace(x) is x
    assert same_bits(x, want) and x.data_ptr() == address and x._version == version + 1


def test_in_place_gradients(case):
    x = x0.clone().requires_grad_()
    f = functools.partial(written, case)
    assert gradcheck(f, (x,), check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(f, (x,), check_fwd_over_rev=True)


def test_in_place_with_a_negative_slope():
    """ELU cannot be differentiated from its result where alpha is negative: the input is kept."""
    x = x0.clone().requires_grad_()
    y = x * 1
    torch.ops.nonlin.elu_(y, -0.5)
    (ours,) = grad(y.sum(), x)
    (theirs,) = grad(torch.where(x > 0, x, -0.5 * torch.expm1(x)).sum(), x)
    torch.testing.assert_close(ours, theirs)


def test_a_version_is_counted(operator):
    """Without it the gradient below would be silently wrong."""
    x = x0.clone().requires_grad_()
    y = x * 1
    product = y * y
    before = y._version
    operator.inplace(y)
    assert y._version == before + 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()
    plain = x0.clone()
    for count in (1, 2):
        operator.inplace(plain)
        assert plain._version == count
    with torch.no_grad():
        operator.inplace(plain)
    assert plain._version == 3


def test_the_result_may_be_modified_before_backward(operator):
    """Saved is a clone of the input, as silu_ does; writing the result again does not hurt."""
    x = x0.clone().requires_grad_()
    y = written(operator, x)
    y.mul_(2)
    operator.inplace(y)
    (ours,) = grad(y.sum(), x)
    (theirs,) = grad(operator.expression(operator.expression(x) * 2).sum(), x)
    torch.testing.assert_close(ours, theirs)


def test_what_is_saved(operator):
    """Functional: the input itself, no copy. In place: one copy that does not alias the result."""
    saved: list[torch.Tensor] = []
    x = x0.clone().requires_grad_()
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t)
    with hooks:
        operator.forward(x)
    assert [t.data_ptr() for t in saved] == [x.data_ptr()]
    y = x * 1
    saved.clear()
    with hooks:
        operator.inplace(y)
    assert len(saved) == 1 and saved[0].data_ptr() != y.data_ptr()


def test_a_leaf_is_refused(operator):
    x = x0.clone().requires_grad_()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        operator.inplace(x)
    assert torch.equal(x.detach(), x0)
    with torch.no_grad():
        operator.inplace(x)
    assert torch.equal(x.detach(), operator.forward(x0))


def test_through_a_view(operator):
    """Writing a view changes the base and its history; a view of a view too."""
    base = torch.randn(3, 4, 5, dtype=torch.float64, requires_grad=True)
    results = []
    for write in (operator.inplace, lambda t: t.copy_(operator.expression(t.clone()))):
        y = base * 1
        view = y[1:, ::2].transpose(0, 2)
        write(view)
        write(view[1])
        write(y.view(-1)[:7])
        assert view.grad_fn is not None
        results.append((y.detach().clone(), grad((y * y).sum(), base)[0]))
    torch.testing.assert_close(*results)


def test_a_view_of_a_detached_or_inference_tensor(operator):
    with torch.inference_mode():
        x = x0.clone()
        operator.inplace(x[:3])
        operator.out(x0, out=x)
        assert torch.equal(x, operator.forward(x0)) and x.is_inference()
    with pytest.raises(RuntimeError, match=r"[Ii]nference"):
        operator.inplace(x)


def test_views_made_without_grad_are_refused(operator):
    base = x0.clone().requires_grad_() * 1
    with torch.no_grad():
        view = base[:3]
    with pytest.raises(RuntimeError, match="no_grad"):
        operator.inplace(view)
    parts = (x0.clone().requires_grad_() * 1).unbind()
    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
        operator.inplace(parts[0])


def test_forward_mode_in_place(case):
    """The tangent is written in place, also when the tensor is a view."""
    t = torch.randn_like(x0)
    for index in (slice(None), slice(1, 4)):
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(x0.clone(), t.clone())
            case.inplace(dual[index])
            got = forward_ad.unpack_dual(dual)
            value, tangent = x0.clone(), t.clone()
            value[index] = case.forward(x0[index])
            tangent[index] = case.backward(t[index], x0[index])
            assert same_bits(got.primal, value)
            torch.testing.assert_close(got.tangent, tangent, rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_opcheck_of_a_tensor_that_is_no_leaf(operator):
    """AOTAutograd sees that an operator returns its input only when nodes have Python classes."""
    x = torch.randn(3, 4, requires_grad=True) * 1
    results = opcheck(operator.overload("_"), (x, *operator.parameters))
    assert set(results.values()) == {"SUCCESS"}
    y = torch.randn(3, 4, requires_grad=True) * 1
    operator.inplace(y)
    assert type(y.grad_fn).__name__ != "CppFunction"


def test_functionalize(operator):
    def f(t):
        y = t * 2
        operator.inplace(y[1:3])
        out = torch.empty_like(y)
        operator.out(y, out=out)
        return y, out

    for got, want in zip(torch.func.functionalize(f)(x0), f(x0), strict=True):
        assert torch.equal(got, want)


def test_python_functions(case):
    want = case.function(x0)
    out = torch.empty_like(x0)
    assert case.function(x0, out=out) is out and torch.equal(out, want)
    if not case.operator.startswith("gelu"):
        x = x0.clone()
        assert case.function(x, inplace=True) is x and torch.equal(x, want)
        module = case.module(inplace=True)
        x = x0.clone()
        assert module(x) is x and torch.equal(x, want)
        with pytest.raises(RuntimeError, match="inplace"):
            case.function(x0, inplace=True, out=out)
