"""PReLU and Maxout beside PyTorch and beside a copy of as many bytes, in one run.

Prints a table, and writes it with the numbers behind it to benchmarks/results/. Tensors are of two
sizes: one stays in a processor's cache, the other comes from memory. Backward includes the gradient
of PReLU's weight; Maxout forward includes the index that its backward needs.
"""

from __future__ import annotations

import argparse
import ctypes
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from nonlin import compare
from nonlin.reference import counterparts
from nonlin.table import Column, render
from nonlin.timing import Call, medians
from torch import Tensor

RESULTS = Path(__file__).parent / "results"
SIZES = {"in cache": 1, "in memory": 64}  # in images of 64 channels and 56 by 56 pixels
NOTE = """\
µs      median per call
×       PyTorch's time divided by ours
GB/s    bytes that must be read and written, per time of ours
copy    that speed as a share of a copy's with as many bytes"""


class Case(NamedTuple):
    """Two calls that compute the same, and the bytes that it takes to read and write."""

    name: str
    ours: Call
    torch: Call
    bytes: int


class Times(NamedTuple):
    """Seconds per call, and the bytes of each."""

    ours: float
    torch: float
    copy: float
    bytes: int


def prelu(images: int, dtype: torch.dtype, device: torch.device) -> Iterator[Case]:
    """Forward and backward, for weights along dimension 1 and for a single one."""
    shapes = {
        "(N, 64, 56, 56)": (images, 64, 56, 56),
        "channels last": (images, 64, 56, 56),
        "(N, 512, 7, 7)": (8 * images, 512, 7, 7),
        "(N, 1024)": (196 * images, 1024),
        "single weight": (images * 64 * 56 * 56,),
    }
    for name, shape in shapes.items():
        x = torch.randn(shape, dtype=dtype, device=device)
        if name == "channels last":
            x = x.to(memory_format=torch.channels_last)
        channels = shape[1] if len(shape) > 1 else 1
        weight = torch.full((channels,), 0.25, dtype=dtype, device=device)
        inputs = x.requires_grad_(), weight.requires_grad_()
        calls = [_passes(f, inputs) for f in (torch.ops.nonlin.prelu, torch.nn.functional.prelu)]
        for label, tensors, ours, theirs in zip(
            ("forward", "backward"), (2, 3), *calls, strict=True
        ):
            yield Case(f"prelu {name} {label}", ours, theirs, tensors * x.nbytes)


def maxout(images: int, dtype: torch.dtype, device: torch.device) -> Iterator[Case]:
    """Value with index, and backward, for groups of 2, 3 and 4 in either dimension."""
    for name, shape, dim in (
        ("(N, 768), dim -1", (196 * images, 768), -1),
        ("(N, 48, 56, 56), dim 1", (images, 48, 56, 56), 1),
    ):
        for k in (2, 3, 4):
            x = torch.randn(shape, dtype=dtype, device=device, requires_grad=True)
            groups = x.numel() // k

            def ours(x: Tensor, k: int = k, dim: int = dim) -> Tensor:
                return torch.ops.nonlin.maxout_with_index(x, k, dim)[0]

            def theirs(x: Tensor, k: int = k, dim: int = dim) -> Tensor:
                return counterparts.maxout(x, k, dim)

            size = x.nbytes + groups * (x.itemsize + 1)
            calls = [_passes(f, (x,)) for f in (ours, theirs)]
            for label, mine, other in zip(("forward", "backward"), *calls, strict=True):
                yield Case(f"maxout {name}, k = {k} {label}", mine, other, size)


def _passes(function: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> list[Call]:
    y = function(*inputs)
    g = torch.randn_like(y)

    def forward() -> Tensor:
        with torch.no_grad():
            return function(*inputs)

    return [forward, lambda: torch.autograd.grad(y, inputs, g, retain_graph=True)]


def keep_freed_memory() -> None:
    """Let malloc give the same memory out again: new pages of the kernel cost more than all else.

    M_MMAP_MAX is -4 in malloc.h, M_TRIM_THRESHOLD -1.
    """
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(-4, 0)
    mallopt(-1, 2**31 - 1)


def measure(case: Case, device: torch.device) -> Times:
    """All three in turn, so that whatever slows the machine down meets all of them."""
    source = torch.zeros(case.bytes // 8, dtype=torch.float32, device=device)
    target = torch.zeros_like(source)
    calls = [case.ours, case.torch, lambda: target.copy_(source)]
    return Times(*medians(calls, device), case.bytes)


def table(results: dict[str, dict[str, Times]]) -> str:
    """One line for each case, a group of columns for each size."""
    columns = []
    for size in SIZES:
        times = [result[size] for result in results.values()]
        columns += [
            Column(size, "ours, µs", [f"{t.ours * 1e6:,.0f}" for t in times]),
            Column(size, "torch, µs", [f"{t.torch * 1e6:,.0f}" for t in times]),
            Column(size, "×", [f"{t.torch / t.ours:.1f}" for t in times]),
            Column(size, "GB/s", [f"{t.bytes / t.ours / 1e9:.0f}" for t in times]),
            Column(size, "copy", [f"{t.copy / t.ours:.0%}" for t in times]),
        ]
    return render(list(results), columns)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dtype", choices=compare.DTYPES, default="float32")
    parser.add_argument("--device", type=torch.device, default="cpu")
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--quick", action="store_true", help="all in cache, to see that it runs")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for the files")
    arguments = parser.parse_args()
    keep_freed_memory()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    dtype, device = getattr(torch, arguments.dtype), arguments.device

    results: dict[str, dict[str, Times]] = {}
    for size, images in SIZES.items():
        for family in (prelu, maxout):
            for case in family(1 if arguments.quick else images, dtype, device):
                results.setdefault(case.name, {})[size] = measure(case, device)
    setting = compare.setting(dtype, device)
    text = "\n\n".join([setting, table(results), NOTE])
    print(text)

    arguments.output.mkdir(parents=True, exist_ok=True)
    stem = arguments.output / f"families-{device.type}-{arguments.dtype}-{arguments.threads}"
    Path(f"{stem}.md").write_text(f"```\n{text}\n```\n")
    numbers = {
        case: {size: times._asdict() for size, times in sizes.items()}
        for case, sizes in results.items()
    }
    facts = {"setting": setting, "seconds per call": numbers}
    Path(f"{stem}.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
