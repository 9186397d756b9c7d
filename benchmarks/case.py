"""What is compared, and the list of all comparisons of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from nonlin.reference import catalogue
from sweep.subject import swept

from benchmarks.variants import variants

DERIVATIVES = ("backward", "double backward")
TASKS = ("value", "value and index", *DERIVATIVES)
CALLS = ("call", "call with grad", "call and backward")
TYPES = ("float32", "bfloat16", "float16", "float64")
CACHE, MEMORY, ONE = "in cache", "in memory", "one element"
FUNCTIONS = "functions"  # of Python, where operators are compared otherwise
# Tensors as large as x that a comparison holds at most, by the expressions that autograd keeps.
TENSORS = {"value": 6, "value and index": 8, "backward": 12, "double backward": 30}


class Case(NamedTuple):
    """One comparison.

    Attributes:
        operator, variant: a row of the catalogue, and shape, layout or group
        task: what is computed, of `TASKS` or `CALLS`
        place: where tensors are found, in cache or in memory
        mode: where results go: `out` and `in place` have memory, `allocated` asks for some, and
            `reused` asks an allocator that gives the same again, never new pages of the system
        elements: about so many, as whole rows and images allow
    """

    operator: str
    variant: str
    task: str
    dtype: str
    place: str
    threads: int
    mode: str
    instruction_set: str
    elements: int

    def bytes(self) -> int:
        """About as much memory as it takes."""
        itemsize = getattr(torch, self.dtype).itemsize
        return self.elements * itemsize * TENSORS.get(self.task, 1)

    def __str__(self) -> str:
        """Everything, in words."""
        return " ".join(str(field) for field in self[:-1] if field)


class Selection(NamedTuple):
    """What a run is asked for."""

    operators: Sequence[str]
    tasks: Collection[str]
    dtypes: Sequence[str]
    sizes: dict[str, int]
    threads: Sequence[int]
    instruction_sets: Sequence[str]


def operators() -> list[str]:
    """Rows that differ: celu is elu at its default."""
    known = swept()
    return known + [name for name, row in catalogue.items() if row.group > 1]


def plan(selection: Selection) -> list[Case]:
    """All cases, in the order in which they are run: one process after the other."""
    cases = [*_bulk(selection), *_calls(selection)]
    sets, names = selection.instruction_sets, selection.operators

    def order(case: Case) -> tuple[int, bool, int]:
        worker = sets.index(case.instruction_set), case.mode == "reused"
        return *worker, names.index(case.operator)

    return sorted(cases, key=order)


def _bulk(selection: Selection) -> Iterator[Case]:
    for operator in selection.operators:
        for index, variant in enumerate(variants(operator)):
            for dtype in selection.dtypes:
                if index and dtype != "float32":
                    continue  # other shapes say nothing new of other types
                for place, elements in selection.sizes.items():
                    for task, mode in _modes(operator, place):
                        if task not in selection.tasks:
                            continue
                        for threads in selection.threads:
                            for name in selection.instruction_sets:
                                yield Case(
                                    operator, variant, task, dtype, place, threads, mode, name,
                                    elements,
                                )  # fmt: skip


def _modes(operator: str, place: str) -> Iterator[tuple[str, str]]:
    grouped = catalogue[operator].group > 1
    for mode in ("out", "allocated") if grouped else ("out", "in place", "allocated"):
        yield "value", mode
    for task in ("value and index", *DERIVATIVES) if grouped else DERIVATIVES:
        yield task, "allocated"
        if place == MEMORY:
            yield task, "reused"


def _calls(selection: Selection) -> Iterator[Case]:
    if ONE in selection.tasks:
        for operator in selection.operators:
            for name in selection.instruction_sets:
                for task in CALLS:
                    for variant in ("", FUNCTIONS):
                        yield Case(
                            operator, variant, task, "float32", ONE, 1, "allocated", name, 1
                        )
