"""Times, kernels and memory of a block, compiled with either activation."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple
from unittest import mock

import torch
from nonlin.testing.clock import take_turns
from torch import Tensor, nn

from benchmarks.blocks.models import build

TURN = 4e-3  # seconds that a turn lasts, or one call
CALL = re.compile(r"^ *(?:\w+ = )?(cpp_fused|(?:extern_kernels|torch\.ops|aten)\.)\w[\w.]*\(", re.M)
SIDES = ("ours", "torch")


class Case(NamedTuple):
    """A block with an activation."""

    block: str
    activation: str
    dtype: str


class Ratio(NamedTuple):
    """PyTorch's time divided by ours, of turns next to each other: the median and the quartiles.

    And the median seconds of each.
    """

    median: float
    low: float
    high: float
    ours: float
    torch: float


class Found(NamedTuple):
    """Of a case. The pairs are of ours and of PyTorch's.

    Attributes:
        step: forward, and backward to all inputs and parameters
        kernels: calls of generated kernels, of forward and backward together
        external: calls of all others
        saved: bytes that forward keeps for backward, besides inputs and parameters
    """

    forward: Ratio
    step: Ratio
    kernels: tuple[int, int]
    external: tuple[int, int]
    saved: tuple[int, int]


class Step:
    """A compiled block with what it needs."""

    def __init__(self, block: nn.Module, inputs: list[Tensor]) -> None:
        self._block = torch.compile(block, dynamic=False, fullgraph=True)
        self._inputs, self._leaves = inputs, [*inputs, *block.parameters()]
        self._gradient: Tensor | None = None

    def run(self) -> tuple[Tensor, ...]:
        """One step of training, up to the gradients."""
        y = self._block(*self._inputs)
        if self._gradient is None:
            self._gradient = torch.randn_like(y)
        return torch.autograd.grad(y, self._leaves, self._gradient)

    def forward(self) -> Tensor:
        """As in inference."""
        with torch.no_grad():
            return self._block(*self._inputs)

    def saved(self) -> int:
        """Bytes."""
        kept: dict[int, int] = {}

        def keep(t: Tensor) -> Tensor:
            kept[t.data_ptr()] = max(t.nbytes, kept.get(t.data_ptr(), 0))
            return t

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
            self._block(*self._inputs)
        own = {t.data_ptr() for t in self._leaves}
        return sum(size for place, size in kept.items() if place not in own)


def measure(case: Case, seconds: float, scale: int = 1) -> Found:
    """Compile both and let them take turns, for about so long in each task; `scale` as in build."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    dtype = getattr(torch, case.dtype)
    modules, inputs = build(case.block, case.activation, dtype, scale)
    steps = [Step(modules[whose], inputs) for whose in SIDES]
    counts = []
    for step in steps:
        with _generated() as codes:
            step.run()
        counts.append(calls("\n".join(codes)))
        step.forward()
    kernels, external = zip(*counts, strict=True)
    saved = tuple(step.saved() for step in steps)
    forward = _ratio([step.forward for step in steps], seconds)
    return Found(forward, _ratio([step.run for step in steps], seconds), kernels, external, saved)


def calls(code: str) -> tuple[int, int]:
    """Of generated kernels, and of others, in programs that Inductor wrote."""
    found = CALL.findall(code)
    kernels = found.count("cpp_fused")
    return kernels, len(found) - kernels


@contextmanager
def _generated() -> Iterator[list[str]]:
    """The programs that are compiled meanwhile, for one thread."""
    from torch._functorch import config as functorch
    from torch._inductor import config as inductor
    from torch._inductor.graph import GraphLowering

    codes: list[str] = []
    found = mock.patch.object(GraphLowering, "save_output_code", codes.append)
    uncached = inductor.patch({"fx_graph_cache": False, "cpp.threads": 1})
    with found, uncached, functorch.patch("enable_autograd_cache", False):
        yield codes


def _ratio(both: list[Callable[[], object]], seconds: float) -> Ratio:
    """The processor's time of this thread, which is ours alone where a machine is shared."""
    turns = {}
    for whose, call in zip(SIDES, both, strict=True):
        once = min(_timed(call, 1) for _ in range(3))
        turns[whose] = partial(_timed, call, max(1, round(TURN / once)))
    samples = take_turns(turns, seconds, least=11, most=41)
    ours, theirs = (samples[whose] for whose in SIDES)
    pairs = [other / own for own, other in zip(ours, theirs, strict=True)]
    low, median, high = statistics.quantiles(pairs, n=4, method="inclusive")
    return Ratio(median, low, high, statistics.median(ours), statistics.median(theirs))


def _timed(call: Callable[[], object], repeat: int) -> float:
    start = time.thread_time()
    for _ in range(repeat):
        call()
    return (time.thread_time() - start) / repeat
