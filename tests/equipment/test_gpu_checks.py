"""The checks of `make gpu` find what is wrong, as far as a machine without a card can tell."""

import sys
from functools import partial

import pytest
import torch
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("gpu", reason="the tests run beside an installed package, without tools/")

from gpu import agreement, gradients, layouts, sixteen, streams
from gpu.card import DryCard
from gpu.check import same
from gpu.worker import Doing


class Wrong(DryCard):
    """A card that computes from other numbers, and whose graphs write nothing."""

    def to(self, *ts):
        return tuple(t + 1 if t.is_floating_point() else t for t in ts)

    def captured(self, run):
        return (lambda: None), run()


def wrong(step) -> list[dict]:
    said = []
    Doing(Wrong(), lambda **words: said.append(words)).perform(step)
    assert said[-1]["failed"] >= len([s for s in said if "failure" in s])
    return [s["failure"] for s in said if "failure" in s]


@pytest.mark.parametrize("module", [agreement, sixteen], ids=["agreement", "sixteen"])
def test_wrong_numbers_are_found(module):
    """With their inputs, whatever the operator."""
    for step in module.steps(DryCard()):
        failures = wrong(step)
        assert failures, step.name
        assert all(f["inputs"] and f["got"] != f["want"] for f in failures), step.name


def test_wrong_gradients_are_found():
    for step in gradients.steps(DryCard()):
        if step.name.startswith("autograd"):
            assert wrong(step), step.name


def test_graphs_that_write_nothing_are_found():
    for step in streams.steps(DryCard()):
        if step.name.startswith("graphs"):
            assert wrong(step), step.name


def test_wrong_layouts_are_found(monkeypatch):
    def shifted(result):
        return tuple(t + (not t.is_contiguous()) for t in tensors(result))

    tensors = layouts.tensors
    monkeypatch.setattr(layouts, "tensors", shifted)
    for step in layouts.steps(DryCard()):
        if ", transposed, torch.float32" in step.name:
            assert wrong(step), step.name


def test_errors_are_results():
    """An exception is one wrong result; the next item is done."""

    def fail():
        raise RuntimeError("CUDA error: invalid argument\nand more")

    def no_memory():
        raise torch.OutOfMemoryError("no memory")

    x = torch.ones(2)
    right = partial(lambda: [same("value", x, x)])
    items = [("one", fail), ("two", no_memory), ("three", right)]
    said = []
    step = agreement.Step("mish", "mish", lambda card: iter(items))
    assert not Doing(DryCard(), lambda **words: said.append(words)).perform(step)
    assert {"failure": {"what": "one", "raised": said[1]["failure"]["raised"]}} == said[1]
    assert said[1]["failure"]["raised"] == "RuntimeError: CUDA error: invalid argument and more"
    assert {"left_out": "two: no memory"} in said
    assert (said[-1]["checks"], said[-1]["failed"]) == (2, 1)


def test_bits_tell():
    a, b = torch.tensor([1.0, 0.0, torch.nan]), torch.tensor([1.0, -0.0, torch.nan])
    found = same("value", a, b, {"x": torch.tensor([5.0, 6.0, 7.0])})
    assert not found.right and (found.error, found.inputs) == (1, "x = 6.0")
    assert (found.got, found.want) == ("0.0", "-0.0")
    assert same("value", b, b).right and not same("value", a, a.double()).right
