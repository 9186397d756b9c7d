"""The contestants of a case, each as calls that go around sets of tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from nonlin.testing import catalogue
from torch import Tensor

from benchmarks import comparison
from benchmarks.comparison import Call
from benchmarks.gpu import rotation
from benchmarks.gpu.case import COLD, Case
from benchmarks.gpu.shapes import inputs, shapes
from benchmarks.side import Side
from benchmarks.sides import sides

MODE = "allocated"  # the pool of a CUDA graph gives memory before anything is timed
Compiler = Callable[[Side, str], Callable[..., object]]


class Comparison(NamedTuple):
    """Calls of each contestant, one for each set of tensors, and the bytes that each moves.

    Contestants are those of comparisons on the CPU: `ours`, `torch`, perhaps `kernel`, `compiled`
    if it is asked for, and `copy`. `failed` says why something that was asked for is missing.
    """

    calls: dict[str, list[Call]]
    bytes: int
    failed: dict[str, str]


def build(case: Case, device: str, l2: int, compiler: Compiler | None) -> Comparison:
    """Make tensors, and calls on them."""
    size, first, side = _set(case, device)
    failed, compiled = {}, None
    if compiler:
        try:
            compiled = compiler(side, comparison.attribute(case.task, MODE))
            first = _set(case, device, compiled)[1]
            first["compiled"]()
        except Exception as error:  # of any kind: a compiler ran
            failed["compiled"] = f"{type(error).__name__}: {error}".splitlines()[0]
            compiled, first = None, {n: call for n, call in first.items() if n != "compiled"}
    count = rotation.sets(size, l2) if case.cache == COLD else 1
    each = [first, *(_set(case, device, compiled)[1] for _ in range(count - 1))]
    calls = {name: [found[name] for found in each] for name in first}
    return Comparison(calls, size, failed)


def _set(
    case: Case, device: str, compiled: Callable[..., object] | None = None
) -> tuple[int, dict[str, Call], Side]:
    """Bytes, calls by contestant, and PyTorch's side."""
    row, variant = catalogue[case.operator], shapes(case.operator)[case.variant].variant
    tensors = inputs(case.operator, case.variant, case.elements, case.dtype, device)
    both = sides(row, variant, tensors)
    setup = comparison.arrange(case.task, MODE, both[0], tensors)
    calls = comparison.passes(case.task, MODE, both, setup, tensors)
    if compiled:
        calls["compiled"] = setup.bind(compiled)
    size = setup.bytes()
    return size, calls | {"copy": _copy(size, tensors[0])}, both[1]


def _copy(size: int, like: Tensor) -> Call:
    """Read and write `size` bytes."""
    source = torch.randn(size // 8 + 1, device=like.device)
    return partial(torch.empty_like(source).copy_, source)
