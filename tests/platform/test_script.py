"""TorchScript: functions and modules scripted, traced, saved, loaded; in C++ too, in consumer/."""

import inspect
import warnings

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script
from nonlin import nn
from nonlin.testing import Pointwise, catalogue
from nonlin.testing.activation import OPERATORS, origin
from saving import Everything, assert_same_results, saved_and_loaded
from torch.autograd import grad

pytestmark = pytest.mark.devices

PUBLIC = [name for name in nonlin.__all__ if inspect.isfunction(getattr(nonlin, name))]
# Those that can be called with the input alone, in every form.
FUNCTIONS = [
    name
    for name in PUBLIC
    if {"inplace", "out"} <= (taken := inspect.signature(getattr(nonlin, name)).parameters).keys()
    and "up" not in taken
    and all(p.default is not p.empty for p in list(taken.values())[1:])
]
x0 = torch.linspace(-4, 4, 101)


def test_functions():
    for name in FUNCTIONS:
        function = getattr(nonlin, name)
        scripted, want = script(function), function(x0)
        assert same_bits(scripted(x0), want), name
        out = torch.empty_like(x0)
        scripted(x0, out=out)
        assert same_bits(out, want), name
        x = x0.clone()
        scripted(x, inplace=True)
        assert same_bits(x, want), name
    assert same_bits(script(nonlin.gelu)(x0, "tanh"), nonlin.gelu(x0, "tanh"))


def test_modules_with_whole_numbers():
    """TorchScript tells int from float; users of a module do not."""
    tried = 0
    for row in (row for row in catalogue.values() if isinstance(row, Pointwise)):
        made = origin(row.module)
        numbers = (
            inspect.signature(made).parameters.keys()
            & dict(OPERATORS[row.operator]["parameters"]).keys()
        )
        if not numbers:
            continue
        module = made(**{name: i + 1 for i, name in enumerate(sorted(numbers, reverse=True))})
        assert same_bits(script(module)(x0), module(x0)), repr(module)
        tried += 1
    assert tried >= 8


def test_functions_of_the_families():
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


@pytest.mark.parametrize("name", PUBLIC)
def test_every_argument_is_passed_on(name):
    """With none at its default, and with each alone at its default, which is another result."""
    function = getattr(nonlin, name)
    x, w, scripted = torch.randn(4, 4), torch.rand(4) + 1, script(function)
    parameters = dict(inspect.signature(function).parameters)
    layout = None
    if parameters.pop("up", None):  # without it `dim` and `layout` count, and nothing is in place
        del parameters["inplace"]
        usual = parameters["layout"].default
        layout = "gate_first" if usual == "interleaved" else "interleaved"
    forms = [{}, *({form: True} for form in ("inplace", "out") if parameters.pop(form, None))]
    other = {"weight": w, "beta": w, "approximate": "tanh", "k": 2, "dim": 0}
    other["layout"] = layout
    numbers = {"negative_slope": 0.5, "min_val": -0.5, "max_val": 0.5, "lambd": 0.25}
    numbers |= {"limit": 0.25}
    numbers |= {"beta": 2.0, "threshold": 0.25, "value": -3.0, "alpha": 0.5, "b": 0.5}
    kinds = {p: numbers if parameters[p].annotation == "float" else other for p in parameters}
    unknown = [p for p in kinds if p not in kinds[p] and p != "input"]
    assert not unknown, f"{name}: write into `numbers` what {unknown} should be other than usual"
    given = {p: kinds[p][p] for p in parameters if p != "input"}
    want = function(x.clone(), **given)
    optional = [p for p in given if parameters[p].default is not inspect.Parameter.empty]
    for kept in (given, *({p: given[p] for p in given if p != left} for left in optional)):
        expected = function(x.clone(), **kept)
        assert kept is given or not torch.equal(expected, want)
        for form in forms:
            y = x.clone()
            written = torch.empty_like(expected) if "out" in form else y
            result = scripted(y, **kept, **form | ({"out": written} if "out" in form else {}))
            assert same_bits(result, expected), (kept, form)
            assert not form or same_bits(written, expected), (kept, form)


def test_modules_take_integers_for_numbers():
    """Whatever of `float` they are made with, as those of PyTorch do not."""
    made = 0
    for name in nn.__all__:
        parameters = inspect.signature(getattr(nn, name)).parameters.values()
        floats = [p.name for p in parameters if p.annotation in (float, "float")]
        numbers = {name: 2 + place for place, name in enumerate(floats)}
        if numbers:
            module = getattr(nn, name)(**numbers)
            assert same_bits(script(module)(x0[:100]), module(x0[:100])), name
            made += 1
    assert made > 10


@pytest.mark.parametrize("traced", [False, True], ids=["scripted", "traced"])
def test_everything(traced):
    """Values and gradients, repeatedly, as the profiling executor optimises; saved and loaded."""
    model, example = Everything(), (torch.randn(2, 3),) if traced else ()
    for converted in (script(model, *example), saved_and_loaded(script(model, *example))):
        assert_same_results(converted, model, 2, 7)
        x = torch.randn(5, 3, requires_grad=True)
        ours, theirs = (grad(m(x).square().sum(), x) for m in (converted, model))
        torch.testing.assert_close(ours, theirs)
    if not traced:
        assert same_bits(converted(x).detach(), model(x).detach())


def test_frozen():
    """Freezing folds parameters; the operators survive it."""
    model = Everything().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frozen = torch.jit.freeze(torch.jit.script(model))
    x, graph = torch.randn(4, 3), str(frozen.inlined_graph)
    with torch.no_grad():
        torch.testing.assert_close(frozen(x), model(x))
    for name in ("prelu(", "parametric_swish(", "maxout(", "gelu_tanh(", "elu_("):
        assert f"nonlin::{name}" in graph


def test_scripted_operators_keep_their_gradients():
    """Repeated runs, so that the profiling executor optimises; double backward as well."""

    def f(x: torch.Tensor, beta: float):
        return torch.ops.nonlin.swish(x, beta) * torch.ops.nonlin.mish(x)

    def g(x: torch.Tensor, beta: torch.Tensor):
        y = torch.ops.nonlin.prelu(x, beta) + torch.ops.nonlin.parametric_swish_(x * 1, beta, -1)
        return torch.ops.nonlin.maxout(torch.stack((y, x), 1), 2, 1)

    for function, beta in ((f, 1.5), (g, torch.tensor([0.3], dtype=torch.float64))):
        scripted = script(function)
        for _ in range(4):
            x = x0.double().requires_grad_()
            results = []
            for h in (scripted, function):
                (first,) = grad((h(x, beta) ** 2).sum(), x, create_graph=True)
                results.append((first.detach(), grad(first.square().sum(), x)[0]))
            torch.testing.assert_close(*results)


@pytest.mark.cpu
def test_operators_are_found_by_their_schema(activation):
    """As C++ finds them in a loaded program."""
    schema = torch._C._get_schema(f"nonlin::{activation.operator}", "")
    assert schema.arguments[0].name == "self"
    numbers = [a for a in schema.arguments if str(a.type) != "Tensor" and a.name != "k"]
    assert all(a.has_default_value() for a in numbers)
