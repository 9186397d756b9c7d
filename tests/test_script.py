"""TorchScript: functions and modules scripted, traced, saved, loaded; in C++ too, in consumer/."""

import io
import warnings

import nonlin
import pytest
import torch
from accuracy import same_bits
from cases import CASES
from conftest import script
from torch.autograd import grad

FUNCTIONS = ("gelu", "swish", "silu", "mish", "elu", "celu", "selu")
x0 = torch.linspace(-4, 4, 101)


def saved_and_loaded(module):
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(module, buffer)
        buffer.seek(0)
        return torch.jit.load(buffer)


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


def test_scripted_module(case):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), case.module())
    for converted in (script(module), saved_and_loaded(script(module))):
        x = torch.randn(5, 3, requires_grad=True)
        assert same_bits(converted(x), module(x))
        ours, theirs = (grad(m(x).square().sum(), x)[0] for m in (converted, module))
        torch.testing.assert_close(ours, theirs)


def test_traced_module(case):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), case.module())
    traced = saved_and_loaded(script(module, torch.randn(2, 3)))
    x = torch.randn(7, 3)
    torch.testing.assert_close(traced(x), module(x))
    assert f"ops.nonlin.{case.operator}" in str(traced.inlined_graph) or (
        f"nonlin::{case.operator}" in str(traced.inlined_graph)
    )


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


def test_frozen_and_optimised():
    """Freezing folds weights; the operators survive it."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), *(case.module() for case in CASES)).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frozen = torch.jit.freeze(torch.jit.script(module))
    x = torch.randn(4, 3)
    with torch.no_grad():
        torch.testing.assert_close(frozen(x), module(x))


def test_operators_are_found_by_their_schema(operator):
    """As C++ finds them in a loaded program."""
    schema = torch._C._get_schema(f"nonlin::{operator.operator}", "")
    assert schema.arguments[0].name == "self"
    assert all(a.has_default_value() for a in schema.arguments[1:])
