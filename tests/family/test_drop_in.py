"""Ours in the place of PyTorch's: modules by assignment to `__class__`, names, forms in place."""

import copy
import inspect
import io
import pickle
from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script
from torch.autograd import grad

pytestmark = pytest.mark.devices

x = torch.linspace(-4, 4, 12).reshape(4, 3)
NAMESAKES = {
    "GELU": torch.nn.GELU,
    "GELU tanh": partial(torch.nn.GELU, "tanh"),
    "SiLU": torch.nn.SiLU,
    "Mish": torch.nn.Mish,
    "ELU": partial(torch.nn.ELU, 0.5),
    "CELU": partial(torch.nn.CELU, 0.5),
    "SELU": torch.nn.SELU,
    "PReLU": torch.nn.PReLU,
    "PReLU of three": partial(torch.nn.PReLU, 3),
}
each = pytest.mark.parametrize("make", NAMESAKES.values(), ids=NAMESAKES)


@each
def test_assignment_to_class(make):
    theirs, module = make(), make()
    module.__class__ = getattr(nonlin.nn, type(module).__name__)
    want, y = theirs(x), module(x)
    torch.testing.assert_close(y, want)
    assert type(y.grad_fn).__name__ != type(want.grad_fn).__name__ or not y.requires_grad
    assert repr(module) == repr(theirs) and list(module.state_dict()) == list(theirs.state_dict())
    for version in (script(module), copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert same_bits(version(x), y)


IN_PLACE = {
    "GELU": (nonlin.nn.GELU, nonlin.gelu),
    "GELU tanh": (partial(nonlin.nn.GELU, "tanh"), partial(nonlin.gelu, approximate="tanh")),
    "PReLU": (nonlin.nn.PReLU, lambda x, **k: nonlin.prelu(x, torch.full((1,), 0.25), **k)),
    "PReLU of three": (
        partial(nonlin.nn.PReLU, 3, dim=-1),
        lambda x, **k: nonlin.prelu(x, torch.full((3,), 0.25), -1, **k),
    ),
}
each_in_place = pytest.mark.parametrize(("make", "function"), IN_PLACE.values(), ids=IN_PLACE)


@each_in_place
def test_in_place(make, function):
    """Where the namesakes have no such form."""
    module, want = make(inplace=True), make()(x)
    for run in (
        lambda y: function(y, inplace=True),
        module,
        script(module),
        copy.deepcopy(module),
        pickle.loads(pickle.dumps(module)),
    ):
        y = x.clone()
        with torch.no_grad():
            assert run(y) is y or isinstance(run, torch.jit.ScriptModule)
        assert same_bits(y, want)
    leaf = x.clone().requires_grad_()
    (ours,) = grad(module(leaf * 1).sum(), leaf)
    assert same_bits(ours, grad(make()(leaf).sum(), leaf)[0])
    with pytest.raises(RuntimeError, match="`inplace` must be False where `out` is given"):
        function(x, inplace=True, out=torch.empty(0))


@each_in_place
@pytest.mark.cpu
def test_in_place_is_shown(make, function):
    assert "inplace" not in repr(make())
    assert repr(make(inplace=True)) == repr(make())[:-1] + ", inplace=True)"


@each_in_place
def test_modules_of_the_time_before(make, function):
    """Pickles, and scripts, that know no `inplace` and no `dim`."""
    module = make()
    for name in ("inplace", "dim"):
        if name == "inplace" or "dim" not in repr(module):
            module.__dict__.pop(name, None)
    old = pickle.loads(pickle.dumps(module))
    assert "inplace" not in old.__dict__
    buffer = io.BytesIO()
    torch.jit.save(script(old), buffer)
    buffer.seek(0)
    for version in (old, script(old), torch.jit.load(buffer, map_location=x.device)):
        assert same_bits(version(x), make()(x))


def test_gelu_in_place_takes_its_place_last():
    """`out` was the third argument before."""
    out = torch.empty(0)
    assert nonlin.gelu(x, "none", out) is out and same_bits(out, nonlin.gelu(x))


NAMES = {
    "elu_": (0.5,),
    "celu_": (0.5,),
    "selu_": (),
    "relu_": (),
    "leaky_relu_": (0.5,),
    "hardtanh_": (-0.5, 0.5),
    "threshold_": (0.25, -1.0),
    "sigmoid_": (),
    "tanh_": (),
}


def test_names_in_place_are_those_of_pytorch():
    ours = {name for name in nonlin.__all__ if name.endswith("_") and name[0] != "_"}
    names = (*dir(torch.nn.functional), *dir(torch))
    theirs = {name for name in names if name.endswith("_")}
    assert ours == set(NAMES) == theirs & {f"{name}_" for name in nonlin.__all__}


@pytest.mark.parametrize("name", NAMES)
def test_names_in_place(name):
    function, given = getattr(nonlin, name), NAMES[name]
    want = getattr(nonlin, name[:-1])(x, *given)
    for run in (function, script(function)):
        y = x.clone()
        run(y, *given)
        assert same_bits(y, want) and y._version == 1
    y = x.clone()
    assert function(y, *given) is y
    module = torch.fx.symbolic_trace(lambda t: function(t, *given))
    (node,) = (node for node in module.graph.nodes if node.op == "call_function")
    assert node.target is getattr(nonlin, name[:-1]) and node.kwargs["inplace"] is True
    if given:
        number = list(inspect.signature(function).parameters)[1]
        with pytest.raises(
            TypeError, match=rf"^nonlin::{name[:-1]}: `{number}` must be a real number"
        ):
            function(x, torch.tensor(0.5), *given[1:])


@pytest.mark.cpu
def test_the_fast_path_of_transformer_layers():
    """PyTorch's kernel runs in the place of what torch.nn.GELU is a base of, and forgets "tanh"."""
    calls = []

    class Counted(nonlin.nn.GELU):
        def forward(self, input):
            calls.append(input)
            return super().forward(input)

    def layer(activation):
        torch.manual_seed(0)
        made = torch.nn.TransformerEncoderLayer(8, 2, 16, activation=activation, batch_first=True)
        return made.eval()

    y = 3 * torch.randn(2, 5, 8)
    with torch.no_grad():
        fast = layer(Counted("tanh"))(y)
        assert calls == []
        exact = layer(torch.nn.GELU())(y)
        torch.testing.assert_close(fast, exact)
        enabled = torch.backends.mha.get_fastpath_enabled()
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            ours = layer(Counted("tanh"))(y)
        finally:
            torch.backends.mha.set_fastpath_enabled(enabled)
        assert len(calls) == 1 and (ours - exact).abs().max() > 1e-5
        function = layer(partial(nonlin.gelu, approximate="tanh"))(y)
        torch.testing.assert_close(function, ours, rtol=0, atol=5e-6)
