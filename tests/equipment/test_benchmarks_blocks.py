"""The page of blocks under torch.compile: both sides compute the same, counts, page and goals."""

import sys

import pytest
import torch
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("benchmarks", reason="the tests run beside an installed package, without it")
from benchmarks.blocks import models, run
from benchmarks.blocks.measure import Case, Found, Ratio, Step, calls

EVERY = [(block, name) for block, names in models.BLOCKS.items() for name in names]


@pytest.mark.parametrize(("block", "name"), EVERY, ids=" ".join)
def test_both_sides_compute_the_same(block, name):
    modules, inputs = models.build(block, name, torch.float32, scale=64)
    modules = {whose: module.double() for whose, module in modules.items()}
    inputs = [t.detach().double().requires_grad_() for t in inputs]
    found = []
    for module in modules.values():
        y = module(*inputs)
        leaves = [*inputs, *module.parameters()]
        found.append([y, *torch.autograd.grad(y, leaves, torch.ones_like(y))])
    torch.testing.assert_close(*found)


def test_calls_are_counted():
    code = """
aten = torch.ops.aten
cpp_fused_mish_0 = async_compile.cpp_pybinding(['float*'])
def call(args):
    extern_kernels.addmm(b, a, c, alpha=1, beta=1, out=buf0)
    buf1 = torch.ops.aten.convolution.default(buf0, 1)
    buf2 = extern_kernels.convolution(buf0, 1)
    cpp_fused_mish_0(buf0, buf1)
    cpp_fused_mish_0(buf1, buf2)
"""
    assert calls(code) == (2, 3)


def test_saved_are_neither_inputs_nor_parameters(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda block, **options: block)
    modules, inputs = models.build(models.CHAIN, "mish", torch.float32, scale=64)
    # 2x + 1, and the value of mish; y is an input.
    assert Step(modules["torch"], inputs).saved() == 2 * inputs[0].nbytes
    modules, inputs = models.build("MLP", "mish", torch.float32, scale=64)
    assert Step(modules["torch"], inputs).saved() == 2 * 4 * 8 * 2048


def test_page_and_goals():
    def ratio(median: float, high: float) -> Ratio:
        return Ratio(median, median - 0.125, high, 1e-3, median * 1e-3)

    def found(forward: Ratio) -> Found:
        return Found(forward, ratio(1.0, 1.1), (2, 4), (0, 1), (0, 2**21))

    slow = {
        Case(models.CHAIN, "mish", "float32"): found(ratio(2.25, 2.4)),
        Case(models.CHAIN, "gelu_tanh", "bfloat16"): found(ratio(1.45, 1.5)),
        Case("MLP", "gelu", "float32"): found(ratio(0.75, 0.9)),
        Case("MLP", "mish", "float32"): found(ratio(0.95, 1.0)),
    }
    text = run.page(slow)
    line = "| mish | 2.25 (2.12 to 2.40) | 1.00 (0.88 to 1.10) | 1.00, 1.00 | 2 / 4 | 0 / 1 |"
    assert f"{line} 0 / 2.00 |" in text
    missed = [line for line in text.splitlines() if line.startswith("* not reached")]
    assert [line.split(": ")[1] for line in missed] == [
        f"{models.CHAIN}, mish, float32, forward",
        "MLP, gelu, float32, forward",
    ]


@pytest.mark.usefixtures("fresh_compiler")
def test_program(tmp_path):
    """One case, compiled, from the measurement to the page."""
    case = Case(models.CHAIN, "relu", "float32")
    found = run.run([case], tmp_path / "results", seconds=0.01, scale=64)[case]
    assert found.kernels == (2, 2) and found.external == found.saved == (0, 0)
    assert "| relu |" in (tmp_path / "results.md").read_text()
    again = run.load(tmp_path / "results.csv")
    assert list(again) == [case] and again[case][2:] == found[2:]
    for kept, measured in zip(again[case][:2], found[:2], strict=True):
        assert kept == pytest.approx(measured, rel=1e-3)
