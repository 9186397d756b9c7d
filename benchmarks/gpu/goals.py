"""What is asked of an H200.

With 16 bits, from 64 Mi elements on and with a cold cache, the speed of a copy, and more than
PyTorch's. Everywhere else, small tensors and calls on one element included, no less than PyTorch's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.case import FUNCTIONS
from benchmarks.gpu.case import HALVES, Case
from benchmarks.store import Result

OF_A_COPY = 0.93
EQUAL = 1.0
RATIOS = {
    "value": {"mish": 1.8, "gelu": 1.4, "elu": 1.4, "prelu": 2.0, "maxout": 1.6},
    "value and index": {"maxout": 1.6},
    "backward": {"mish": 1.8, "gelu": 1.3, "prelu": 2.5, "maxout": 2.2},
    "double backward": {"gelu": 5.0, "gelu_tanh": 10.0, "swish": 5.0, "mish": 5.0},
}
DOUBLE_BACKWARD = 3.0  # of all others
COPY, PYTORCH = "of a copy", "beside PyTorch"


class Verdict(NamedTuple):
    """A case that has a goal, what is compared, what is asked for, and what was found."""

    case: Case
    what: str
    goal: float
    found: float

    @property
    def reached(self) -> bool:
        """What was found, as it is printed, is not below the goal."""
        return round(self.found, 2) >= self.goal


def goals(case: Case) -> dict[str, float]:
    """What is asked for, by what is compared."""
    if case.large and case.dtype in HALVES:
        least = DOUBLE_BACKWARD if case.task == "double backward" else EQUAL
        ratio = RATIOS.get(case.task, {}).get(case.operator, least)
        return {COPY: OF_A_COPY, PYTORCH: ratio}
    return {} if case.variant == FUNCTIONS else {PYTORCH: EQUAL}


def share(result: Result) -> float | None:
    """Of a copy's speed; our operator's where `ours` is autograd's."""
    return result.ratio("copy", own(result))


def own(result: Result) -> str:
    """The contestant that is our kernel with the least around it."""
    return "kernel" if "kernel" in result.times else "ours"


def verdicts(results: Mapping[Case, Result]) -> Iterator[Verdict]:
    """All goals that were measured."""
    for case, result in results.items():
        found = {COPY: share(result), PYTORCH: result.ratio()}
        for what, goal in goals(case).items():
            number = found[what]
            if number is not None and not math.isnan(number):
                yield Verdict(case, what, goal, number)
