"""Quantization: linear layers change, activations are left as PyTorch's own are.

Two networks with the same weights, one with our modules and one with PyTorch's, go through each
flow side by side. Where PyTorch has no such module, expressions of its operators stand for it.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable

import nonlin
import pytest
import torch
from compiling import agree
from nonlin.testing import Pointwise, catalogue
from saving import Everything, called, nodes
from torch import Tensor

pytest.importorskip("torchao")
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.ao.quantization is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
ROWS = [row for row in catalogue.values() if isinstance(row, Pointwise)]
Flow = Callable[[torch.nn.Module, Tensor], torch.nn.Module]


class Branches(torch.nn.Module):
    """Every activation between two linear layers, side by side."""

    def __init__(self, ours: bool, rows: list[Pointwise] = ROWS) -> None:
        super().__init__()
        torch.manual_seed(0)
        acts = [row.module() if ours else row.builtin_module() for row in rows]
        branches = [(torch.nn.Linear(6, 6), act, torch.nn.Linear(6, 2)) for act in acts]
        self.branches = torch.nn.ModuleList(torch.nn.Sequential(*layers) for layers in branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([branch(x) for branch in self.branches])


def with_torchao(config: str) -> Flow:
    def quantized(net: torch.nn.Module, x: Tensor) -> torch.nn.Module:
        import torchao

        torchao.quantization.quantize_(net, getattr(torchao.quantization, config)())
        return net

    return quantized


def with_fx(net: torch.nn.Module, x: Tensor) -> torch.nn.Module:
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    prepared = prepare_fx(net, get_default_qconfig_mapping(), (x,))
    prepared(x)
    return convert_fx(prepared)


def with_pt2e(net: torch.nn.Module, x: Tensor) -> torch.fx.GraphModule:
    from torchao.quantization.pt2e import quantize_pt2e
    from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86

    quantizer = x86.X86InductorQuantizer()
    quantizer.set_global(x86.get_default_x86_inductor_quantization_config())
    prepared = quantize_pt2e.prepare_pt2e(torch.export.export(net, (x,)).module(), quantizer)
    prepared(x)
    return quantize_pt2e.convert_pt2e(prepared)


def dynamic(net: torch.nn.Module, x: Tensor) -> torch.nn.Module:
    return torch.ao.quantization.quantize_dynamic(net, {torch.nn.Linear})


FLOWS: dict[str, Flow] = {
    "torchao, weights": with_torchao("Int8WeightOnlyConfig"),
    "torchao, dynamic": with_torchao("Int8DynamicActivationInt8WeightConfig"),
    "quantize_dynamic": dynamic,
    "FX graph mode": with_fx,
}
# What FX gives an integer form whose entries fill 8 bits: on a processor without VNNI, PyTorch's
# next layer adds pairs of products in 16 bits, too few for them, and the built-in is far off.
SATURATED = ("tanh",)
each_flow = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)


@each_flow
@torch.no_grad()
def test_results_are_those_of_the_built_ins(flow):
    """Within one step of 7 bits, which a last bit may turn over: FX has integer forms of some."""
    x, both = torch.randn(64, 6), [Branches(ours).eval() for ours in (True, False)]
    exact = both[0](x)
    calls = called(both[0], x)
    assert len(calls) == len(ROWS)
    ours, theirs = (flow(copy.deepcopy(net), x) for net in both)
    assert called(ours, x) == calls
    got, want = ours(x), theirs(x)
    step = (exact.max() - exact.min()) / 127
    saturated = SATURATED if flow is with_fx and not torch.cpu._is_vnni_supported() else ()
    for row, difference in zip(ROWS, (got - want).abs(), strict=True):
        assert row.name in saturated or difference.max() < 1.1 * step, row
    assert 0 < (got - exact).abs().mean() < 1.1 * (want - exact).abs().mean()


@torch.no_grad()
def test_pt2e():
    """A result goes from one layer to the next as a number of 8 bits, once, as the built-in's."""
    x, rows = torch.randn(64, 6), [row for row in ROWS if row.in_pytorch]
    ours, theirs = (with_pt2e(Branches(o, rows).eval(), x) for o in (True, False))
    assert len(nodes(ours.graph)) == len(rows) and not nodes(theirs.graph)
    conversions = [
        Counter(str(n.target) for n in net.graph.nodes if "quantize_per" in str(n.target))
        for net in (ours, theirs)
    ]
    if torch.__version__ < "2.15" and not conversions[1]:
        pytest.skip("with this PyTorch torchao quantizes no layer")
    assert conversions[0] == conversions[1] and conversions[0].total() > 4 * len(rows)
    agree(ours(x), theirs(x))


@pytest.mark.parametrize("name", [name for name in FLOWS if name != "FX graph mode"])
@torch.no_grad()
def test_everything_is_left_alone(name):
    """Modules with parameters, groups and gates too, in place or not."""
    net = torch.nn.Sequential(nonlin.nn.GatedMLP(3, 6, 3), Everything()).eval()
    x = torch.randn(16, 3)
    calls = called(net, x)
    quantized = FLOWS[name](copy.deepcopy(net), x)
    assert called(quantized, x) == calls
    assert not torch.equal(quantized(x), net(x))


def test_quantized_tensors_are_refused():
    """In eager mode a network says by a DeQuantStub where its numbers become floats again."""
    x = torch.quantize_per_tensor(torch.rand(4), 0.1, 0, torch.quint8)
    with pytest.raises(NotImplementedError, match=r"`input` must have dtype .*, got quint8$"):
        nonlin.mish(x)
