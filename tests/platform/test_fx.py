"""torch.fx records functions by their names, with all that is a proxy, and loses no gradient."""

from __future__ import annotations

import copy
import pickle
import warnings
from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from call_path import arguments, each, public
from conftest import script
from saving import Everything
from torch.autograd import grad
from torch.fx import replace_pattern, symbolic_trace

pytestmark = pytest.mark.devices(default=False)


def called(graph) -> list[object]:
    return [node.target for node in graph.nodes if node.op == "call_function"]


def traced(row):
    def one(x):
        return row.function(x)

    def two(x, w):
        return row.function(x, w)

    return symbolic_trace(two if row.weights else one)


@each
def test_functions_are_recorded(row):
    """By a name that other code can import."""
    module, given, function = traced(row), arguments(row), public(row)
    assert pickle.loads(pickle.dumps(function)) is function
    assert getattr(nonlin, function.__name__) is function
    for version in (
        module,
        pickle.loads(pickle.dumps(module)),
        copy.deepcopy(module),
        symbolic_trace(module),
    ):
        assert called(version.graph) == [function]
        assert same_bits(version(*given), row.function(*given))
    assert same_bits(script(module)(*given), row.function(*given))


NUMBERS = {
    "beta": (lambda x, b, d: nonlin.swish(x, beta=b, dim=d), nonlin.swish),
    "alpha": (lambda x, a, d: nonlin.elu(x, a), nonlin.elu),
    "1/alpha": (lambda x, a, d: nonlin.celu(x, 1 / a), nonlin.celu),
    "dim": (lambda x, w, d: nonlin.prelu(x, torch.full((2,), w), d), nonlin.prelu),
    "k": (lambda x, a, d: nonlin.maxout(x, x.shape[d]), nonlin.maxout),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_may_be_proxies(name):
    f, function = NUMBERS[name]
    module = symbolic_trace(f, {"w": 0.5} if name == "dim" else None)
    x = torch.randn(2, 2)
    assert function in called(module.graph)
    assert same_bits(module(x, 0.5, 1), f(x, 0.5, 1))


@each
def test_what_is_no_input_may_be_a_proxy(row):
    """A weight or `out` alone: a constant tensor or number is in the place of all others."""
    given = arguments(row)
    module = symbolic_trace(lambda out: row.function(*given, out=out))
    assert called(module.graph) == [public(row)]
    out = torch.empty(0)
    assert module(out) is out and same_bits(out, row.function(*given))
    if row.weights:
        module = symbolic_trace(lambda w: row.function(given[0], w))
        assert same_bits(module(given[1]), row.function(*given))


def test_a_learned_swish_may_replace_and_be_replaced():
    def pattern(x, beta):
        return x * torch.sigmoid(beta * x)

    module = symbolic_trace(lambda x, b: pattern(x, b) + 1)
    (match,) = replace_pattern(module, pattern, lambda x, beta: nonlin.swish(x, beta))
    assert nonlin.swish in called(module.graph) and len(match.nodes_map) > 2
    x, b = torch.randn(2, 3), torch.rand(3)
    torch.testing.assert_close(module(x, b), pattern(x, b) + 1)
    assert replace_pattern(module, lambda x, beta: nonlin.swish(x, beta), pattern)
    assert nonlin.swish not in called(module.graph)
    torch.testing.assert_close(module(x, b), pattern(x, b) + 1)


def gradients(net, x):
    named = dict(net.named_parameters())
    return dict(zip(named, grad(net(x).square().sum(), named.values()), strict=True))


def test_modules_keep_their_gradients():
    """In the traced module, its copies, and retraced."""
    net, x = Everything(), torch.randn(5, 3)
    want = gradients(net, x)
    module = symbolic_trace(net)
    for version in (module, pickle.loads(pickle.dumps(module)), symbolic_trace(module)):
        ours = gradients(version, x)
        assert ours.keys() == want.keys()
        torch.testing.assert_close(ours, want)


LEAVES = {
    "ours": nonlin.fx.symbolic_trace,
    # As torchvision's create_feature_extractor does.
    "a list of classes": lambda net: leaf_tracer(net, nonlin.fx.leaf_modules),
    "a tracer of one's own": lambda net: own_tracer(net),
}


def leaf_tracer(net, leaf_modules):
    class Tracer(torch.fx.Tracer):
        def is_leaf_module(self, m, name):
            return isinstance(m, tuple(leaf_modules)) or super().is_leaf_module(m, name)

    return torch.fx.GraphModule(net, Tracer().trace(net))


def own_tracer(net):
    class Own(torch.fx.Tracer):
        def is_leaf_module(self, m, name):
            return False

    class Tracer(nonlin.fx.Tracer, Own):
        pass

    return torch.fx.GraphModule(net, Tracer().trace(net))


@pytest.mark.parametrize("trace", LEAVES.values(), ids=LEAVES)
def test_modules_are_kept_whole(trace):
    net, x = Everything(), torch.randn(5, 3)
    module = trace(net)
    kept = [node.target for node in module.graph.nodes if node.op == "call_module"]
    for i, layer in enumerate(net.layers):
        assert f"layers.{i}.1" in kept and module.get_submodule(f"layers.{i}.1") is layer[1]
    assert same_bits(module(x), net(x))


def test_the_tracer_of_the_package():
    """Looks into a user's own, also when it is made of ours, and knows concrete arguments."""

    class Own(nonlin.nn.Mish):
        def forward(self, x, twice):
            return super().forward(x) * (2 if twice else 1)

    module = nonlin.fx.symbolic_trace(Own(), {"twice": True})
    assert nonlin.mish in called(module.graph) and type(module).__name__ == "Own"
    assert called(nonlin.fx.symbolic_trace(lambda x: nonlin.mish(x)).graph) == [nonlin.mish]


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:.*torch.ao.quantization is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    "make",
    [
        nonlin.nn.PReLU,
        *(partial(nonlin.nn.Swish, learnable=True, num_parameters=n) for n in (1, 3)),
    ],
)
def test_quantization_aware_training(make):
    """As it is, and with our modules kept whole."""
    from torch.ao.quantization import get_default_qat_qconfig_mapping
    from torch.ao.quantization.fx.custom_config import PrepareCustomConfig
    from torch.ao.quantization.quantize_fx import prepare_qat_fx

    whole = PrepareCustomConfig().set_non_traceable_module_classes(nonlin.fx.leaf_modules)
    for config in (None, whole):
        net, x = torch.nn.Sequential(torch.nn.Linear(3, 3), make()).train(), torch.randn(5, 3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            prepared = prepare_qat_fx(net, get_default_qat_qconfig_mapping(), x, config)
            prepared(x).square().sum().backward()
        modules = [node.target for node in prepared.graph.nodes if node.op == "call_module"]
        assert ("1" in modules) == (config is whole)
        (learned,) = (p for name, p in prepared.named_parameters() if not name.startswith("0"))
        assert learned.grad is not None and learned.grad.abs().sum() > 0
