"""A clock that never times: it makes every call on the CPU, and compares the results."""

from __future__ import annotations

from itertools import zip_longest

import torch
from nonlin.testing.clock import Contestant
from torch import Tensor

from benchmarks.comparison import Call
from benchmarks.gpu.case import Case
from benchmarks.gpu.clock import UNKNOWN, Timed
from benchmarks.gpu.comparison import Comparison

DRY = "dry run"
# In units of the largest result, or of the size that such results have: expressions of PyTorch's
# operators round each of their operations.
ALLOWED = {"bfloat16": 0.03, "float16": 8e-3, "float32": 1e-5, "float64": 1e-12}


class DryClock:
    """On the CPU, with so small a cache that small tensors go around too."""

    device, l2 = "cpu", 2**13

    def measure(self, case: Case, comparison: Comparison) -> dict[str, Timed]:
        """Call each contestant with the first set of tensors and with the last."""
        for place in dict.fromkeys((0, len(comparison.calls["ours"]) - 1)):
            compare(case.dtype, {name: calls[place] for name, calls in comparison.calls.items()})
        return dict.fromkeys(comparison.calls, Timed(*[UNKNOWN] * 3, 1, DRY, UNKNOWN))

    def measure_host(self, case: Case, contestants: dict[str, Contestant]) -> dict[str, Timed]:
        """Call each contestant."""
        compare(case.dtype, {name: call for name, (call, _) in contestants.items()})
        return dict.fromkeys(contestants, Timed(*[UNKNOWN] * 3, 1, DRY, UNKNOWN))

    def free(self) -> None:
        """Nothing is kept."""


def compare(dtype: str, calls: dict[str, Call]) -> None:
    """Raise if a contestant computes something else than ours does."""
    found = {name: _numbers(call()) for name, call in calls.items()}
    found.pop("copy", None)
    allowed, expected = ALLOWED[dtype], found.pop("ours")
    most = max(result.numel() for result in expected)
    for name, got in found.items():
        for mine, other in zip_longest(expected, got, fillvalue=torch.zeros(1)):
            # The gradient of a weight is a sum, even of so many terms that cancel each other.
            terms = most / max(mine.numel(), other.numel())
            scale = mine.abs().max().clamp(min=terms**0.5)
            error = float((mine - other).abs().max() / scale)
            if not error <= allowed:
                words = f"ours and {name} differ by {error:.2g} of the largest result"
                raise RuntimeError(f"{words}; {allowed:g} is allowed")


def _numbers(result: object) -> list[Tensor]:
    found = result if isinstance(result, (tuple, list)) else [result]
    # Autograd has no gradient where nothing depends on the input.
    return [torch.zeros(1) if t is None else t.detach().double() for t in found]
