"""The feed-forward block: its expression, its two forms, and checkpoints from one to the other."""

from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from nonlin.nn import GatedMLP
from torch import nn
from torch.nn import functional

pytestmark = pytest.mark.devices

ACTS = {
    "glu": torch.sigmoid,
    "bilinear": lambda gate: gate,
    "reglu": torch.relu,
    "geglu": functional.gelu,
    "geglu_tanh": partial(functional.gelu, approximate="tanh"),
    "swiglu": functional.silu,
    "swiglu_clamped": lambda gate: gate.clamp(max=7) * torch.sigmoid(1.702 * gate.clamp(max=7)),
}
HALVES = ("gate_proj", "up_proj")
forms = pytest.mark.parametrize("together", [True, False], ids=["packed", "unpacked"])
biases = pytest.mark.parametrize("bias", [False, True], ids=["no bias", "bias"])


def names(packed: bool, bias: bool, prefix: str = "") -> list[str]:
    layers = [*(["gate_up_proj"] if packed else HALVES), "down_proj"]
    kinds = ["weight", "bias"] if bias else ["weight"]
    return [f"{prefix}{layer}.{kind}" for layer in layers for kind in kinds]


def textbook(module: GatedMLP, name: str, x: torch.Tensor) -> torch.Tensor:
    if module.packed:
        gate, up = module.gate_up_proj(x).chunk(2, -1)
    else:
        gate, up = module.gate_proj(x), module.up_proj(x)
    up = up.clamp(-7, 7) + 1 if name == "swiglu_clamped" else up
    return module.down_proj(ACTS[name](gate) * up)


@forms
@biases
@pytest.mark.parametrize("name", ACTS)
def test_textbook(name, bias, together):
    """Value and gradients; the gate comes first, whatever the default of its function is."""
    module = GatedMLP(5, 8, 3, bias, name, together, dtype=torch.float64)
    assert list(module.state_dict()) == names(together, bias)
    x = (9 * torch.randn(2, 7, 5, dtype=torch.float64)).requires_grad_()
    y, want = module(x), textbook(module, name, x)
    assert y.shape == (2, 7, 3)
    torch.testing.assert_close(y, want)
    given = (x, *module.parameters())
    for a, b in zip(
        torch.autograd.grad(y.square().sum(), given),
        torch.autograd.grad(want.square().sum(), given),
        strict=True,
    ):
        torch.testing.assert_close(a, b)


def test_shapes_and_defaults():
    module = GatedMLP(4, 6)
    assert {key: tuple(value.shape) for key, value in module.state_dict().items()} == {
        "gate_up_proj.weight": (12, 4),
        "down_proj.weight": (4, 6),
    }
    assert repr(module) == (
        "GatedMLP(\n"
        "  (gate_up_proj): Linear(in_features=4, out_features=12, bias=False)\n"
        "  (activation): SwiGLU(dim=-1, beta=1.0)\n"
        "  (down_proj): Linear(in_features=6, out_features=4, bias=False)\n)"
    )
    x = torch.randn(3, 4)
    assert same_bits(module(x), module.down_proj(nonlin.swiglu(module.gate_up_proj(x))))
    assert module(x[0]).shape == (4,) and module(x[:0]).shape == (0, 4)


@forms
def test_starts_as_linear_layers(together):
    """Each row by the number of its own inputs, 1/√n at most; all of that range is used."""
    module = GatedMLP(16, 400, 50, True, packed=together)
    for layer in (child for child in module.children() if isinstance(child, nn.Linear)):
        for parameter in (layer.weight, layer.bias):
            most = parameter.abs().max().item() * layer.in_features**0.5
            assert 0.9 < most <= 1


def nested(**options) -> nn.Module:
    """Two levels deep, beside others, and beside one whose name begins alike."""
    make = partial(GatedMLP, 4, 6, 3, **options)
    blocks = nn.Sequential(nn.ModuleDict({"mlp": make(), "norm": nn.LayerNorm(4)}), make())
    return nn.ModuleDict({"layers": blocks, "mlp": make(), "mlp_proj": make()})


def blocks_of(model: nn.Module) -> list[GatedMLP]:
    return [module for module in model.modules() if isinstance(module, GatedMLP)]


@biases
@forms
def test_either_form_loads_strictly(together, bias):
    """Under any prefix, into either form, and the caller's dictionary stays as it was."""
    x = torch.randn(5, 4)
    source = nested(packed=together, bias=bias)
    given = source.state_dict()
    before = dict(given)
    for form in (together, not together):
        target = nested(packed=form, bias=bias)
        loaded = target.load_state_dict(given, strict=True)
        assert str(loaded) == "<All keys matched successfully>"
        assert given.keys() == before.keys() and all(given[key] is before[key] for key in before)
        for one, other in zip(blocks_of(source), blocks_of(target), strict=True):
            torch.testing.assert_close(one(x), other(x))
            a, b = one.unpacked_state_dict("x."), other.unpacked_state_dict("x.")
            assert list(a) == list(b) == names(False, bias, "x.")
            assert all(torch.equal(a[key], b[key]) for key in a)
            assert not any(value.requires_grad for value in a.values())


def test_the_gate_is_the_first_half():
    packed, rows = GatedMLP(4, 6, bias=True), torch.arange(12.0)
    with torch.no_grad():
        packed.gate_up_proj.bias.copy_(rows)
    unpacked = GatedMLP(4, 6, bias=True, packed=False)
    unpacked.load_state_dict(packed.state_dict())
    assert torch.equal(unpacked.gate_proj.bias, rows[:6])
    assert torch.equal(unpacked.up_proj.bias, rows[6:])
    state = packed.unpacked_state_dict()
    assert state["up_proj.bias"].data_ptr() == packed.gate_up_proj.bias[6:].data_ptr()


def errors_of(module: nn.Module, state: dict) -> list[str]:
    with pytest.raises(RuntimeError) as caught:
        nn.Sequential(nn.ModuleDict({"mlp": module})).load_state_dict(state)
    return [line.strip() for line in str(caught.value).split("\n")[1:]]


def mismatch(name: str, given: tuple, own: tuple) -> str:
    return (
        f"size mismatch for 0.mlp.{name}: copying a param with shape torch.Size({list(given)}) "
        f"from checkpoint, the shape in current model is torch.Size({list(own)})."
    )


@pytest.mark.cpu
def test_what_is_missing_or_too_much_is_named():
    packed, unpacked = GatedMLP(4, 6), GatedMLP(4, 6, packed=False)
    full = unpacked.unpacked_state_dict("0.mlp.")
    both = {f"0.mlp.{key}": value for key, value in packed.state_dict().items()}
    missing, extra = 'Missing key(s) in state_dict: "0.mlp.{}".', "Unexpected key(s) in state_dict:"
    for half in HALVES:
        for module in (packed, unpacked):
            state = {key: value for key, value in full.items() if half not in key}
            assert errors_of(module, state) == [missing.format(f"{half}.weight")]
    down = {key: value for key, value in full.items() if "down" in key}
    assert errors_of(packed, down) == [missing.format("gate_up_proj.weight")]
    for module, state in ((packed, full), (unpacked, both), (packed, both), (unpacked, full)):
        more = state | {"0.mlp.gate_proj.bias": torch.ones(6)}
        assert errors_of(module, more) == [f'{extra} "0.mlp.gate_proj.bias".']
        more = state | {"0.mlp.act.beta": torch.ones(6)}
        assert errors_of(module, more) == [f'{extra} "0.mlp.act.beta".']
    in_both = full | both
    expected = ", ".join(f'"0.mlp.{half}.weight"' for half in HALVES)
    assert errors_of(packed, in_both) == [f"{extra} {expected}."]
    assert errors_of(unpacked, in_both) == [f'{extra} "0.mlp.gate_up_proj.weight".']
    assert errors_of(GatedMLP(4, 6, bias=True), full) == [
        'Missing key(s) in state_dict: "0.mlp.gate_up_proj.bias", "0.mlp.down_proj.bias".'
    ]


@pytest.mark.cpu
def test_a_parametrized_layer_is_not_split():
    """Its own names are missed, and no mixture of both forms is written."""
    packed = GatedMLP(4, 6)
    full = packed.unpacked_state_dict("0.mlp.")
    torch.nn.utils.parametrizations.weight_norm(packed.gate_up_proj)
    said = " ".join(errors_of(packed, full))
    assert "gate_up_proj.parametrizations.weight.original0" in said
    assert '"0.mlp.gate_proj.weight"' in said and '"0.mlp.gate_up_proj.weight"' not in said
    with pytest.raises(RuntimeError, match="`gate_up_proj` must have a weight of its own to be"):
        packed.unpacked_state_dict()
    with pytest.raises(TypeError, match="`prefix` must be a string, got int"):
        GatedMLP(4, 6).unpacked_state_dict(3)


@pytest.mark.cpu
def test_shapes_and_kinds_are_those_of_each_half():
    """Halves whose sizes would add up all the same are refused."""
    packed, unpacked = GatedMLP(4, 6), GatedMLP(4, 6, packed=False)
    full = unpacked.unpacked_state_dict("0.mlp.")
    wrong = full | {
        f"0.mlp.{half}.weight": torch.zeros(rows, 4)
        for half, rows in zip(HALVES, (5, 7), strict=True)
    }
    expected = [mismatch("gate_proj.weight", (5, 4), (6, 4))]
    expected += [mismatch("up_proj.weight", (7, 4), (6, 4))]
    assert errors_of(packed, wrong) == errors_of(unpacked, wrong) == expected
    both = {f"0.mlp.{key}": value for key, value in packed.state_dict().items()}
    wrong = both | {"0.mlp.gate_up_proj.weight": torch.zeros(11, 4)}
    expected = [mismatch("gate_up_proj.weight", (11, 4), (12, 4))]
    assert errors_of(packed, wrong) == errors_of(unpacked, wrong) == expected
    for name, module, state in (
        ("gate_proj", packed, full),
        ("gate_proj", unpacked, full),
        ("gate_up_proj", unpacked, both),
    ):
        assert errors_of(module, state | {f"0.mlp.{name}.weight": [1.0]}) == [
            f'While copying the parameter named "0.mlp.{name}.weight", expected torch.Tensor or '
            "Tensor-like object from checkpoint but received <class 'list'>"
        ]


def test_a_half_alone_without_strict():
    packed, unpacked = GatedMLP(4, 6), GatedMLP(4, 6, packed=False)
    gate = packed.gate_up_proj.weight[:6].detach().clone()
    state = unpacked.state_dict()
    del state["gate_proj.weight"]
    loaded = packed.load_state_dict(state, strict=False)
    assert loaded.missing_keys == ["gate_proj.weight"] and loaded.unexpected_keys == []
    assert torch.equal(packed.gate_up_proj.weight[:6], gate)
    assert torch.equal(packed.gate_up_proj.weight[6:], unpacked.up_proj.weight)


@forms
def test_types_of_checkpoints(together):
    """They are cast where they are copied, and kept where they become the parameters."""
    source = GatedMLP(4, 6, packed=not together, dtype=torch.bfloat16)
    target = GatedMLP(4, 6, packed=together)
    target.load_state_dict(source.state_dict())
    assert {p.dtype for p in target.parameters()} == {torch.float32}
    assert torch.equal(target.down_proj.weight, source.down_proj.weight.float())
    target = GatedMLP(4, 6, packed=together, device="meta").requires_grad_(False)
    target.load_state_dict(source.state_dict(), assign=True)
    assert {p.dtype for p in target.parameters()} == {torch.bfloat16}
    assert not any(p.requires_grad or p.is_meta for p in target.parameters())
    states = (module.unpacked_state_dict().values() for module in (source, target))
    for one, other in zip(*states, strict=True):
        assert torch.equal(one, other)
    if not together:  # the halves are no views of one tensor, which could not be saved apart
        assert target.up_proj.weight.storage_offset() == 0
