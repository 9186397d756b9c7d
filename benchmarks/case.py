"""What is compared, and the list of all comparisons of a run."""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from nonlin.testing import Gated, catalogue
from sweep.evaluator import ENVIRONMENT
from sweep.subject import swept

from benchmarks.variants import TWO_TENSORS, indexed, variants

DERIVATIVES = ("backward", "double backward")
TASKS = ("value", "value and index", *DERIVATIVES)
CALLS = ("call", "call with grad", "call and backward")
TYPES = ("float32", "bfloat16", "float16", "float64")
CACHE, MEMORY, ONE = "in cache", "in memory", "one element"
FUNCTIONS = "functions"  # of Python, where operators are compared otherwise
MODES = ("out", "in place", "allocated", "reused")
# Tensors as large as x that a comparison holds at most, with all that PyTorch's autograd keeps.
TENSORS = {"value": 6, "value and index": 8, "backward": 10, "double backward": 24}
LARGER = {("gelu_tanh", "double backward"): 34}


class Case(NamedTuple):
    """One comparison.

    Attributes:
        operator, variant: a row of the catalogue, and shape, layout or group
        task: what is computed, of `TASKS` or `CALLS`
        place: where tensors are found, in cache or in memory
        mode: of `MODES`, where results go: `out` and `in place` have memory, `allocated` asks for
            some, `reused` asks an allocator that gives the same again, never new pages
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
        tensors = LARGER.get((self.operator, self.task)) or TENSORS.get(self.task, 1)
        both = 2 if isinstance(catalogue[self.operator], Gated) else 1
        return self.elements * itemsize * tensors * both

    def known(self) -> bool:
        """It belongs to an operator, and to a variant of it, that exist today."""
        if self.operator not in operators():
            return False
        return self.variant in (*variants(self.operator), FUNCTIONS, "")

    def order(self) -> tuple[object, ...]:
        """Where it stands in a list: as this module lists things."""
        calls, names = self.task in CALLS, list(variants(self.operator))
        places = [
            calls,
            operators().index(self.operator),
            names.index(self.variant) if self.variant in names else 0,
            TYPES.index(self.dtype),
            (CACHE, MEMORY, ONE).index(self.place),
            (*TASKS, *CALLS).index(self.task),
            MODES.index(self.mode),
            -list(ENVIRONMENT).index(self.instruction_set),
        ]
        return (*places, *self)

    def __str__(self) -> str:
        """Everything, in words."""
        return self.words(Case._fields[:-1])

    def count(self) -> str:
        """The number of elements."""
        for unit, size in (("Mi", 2**20), ("Ki", 2**10)):
            if self.elements % size == 0:
                return f"{self.elements // size} {unit}"
        return str(self.elements)

    def words(self, fields: Collection[str]) -> str:
        """Some of it, in words."""
        said = {"threads": f"{self.threads} threads", "elements": f"{self.count()} elements"}
        if self.threads == 1:
            said["threads"] = "one thread"
        words = (said.get(name, getattr(self, name)) for name in Case._fields if name in fields)
        return ", ".join(filter(None, words))


class Selection(NamedTuple):
    """What a run is asked for."""

    operators: Sequence[str]
    tasks: Collection[str]
    dtypes: Sequence[str]
    sizes: dict[str, int]
    threads: Sequence[int]
    instruction_sets: Sequence[str]


@functools.cache
def operators() -> list[str]:
    """Rows that differ: celu is elu at its default. The slope of signs is none of PyTorch's."""
    known = [name for name in swept() if name not in ("sign", "sign_ste")]
    return known + [name for name, row in catalogue.items() if row.group > 1 and name not in known]


def operator(name: str) -> str:
    """One of them, for a command line."""
    if name not in operators():
        raise argparse.ArgumentTypeError(f"no row '{name}'; choose from {', '.join(operators())}")
    return name


def plan(selection: Selection) -> list[Case]:
    """All cases, in the order in which they are run: one process after the other."""
    cases = [*_bulk(selection), *_calls(selection)]
    sets, names = selection.instruction_sets, selection.operators

    def order(case: Case) -> tuple[object, ...]:
        worker = sets.index(case.instruction_set), case.mode == "reused"
        return *worker, names.index(case.operator), case.order()

    return sorted(cases, key=order)


def _bulk(selection: Selection) -> Iterator[Case]:
    for operator in selection.operators:
        for index, variant in enumerate(variants(operator)):
            # Other shapes say nothing new of other types, nor of more threads.
            dtypes = [t for t in selection.dtypes if not index or t == "float32"]
            threads = selection.threads[:1] if index else selection.threads
            for place, elements in selection.sizes.items():
                chosen = [m for m in _modes(operator, variant, place) if m[0] in selection.tasks]
                for (task, mode), dtype, count, name in itertools.product(
                    chosen, dtypes, threads, selection.instruction_sets
                ):
                    yield Case(operator, variant, task, dtype, place, count, mode, name, elements)


def _modes(operator: str, variant: str, place: str) -> Iterator[tuple[str, str]]:
    larger = catalogue[operator].group > 1 and variant != TWO_TENSORS
    for mode in ("out", "allocated") if larger else ("out", "in place", "allocated"):
        yield "value", mode
    for task in ("value and index", *DERIVATIVES) if indexed(operator) else DERIVATIVES:
        yield task, "allocated"
        if place == MEMORY:
            yield task, "reused"


def _calls(selection: Selection) -> Iterator[Case]:
    if ONE in selection.tasks:
        for operator, variant, task, name in itertools.product(
            selection.operators, ("", FUNCTIONS), CALLS, selection.instruction_sets
        ):
            yield Case(operator, variant, task, "float32", ONE, 1, "allocated", name, 1)
