"""The Python functions with weights or groups pass everything on; all name themselves in errors."""

import inspect

import nonlin
import pytest
import torch
from accuracy import same_bits

pytestmark = pytest.mark.devices

FUNCTIONS = {"prelu": nonlin.prelu, "parametric_swish": nonlin.swish}
each = pytest.mark.parametrize("name", FUNCTIONS)


@each
def test_weights(name):
    function, operator = FUNCTIONS[name], getattr(torch.ops.nonlin, name)
    x = torch.randn(2, 3, 4)
    for shape, dim in (((), 1), ((1,), 1), ((3,), 1), ((4,), 2), ((2,), -3)):
        w = torch.randn(shape)
        want, out, y = operator(x, w, dim), torch.empty(0), x.clone()
        assert same_bits(function(x, w, dim=dim), want)
        assert function(x, w, dim=dim, out=out) is out and same_bits(out, want)
        assert function(y, w, dim=dim, inplace=True) is y and same_bits(y, want)
        w.requires_grad_()
        (gradient,) = torch.autograd.grad(function(x, w, dim=dim).sum(), w)
        (expected,) = torch.autograd.grad(operator(x, w, dim).sum(), w)
        assert gradient.shape == shape and same_bits(gradient, expected)


def test_swish_takes_numbers_and_tensors():
    x, out = torch.randn(5), torch.empty(5)
    assert same_bits(nonlin.swish(x, 1.5), torch.ops.nonlin.swish(x, 1.5))
    assert same_bits(nonlin.swish(x, 2), torch.ops.nonlin.swish(x, 2.0))
    assert nonlin.swish(x, 1.5, False, out) is out  # `dim` came later than `out`
    torch.testing.assert_close(nonlin.swish(x, torch.tensor(1.5)), nonlin.swish(x, 1.5))


def test_maxout():
    x = torch.randn(2, 6, 4)
    for k, dim in ((1, 0), (2, -1), (3, 1), (6, -2), (4, 2)):
        want = torch.ops.nonlin.maxout(x, k, dim)
        assert same_bits(nonlin.maxout(x, k, dim), want)
        out = torch.empty(0)
        assert nonlin.maxout(x, k, dim, out) is out and same_bits(out, want)
    assert same_bits(nonlin.maxout(x, k=4), nonlin.maxout(x, 4, -1))


@each
def test_in_place_and_out_exclude_each_other(name):
    x, w = torch.randn(3), torch.ones(())
    with pytest.raises(RuntimeError, match="`inplace` must be False where `out` is given"):
        FUNCTIONS[name](x, w, inplace=True, out=torch.empty(3))


PUBLIC = [name for name in nonlin.__all__ if inspect.isfunction(getattr(nonlin, name))]


@pytest.mark.parametrize("name", PUBLIC)
def test_functions_name_themselves(name):
    """Every public one, whichever of its arguments is wrong; `elu_` is `elu` in place."""
    function, x = getattr(nonlin, name), torch.ones(4, 4)
    parameters = inspect.signature(function).parameters
    more = {"k": 2, "weight": torch.ones(4), "threshold": 0.0, "value": 0.0, "inplace": True}
    more["out"] = x.clone()
    needed = ("k", "weight", "threshold", "value")
    given = {"input": x} | {p: more[p] for p in needed if p in parameters}
    wrong = [(TypeError, p, {p: object()}) for p in parameters]
    wrong += [(NotImplementedError, "input", {"input": t}) for t in (x.long(), x.to_sparse())]
    if "out" in parameters:
        wrong.append((RuntimeError, "out", {"out": x.double()}))
    if {"inplace", "out"} <= set(parameters):
        wrong.append((RuntimeError, "inplace", {p: more[p] for p in ("inplace", "out")}))
    for error, argument, bad in wrong:
        with pytest.raises(error) as caught:
            function(**given | bad)
        assert str(caught.value).startswith(f"nonlin::{name.rstrip('_')}: `{argument}` must ")
