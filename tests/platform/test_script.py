"""TorchScript: functions and modules scripted, traced, saved, loaded; in C++ too, in consumer/."""

import io
import warnings

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script
from modules import each_module
from torch.autograd import grad

pytestmark = pytest.mark.devices

FUNCTIONS = ("gelu", "swish", "silu", "mish", "elu", "celu", "selu")
x0 = torch.linspace(-4, 4, 101)


def saved_and_loaded(module, device=None):
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(module, buffer)
        buffer.seek(0)
        return torch.jit.load(buffer, map_location=device)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scripted_function(name):
    function = getattr(nonlin, name)
    scripted = script(function)
    assert same_bits(scripted(x0), function(x0))
    out = torch.empty_like(x0)
    scripted(x0, out=out)
    assert same_bits(out, function(x0))
    if name == "gelu":
        assert same_bits(scripted(x0, "tanh"), function(x0, "tanh"))
        return
    x = x0.clone()
    scripted(x, inplace=True)
    assert same_bits(x, function(x0))


def test_scripted_functions_of_the_families():
    """Beta is a number or a tensor; all that is optional may be left out."""
    x, w = torch.randn(2, 3), torch.randn(3)
    for function in (nonlin.prelu, nonlin.swish):
        scripted = script(function)
        for weight, dim in ((w, 1), (w, -1), (w[:2], 0), (w[0], 1)):
            want = function(x, weight, dim=dim)
            assert same_bits(scripted(x, weight, dim=dim), want)
            out = torch.empty_like(x)
            scripted(x, weight, dim=dim, out=out)
            assert same_bits(out, want)
            y = x.clone()
            scripted(y, weight, dim=dim, inplace=True)
            assert same_bits(y, want)
    assert same_bits(script(nonlin.swish)(x, 1.5), nonlin.swish(x, 1.5))
    scripted = script(nonlin.maxout)
    assert same_bits(scripted(x, 3), nonlin.maxout(x, 3))
    out = torch.empty(1, 3)
    scripted(x, 2, dim=0, out=out)
    assert same_bits(out, nonlin.maxout(x, 2, dim=0))


@each_module
def test_scripted_module(make):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), make())
    for converted in (script(module), saved_and_loaded(script(module))):
        x = torch.randn(5, 3, requires_grad=True)
        assert same_bits(converted(x), module(x))
        ours, theirs = (
            grad(m(x).square().sum(), [x, *m.parameters()]) for m in (converted, module)
        )
        torch.testing.assert_close(ours, theirs)


@each_module
def test_traced_module(make):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), make())
    traced = saved_and_loaded(script(module, torch.randn(2, 3)))
    x = torch.randn(7, 3)
    torch.testing.assert_close(traced(x), module(x))
    assert "nonlin::" in str(traced.inlined_graph)


def test_scripted_operators_keep_their_gradients():
    """Repeated runs, so that the profiling executor optimises; double backward as well."""

    def f(x: torch.Tensor, beta: float):
        return torch.ops.nonlin.swish(x, beta) * torch.ops.nonlin.mish(x)

    scripted = script(f)
    for _ in range(4):
        x = x0.double().requires_grad_()
        results = []
        for g in (scripted, f):
            (first,) = grad(g(x, 1.5).sum(), x, create_graph=True)
            results.append((first.detach(), grad(first.square().sum(), x)[0]))
        torch.testing.assert_close(*results)


@each_module
def test_frozen(make):
    """Freezing folds parameters; the operators survive it."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), make()).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frozen = torch.jit.freeze(torch.jit.script(module))
    x = torch.randn(4, 3)
    with torch.no_grad():
        torch.testing.assert_close(frozen(x), module(x))


@pytest.mark.cpu
def test_operators_are_found_by_their_schema(operator):
    """As C++ finds them in a loaded program."""
    schema = torch._C._get_schema(f"nonlin::{operator.operator}", "")
    assert schema.arguments[0].name == "self"
    assert all(a.has_default_value() for a in schema.arguments[1:])
