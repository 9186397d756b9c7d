"""Gated activations beside the eager pair, PyTorch's GLU and torch.compile: time and peak memory.

    python -m benchmarks.gated [--threads N] [--compile] [--elements N] [--dtype NAME]

Sides take turns, so that all see the same machine; what is shown are medians and their ratios.
`elements` counts those of the gate. Results and gradients go into memory that the allocator has
just handed out, as in a training step.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

import nonlin
import torch
from nonlin.testing.clock import Contestant, interleave
from nonlin.testing.textbook import halves
from torch import Tensor
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

Side = Callable[[], object]
WIDTH = 11008  # of a feed-forward block of Llama


def eager(gate: Tensor, up: Tensor) -> Tensor:
    return functional.silu(gate) * up


def of_halves(x: Tensor) -> Tensor:
    return eager(*x.chunk(2, -1))


def of_pairs(x: Tensor) -> Tensor:
    return eager(*halves(x, -1, "interleaved"))


def backward(function: Callable[..., Tensor], g: Tensor, *inputs: Tensor) -> Side:
    """Gradients of all inputs, of a graph that is kept."""
    leaves = [t.detach().requires_grad_() for t in inputs]
    y = function(*leaves)
    return lambda: torch.autograd.grad(y, leaves, g, retain_graph=True)


def tasks(elements: int, dtype: torch.dtype) -> dict[str, dict[str, Side]]:
    """What is compared, and by which name."""
    rows = max(1, elements // WIDTH)
    width = min(WIDTH, elements)
    x, g = torch.randn(rows, 2 * width).to(dtype), torch.randn(rows, width).to(dtype)
    gate, up = (t.contiguous() for t in x.chunk(2, -1))

    def both(ours: Callable[..., Tensor], theirs: Callable[..., Tensor], *t: Tensor):
        value = {"nonlin": lambda: ours(*t), "PyTorch": lambda: theirs(*t)}
        return value, {"nonlin": backward(ours, g, *t), "PyTorch": backward(theirs, g, *t)}

    two = both(nonlin.swiglu, eager, gate, up)
    packed = both(nonlin.swiglu, of_halves, x)
    glu = both(nonlin.glu, functional.glu, x)
    pairs = both(lambda t: nonlin.swiglu(t, layout="interleaved"), of_pairs, x)
    compared = {"two tensors": two, "halves of one": packed, "glu": glu, "interleaved": pairs}
    return {
        f"{name}, {task}": pair[i]
        for name, pair in compared.items()
        for i, task in enumerate(("value", "backward"))
    }


def medians(sides: dict[str, Side], seconds: float) -> dict[str, float]:
    """In microseconds, of calls that take turns."""
    samples = interleave({name: Contestant(side) for name, side in sides.items()}, seconds)
    return {name: statistics.median(times) * 1e6 for name, times in samples.items()}


def peak(run: Side) -> int:
    """Bytes that are allocated at once on the CPU, beside what was there before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        result = run()
    now = most = 0
    for event in record.profiler.kineto_results.events():
        if event.name() == "[memory]":
            now += event.nbytes()
            most = max(most, now)
    del result
    return most


def training_step(function: Callable[..., Tensor], *inputs: Tensor) -> Side:
    def run() -> None:
        leaves = [t.detach().requires_grad_() for t in inputs]
        y = function(*leaves)
        torch.autograd.grad(y, leaves, torch.ones((), dtype=y.dtype).expand_as(y))

    return run


def memory(elements: int, dtype: torch.dtype, compiled: bool) -> list[str]:
    """Of forward and backward, in sizes of the gate."""
    rows = max(1, elements // WIDTH)
    x = torch.randn(rows, 2 * WIDTH).to(dtype)
    two, unit = x.chunk(2, -1), rows * WIDTH * x.element_size()
    sides = {
        "two tensors": (nonlin.swiglu, eager, two),
        "halves of one": (nonlin.swiglu, of_halves, (x,)),
        "glu": (nonlin.glu, functional.glu, (x,)),
    }
    lines = []
    for name, (ours, theirs, inputs) in sides.items():
        steps = {"nonlin": ours, "PyTorch": theirs}
        if compiled:
            steps["compiled"] = torch.compile(theirs)
        found = []
        for side, function in steps.items():
            step = training_step(function, *inputs)
            step()
            found.append(f"{side} {peak(step) / unit:.2f}")
        lines.append(f"{name}: {', '.join(found)}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--elements", type=int, default=2048 * WIDTH)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each task")
    parser.add_argument("--compile", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    dtype = getattr(torch, given.dtype)
    print(f"{given.elements} gates, {given.dtype}, {given.threads} threads")
    for name, sides in tasks(given.elements, dtype).items():
        found = medians(sides, given.seconds)
        ratio = found["PyTorch"] / found["nonlin"]
        print(f"  {name:24} {found['nonlin']:9.0f} µs  {ratio:5.2f}×")
    print("peak memory of forward and backward, in sizes of the gate")
    for line in memory(given.elements, dtype, given.compile):
        print(f"  {line}")


if __name__ == "__main__":
    main()
