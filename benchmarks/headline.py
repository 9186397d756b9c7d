"""The results that stand for an operator: float32, one thread, its usual shape, the best mode."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.results import Result, Results
from benchmarks.variants import variants

# Of every task, the modes from the one that costs least on; the first that PyTorch has too counts.
MODES = {
    "value": ("out", "allocated"),
    "backward": ("reused", "allocated"),
    "double backward": ("reused", "allocated"),
}
Panel = tuple[str, str]  # task and instruction set


def headline(results: Results, place: str) -> dict[Panel, dict[str, Result]]:
    """The results of all operators, by task and instruction set."""
    panels: dict[Panel, dict[str, Result]] = {}
    for case, result in results.items():
        if case.place == place and case.dtype == "float32" and stands(case, results):
            panels.setdefault((case.task, case.instruction_set), {})[case.operator] = result
    return panels


def stands(case: Case, results: Results) -> bool:
    """It is the one among those of its operator, task, type, place and instruction set."""
    if case.threads != 1 or case.task not in MODES:
        return False
    if case.variant != next(iter(variants(case.operator))):
        return False
    others = (results.get(case._replace(mode=mode)) for mode in MODES[case.task])
    first = next((result for result in others if result and result.ratio()), None)
    return results[case] is first
