"""The feed-forward block inside what PyTorch has for modules: scripts, copies, compilers, hooks."""

import copy
import pickle

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script
from nonlin.nn import GatedMLP
from torch import nn

pytestmark = pytest.mark.devices

forms = pytest.mark.parametrize("together", [True, False], ids=["packed", "unpacked"])


@forms
@pytest.mark.parametrize("name", ["glu", "geglu_tanh", "swiglu", "swiglu_clamped"])
def test_scripts_and_copies(name, together):
    module, x = GatedMLP(4, 6, bias=True, activation=name, packed=together), torch.randn(3, 4)
    other_form = GatedMLP(4, 6, bias=True, activation=name, packed=not together)
    assert same_bits(script(module)(x), module(x))
    for copied in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert repr(copied) == repr(module) and same_bits(copied(x), module(x))
        copied.load_state_dict(other_form.state_dict())
        torch.testing.assert_close(copied(x), other_form(x))


@forms
def test_functional_call_and_its_transforms(together):
    module = GatedMLP(4, 6, packed=together)
    parameters = {name: 2 * p.detach() for name, p in module.named_parameters()}
    x = torch.randn(3, 4)

    def loss(parameters, x):
        return torch.func.functional_call(module, parameters, (x,)).square().sum()

    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(parameters, x)
    for name, together in torch.func.grad(loss)(parameters, x).items():
        torch.testing.assert_close(each[name].sum(0), together)


@forms
def test_autocast(together):
    module, x = GatedMLP(4, 6, packed=together), torch.randn(3, 4)
    with torch.autocast(torch.get_default_device().type, torch.bfloat16):
        y = module(x)
    assert y.dtype == torch.bfloat16
    torch.testing.assert_close(y.float(), module(x), rtol=0.1, atol=0.1)
    y.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype == p.dtype for p in module.parameters())


@forms
def test_compiled(together, fresh_compiler):
    module, x = GatedMLP(4, 6, packed=together), torch.randn(3, 4)
    torch._dynamo.reset()
    compiled = torch.compile(module, fullgraph=True)
    torch.testing.assert_close(compiled(x), module(x))
    compiled(x).sum().backward()
    got = [p.grad.clone() for p in module.parameters()]
    module.zero_grad()
    module(x).sum().backward()
    torch.testing.assert_close(got, [p.grad for p in module.parameters()])
    state = GatedMLP(4, 6, packed=not together).state_dict(prefix="_orig_mod.")
    compiled.load_state_dict(state)
    assert torch.equal(module.down_proj.weight, state["_orig_mod.down_proj.weight"])


@pytest.mark.cpu
def test_hooks_may_rename_first():
    """Those of T5 are wi_0, wi_1 and wo."""
    module, source = GatedMLP(4, 6), GatedMLP(4, 6, packed=False)
    t5 = {"gate_proj": "wi_0", "up_proj": "wi_1", "down_proj": "wo"}

    def rename(module, state, prefix, *_):
        for ours, theirs in t5.items():
            state[f"{prefix}{ours}.weight"] = state.pop(f"{prefix}{theirs}.weight")

    module.register_load_state_dict_pre_hook(rename)
    theirs = {f"0.{t5[key.split('.')[0]]}.weight": p for key, p in source.state_dict().items()}
    nn.Sequential(module).load_state_dict(theirs)
    x = torch.randn(3, 4)
    torch.testing.assert_close(module(x), source(x))


@pytest.mark.cpu
@forms
def test_tracers_look_into_it(together):
    """As its linear layers are what they look for; its activation is a leaf."""
    module, x = GatedMLP(4, 6, packed=together), torch.randn(3, 4)
    traced = nonlin.fx.symbolic_trace(module)
    called = [node.target for node in traced.graph.nodes if node.op == "call_module"]
    assert {"activation", "down_proj"} < set(called) and GatedMLP not in nonlin.fx.leaf_modules
    assert same_bits(traced(x), module(x))


@pytest.mark.cpu
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"in_features": 0}, ValueError, "`in_features` must be at least 1, got 0"),
        ({"in_features": 4.0}, TypeError, "`in_features` must be an integer, got float"),
        ({"hidden_features": -1}, ValueError, "`hidden_features` must be at least 1, got -1"),
        ({"hidden_features": None}, TypeError, "`hidden_features` must be an integer, got NoneT"),
        ({"out_features": False}, TypeError, "`out_features` must be an integer, got bool"),
        ({"bias": None}, TypeError, "`bias` must be True or False, got NoneType"),
        ({"packed": 1}, TypeError, "`packed` must be True or False, got int"),
        ({"activation": torch.relu}, TypeError, "`activation` must be a string, got builtin"),
        (
            {"activation": "silu"},
            ValueError,
            "`activation` must be one of 'glu', 'bilinear', 'reglu', 'geglu', 'geglu_tanh', "
            "'swiglu', 'swiglu_clamped', got 'silu'",
        ),
        ({"dtype": "float"}, TypeError, "`dtype` must be a torch.dtype, got str"),
        ({"dtype": torch.int8}, NotImplementedError, "`dtype` must have dtype float64, float32"),
    ],
)
def test_refused_arguments(arguments, error, message):
    with pytest.raises(error) as caught:
        GatedMLP(**{"in_features": 4, "hidden_features": 6} | arguments)
    assert str(caught.value).startswith(f"nonlin.nn.GatedMLP: {message}")


def test_it_learns():
    """In either form."""
    losses = []
    for make in (GatedMLP, lambda *sizes: GatedMLP(*sizes, packed=False)):
        torch.manual_seed(0)
        net = make(1, 16)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
        x = torch.linspace(-3, 3, 64)[:, None]
        for _ in range(100):
            optimizer.zero_grad()
            loss = (net(x) - x.square()).square().mean()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert max(losses) < 0.5
