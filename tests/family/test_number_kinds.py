"""A tensor in the place of a number is refused, and a symbolic one is passed on unread."""

from __future__ import annotations

import copy
import decimal
import fractions
import inspect
import pickle
import re

import nonlin
import numpy
import pytest
import torch
from accuracy import same_bits
from conftest import script
from nonlin._arguments import finite, number
from nonlin.exponential import _reciprocal
from torch._dynamo.testing import CompileCounterWithBackend
from torch.func import grad, jvp, vmap
from torch.fx.experimental.proxy_tensor import make_fx

pytestmark = pytest.mark.devices

x = torch.linspace(-2, 2, 6)


def calling(thing, parameter):
    """A call of the function, or of the module that the class makes, with that number."""
    taken = inspect.signature(thing).parameters
    more = {name: 0.0 for name in ("threshold", "value") if taken.keys() >= {name, "value"}}
    more |= {"max_val": 3.0} if "max_val" in taken else {}
    more.pop(parameter, None)
    if inspect.isclass(thing):
        return lambda x, a: thing(**more, **{parameter: a})(x)
    return lambda x, a: thing(x, **more, **{parameter: a})


PUBLIC = {f"nonlin.nn.{name}": getattr(nonlin.nn, name) for name in nonlin.nn.__all__} | {
    f"nonlin::{name}": getattr(nonlin, name)
    for name in nonlin.__all__
    if inspect.isfunction(getattr(nonlin, name)) and not name.endswith("_")
}
# Everything that takes a number: how its messages begin, and a call.
NUMBERS = {
    f"{name}: `{parameter}`": calling(thing, parameter)
    for name, thing in PUBLIC.items()
    for parameter, p in inspect.signature(thing).parameters.items()
    if p.annotation in (float, "float")
}
LEARNED = {
    "nonlin::swish: `beta`": nonlin.swish,
    "nonlin.nn.Swish: `beta`": lambda x, b: nonlin.nn.Swish(b)(x),
}
every = pytest.mark.parametrize("name", [*NUMBERS, *LEARNED])
each = pytest.mark.parametrize("name", NUMBERS)


class OwnTensor(torch.Tensor):
    pass


def refused(name, run, given=None) -> None:
    kind = r"\w+" if given is None else type(given).__name__
    with pytest.raises(TypeError, match=f"^{re.escape(name)} must be a real number.*, got {kind}$"):
        run()


@every
def test_what_is_no_number(name):
    bad = [True, 1j, "1", None, [1.0], numpy.bool_(1), numpy.ones(1), decimal.Decimal(1)]
    for given in (*bad, b"1" if name == "nonlin::swish: `beta`" else x):
        refused(name, lambda: (NUMBERS | LEARNED)[name](x, given), given)  # noqa: B023


@every
def test_real_numbers(name):
    call = (NUMBERS | LEARNED)[name]
    numpys = (numpy.float64, numpy.float32, numpy.float16, numpy.int8)
    for kind in (float, int, *numpys, fractions.Fraction):
        assert same_bits(call(x, kind(2)), call(x, 2.0)), kind


@each
def test_a_tensor_is_refused(name):
    """PyTorch refuses it too; read as a number, it would not be learned."""
    t = torch.tensor(2.0)
    parameters = (torch.nn.Parameter(t), torch.nn.Buffer(t))
    for given in (t, *parameters, t.as_subclass(OwnTensor), t.long()):
        refused(name, lambda: NUMBERS[name](x, given), given)  # noqa: B023


@each
def test_a_tensor_is_refused_under_transforms_and_tracers(name):
    call, a = NUMBERS[name], torch.tensor(0.5)
    for run in (
        lambda: grad(lambda a: call(x, a).sum())(a),
        lambda: jvp(lambda a: call(x, a), (a,), (a,)),
        lambda: vmap(lambda a: call(x, a))(a.expand(3)),
        lambda: script(call, x, a),
        lambda: make_fx(lambda x, a: call(x, a))(x, a),
        lambda: torch.export.export(Wrapped(call), (x, a), strict=False),
    ):
        refused(name, run)


class Wrapped(torch.nn.Module):
    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, *given):
        return self.function(*given)


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize("function", [nonlin.elu, nonlin.celu])
def test_a_tensor_is_refused_by_compiled_functions(function):
    run = torch.compile(lambda x, a: function(x, a) + 1, backend="eager")
    refused(f"nonlin::{function.__name__}: `alpha`", lambda: run(x, torch.tensor(0.5)))


def test_a_tensor_assigned_later():
    for make in (nonlin.nn.ELU, nonlin.nn.CELU):
        for given in (torch.tensor(2.0), torch.nn.Parameter(torch.tensor(2.0))):
            module = make()
            del module.alpha
            module.alpha = given
            refused(f"nonlin::{make.__name__.lower()}: `alpha`", lambda m=module: m(x), given)
    module = torch.nn.ELU(torch.nn.Parameter(torch.tensor(2.0)))
    module.__class__ = nonlin.nn.ELU
    refused("nonlin::elu: `alpha`", lambda: module(x))


def test_a_beta_assigned_later_is_learned():
    module, b = nonlin.nn.Swish(), torch.nn.Parameter(torch.tensor([0.5]))
    module.beta = b
    assert list(module.parameters()) == [b] and same_bits(module(x), nonlin.swish(x, b))
    assert repr(module) == "Swish(learnable=True, num_parameters=1)"
    module(x).sum().backward()
    assert b.grad is not None


UNREAD = {
    "elu": lambda x, a: nonlin.elu(x, a),
    "celu": lambda x, a: nonlin.celu(x, a),
    "swish": lambda x, a: nonlin.swish(x, a),
}


@pytest.mark.parametrize("f", UNREAD.values(), ids=UNREAD)
@pytest.mark.parametrize("kind", [torch.SymFloat, torch.SymInt])
def test_symbolic_numbers_stay_unread(f, kind, monkeypatch):
    """They arrive at the operator as they are, and nothing was asked on the way."""
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.fx.experimental.symbolic_shapes import ShapeEnv

    env = ShapeEnv()
    make = env.create_unbacked_symfloat if kind is torch.SymFloat else env.create_unbacked_symint
    seen, number = [], make()

    class Arrived(Exception):
        pass

    class Packet:
        def __call__(self, input, *numbers):
            seen.extend(numbers)
            raise Arrived

    for name in ("elu", "swish"):
        monkeypatch.setattr(torch.ops.nonlin, name, Packet())
    with FakeTensorMode(shape_env=env), pytest.raises(Arrived):
        f(torch.empty(3), number)
    assert seen[0] is number and not env.guards


CHECKS = {
    "number": lambda a: number("f", "a", a),
    "finite": lambda a: finite("f", "a", a),
    "reciprocal": lambda a: _reciprocal(a, torch.float32),
}


@pytest.mark.cpu
@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_checks_set_no_guards(check):
    """One compilation serves all values but the first, which PyTorch takes for a constant."""
    counter = CompileCounterWithBackend("eager")
    run = torch.compile(lambda x, a: x * check(a), fullgraph=True, backend=counter)
    for a in (0.5, 0.75, 1.5, 1e-200, -1.0):
        torch.testing.assert_close(run(x, a), x / a if check is CHECKS["reciprocal"] else x * a)
    assert counter.frame_count == 2


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_swish_with_a_given_parameter(shape):
    b = torch.nn.Parameter(torch.rand(shape, dtype=torch.float64))
    module, y = nonlin.nn.Swish(b), torch.randn(4, 3, dtype=torch.float64)
    assert module.beta is b and list(module.parameters()) == [b]
    assert module.learnable and module.num_parameters == b.numel()
    assert repr(module) == f"Swish(learnable=True, num_parameters={b.numel()})"
    want = nonlin.swish(y, b)
    (slope,) = torch.autograd.grad(want.sum(), b)
    for version in (
        module,
        script(module),
        copy.deepcopy(module),
        pickle.loads(pickle.dumps(module)),
    ):
        assert list(version.state_dict()) == ["beta"]
        result = version(y)
        assert same_bits(result, want)
        (ours,) = torch.autograd.grad(result.sum(), version.beta)
        assert same_bits(ours, slope) and ours.shape == shape
    other = nonlin.nn.Swish(torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64)))
    other.load_state_dict(module.state_dict())
    assert same_bits(other.beta, b)
    module.reset_parameters()
    assert module.beta is b and same_bits(b, torch.ones_like(b))
    frozen = nonlin.nn.Swish(torch.nn.Parameter(torch.ones(3), requires_grad=False), dim=-1)
    assert not frozen.beta.requires_grad and frozen.dim == -1


@pytest.mark.cpu
@pytest.mark.parametrize(
    ("shape", "more", "words"),
    [
        ((2, 2), {}, "`beta` must have the shape () or (num_parameters,), got (2, 2)"),
        ((0,), {}, "`beta` must have the shape () or (num_parameters,), got (0,)"),
        (
            (3,),
            {"num_parameters": 2},
            "`num_parameters` must be the number of entries of `beta`, 3, got 2",
        ),
        ((), {"device": "cpu"}, "`device` must be None where `beta` is a Parameter, got cpu"),
        (
            (),
            {"dtype": torch.float32},
            "`dtype` must be None where `beta` is a Parameter, got torch.float32",
        ),
    ],
)
def test_parameters_that_swish_refuses(shape, more, words):
    with pytest.raises(ValueError) as caught:
        nonlin.nn.Swish(torch.nn.Parameter(torch.zeros(shape)), **more)
    assert str(caught.value) == f"nonlin.nn.Swish: {words}"
