"""How many times faster than PyTorch ours has to be in cache, with one thread; gated in memory too.

The types of 16 bits have the goals of float32; float64 is to be no slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nonlin.testing import Gated, catalogue

from benchmarks.case import CACHE, CALLS, FUNCTIONS, MEMORY, Case
from benchmarks.headline import stands
from benchmarks.results import Results

# As light as a comparison, on both sides.
LIGHT = (
    "relu",
    "leaky_relu",
    "hardtanh",
    "threshold",
    "hardsigmoid",
    "hardswish",
    "softshrink",
    "hardshrink",
)
# With AVX-512, and with AVX2.
VALUE = {
    "gelu": (1.0, 1.0),
    "gelu_tanh": (2.5, 2.0),
    "swish": (1.1, 1.0),
    "mish": (7.0, 6.0),
    "elu": (3.0, 3.0),
    "prelu": (1.0, 1.0),
    "maxout": (10.0, 10.0),
    "tanh": (2.5, 2.5),
    "softplus": (2.0, 2.0),
    "softsign": (2.5, 2.5),
    # Expressions in PyTorch.
    "squareplus": (3.0, 3.0),
    "serf": (3.0, 3.0),
    "lisht": (3.0, 3.0),
    "squared_relu": (3.0, 3.0),
    # Whose built-ins are kernels too.
    **dict.fromkeys(LIGHT, (1.0, 1.0)),
    "sigmoid": (1.0, 1.0),
    "logsigmoid": (1.0, 1.0),
    "tanhshrink": (1.0, 1.0),
}
BACKWARD = {
    "gelu": (1.4, 1.0),
    "gelu_tanh": (1.5, 1.3),
    "swish": (1.0, 1.0),
    "mish": (5.0, 5.0),
    "elu": (2.0, 2.0),
    "prelu": (10.0, 10.0),
    "maxout": (10.0, 10.0),
    # PyTorch's multiply the result, which they keep, and lose the slope's digits in the tail.
    "sigmoid": (0.7, 0.7),
    "tanh": (0.7, 0.7),
    **dict.fromkeys(
        (
            "softplus",
            "softsign",
            "squareplus",
            "serf",
            "lisht",
            "squared_relu",
            "logsigmoid",
            "tanhshrink",
        ),
        (1.0, 1.0),
    ),
    **dict.fromkeys(LIGHT, (1.0, 1.0)),
}
# In memory that is allocated, in float32: where traffic decides.
GATED_IN_MEMORY = {
    ("swiglu", "two tensors", "value"): 1.4,
    ("swiglu", "two tensors", "backward"): 1.5,
    ("swiglu", "gate first", "backward"): 2.2,
    ("glu", "gate last", "value"): 1.0,
}
WITHOUT = {
    "selu": "elu's kernels",
    "quick_gelu": "swish's kernels",
    "relu6": "hardtanh's kernels",
    "parametric_swish": "PyTorch has none",
}
# Of those whose built-in has a formula of several operations for it.
DOUBLE_BACKWARD = dict.fromkeys(
    ("gelu", "gelu_tanh", "swish", "mish", "elu", "selu", "prelu", "parametric_swish", "maxout"),
    3.0,
)
EQUAL = 1.0
OF_A_COPY = 0.9  # in memory, with all threads


class Verdict(NamedTuple):
    """A case that has a goal, the ratio that is asked for, and the one that was found."""

    case: Case
    goal: float
    found: float

    @property
    def reached(self) -> bool:
        """The ratio, as it is printed, is not below the goal."""
        return round(self.found, 2) >= self.goal


def goal(case: Case) -> float | None:
    """The ratio that is asked for."""
    if case.task in CALLS:
        return None if case.variant == FUNCTIONS else EQUAL
    if case.place == MEMORY and (case.dtype, case.mode) == ("float32", "allocated"):
        return GATED_IN_MEMORY.get((case.operator, case.variant, case.task))
    if case.place != CACHE:
        return None
    if isinstance(catalogue[case.operator], Gated):
        return EQUAL
    if case.dtype == "float64":
        return EQUAL
    if case.task == "double backward":
        return DOUBLE_BACKWARD.get(case.operator, EQUAL)
    goals = {"value": VALUE, "backward": BACKWARD}.get(case.task, {})
    pair = dict(zip(("avx512", "avx2"), goals.get(case.operator, ()), strict=False))
    return pair.get(case.instruction_set)


def verdicts(results: Results) -> Iterator[Verdict]:
    """All goals that were measured."""
    for case, result in results.items():
        wanted, found = goal(case), result.ratio()
        if (
            wanted
            and found
            and (case.task in CALLS or case.place == MEMORY or stands(case, results))
        ):
            yield Verdict(case, wanted, found)
