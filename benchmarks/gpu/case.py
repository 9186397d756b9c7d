"""What is compared, and the list of all comparisons of a run."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from nonlin.testing import catalogue

from benchmarks.case import CALLS, DERIVATIVES, FUNCTIONS, LARGER, TASKS, TENSORS, operators
from benchmarks.gpu import rotation
from benchmarks.gpu.shapes import KINDS, OTHER, USUAL, Shape, shapes
from benchmarks.variants import indexed

TYPES = ("bfloat16", "float16", "float32", "float64")
HALVES = TYPES[:2]
COLD, WARM = CACHES = ("cold", "warm")
HOST = "host"
SIZES = tuple(range(12, 29, 2))
LARGE = 2**26  # elements from which goals of memory are set
OTHERWISE = 24  # size from which other shapes say something new
STREAMS = {"value": 2, "value and index": 2, "backward": 3, "double backward": 5}


class Case(NamedTuple):
    """One comparison.

    Attributes:
        operator, variant: a row of the catalogue, and shape, layout or group
        task: what is computed, of `TASKS` or `CALLS`
        cache: of `CACHES`, whether the L2 cache has the tensors; `HOST` where the time of the host
            is meant
        elements: of x, about so many, as whole rows and images allow
    """

    operator: str
    variant: str
    task: str
    dtype: str
    cache: str
    elements: int

    @property
    def large(self) -> bool:
        """The memory of the device sets the pace."""
        return self.cache == COLD and self.elements >= LARGE

    @property
    def kind(self) -> str:
        """Of its shape."""
        known = shapes(self.operator)
        return known[self.variant].kind if self.variant in known else ""

    def bytes(self, l2: int) -> int:
        """About as much memory as it takes, with all sets and what PyTorch's autograd keeps."""
        if self.task in CALLS:
            return 0
        tensors = LARGER.get((self.operator, self.task)) or TENSORS[self.task]
        sets = rotation.sets(self.moved(), l2) if self.cache == COLD else 1
        return sets * self.elements * getattr(torch, self.dtype).itemsize * tensors

    def moved(self) -> int:
        """About as many bytes as must be read and written."""
        return self.elements * getattr(torch, self.dtype).itemsize * STREAMS[self.task]

    def known(self) -> bool:
        """It belongs to an operator, and to a variant of it, that exist today."""
        if self.operator not in operators():
            return False
        return self.variant in (FUNCTIONS, "") or bool(self.kind)

    def order(self) -> tuple[object, ...]:
        """Where it stands in a list: as this module lists things."""
        names = [*shapes(self.operator), "", FUNCTIONS]
        return (
            self.task in CALLS,
            operators().index(self.operator),
            names.index(self.variant),
            TYPES.index(self.dtype),
            (*CACHES, HOST).index(self.cache),
            (*TASKS, *CALLS).index(self.task),
            self.elements,
        )

    def weight(self) -> tuple[object, ...]:
        """Where it stands in a run whose time may not suffice: what has goals comes first."""
        if self.task in CALLS:
            return 1, self.order()
        late = {"float32": 2, "float64": 5}.get(self.dtype, 0)
        tier = max(late, 0 if self.large else 3, 4 if self.cache == WARM else 0)
        return tier, KINDS.index(self.kind), -self.elements, self.order()

    def __str__(self) -> str:
        """Everything, in words."""
        size = "" if self.cache == HOST else f"{self.count()} elements"
        return ", ".join(filter(None, [*self[:-1], size]))

    def count(self) -> str:
        """The number of elements."""
        power = self.elements.bit_length() - 1
        return f"2^{power}" if self.elements == 2**power else f"{self.elements:,}"


class Selection(NamedTuple):
    """What a run is asked for."""

    operators: Sequence[str]
    tasks: Collection[str]
    dtypes: Sequence[str]
    caches: Sequence[str]
    sizes: Sequence[int]  # logarithms to base 2
    kinds: Collection[str]
    dry: bool = False  # one row or image of each shape, and what is warm need fit nowhere


def plan(selection: Selection, l2: int) -> list[Case]:
    """All cases, what matters most first; those of a warm cache if they fit into it."""
    cases = dict.fromkeys((*_bulk(selection), *_calls(selection)))
    fitting = (c for c in cases if c.cache != WARM or rotation.fits(c.moved(), l2))
    return sorted(cases if selection.dry else fitting, key=Case.weight)


def _bulk(selection: Selection) -> Iterator[Case]:
    for operator in selection.operators:
        for name, shape in shapes(operator).items():
            if shape.kind not in selection.kinds:
                continue
            for task, dtype, cache in itertools.product(
                _tasks(operator), selection.dtypes, selection.caches
            ):
                if task in selection.tasks and _tells(shape, dtype, cache):
                    for size in _sizes(shape, selection):
                        elements = shape.elements(2**size, not selection.dry)
                        yield Case(operator, name, task, dtype, cache, elements)


def _tasks(operator: str) -> tuple[str, ...]:
    return TASKS if indexed(operator) else ("value", *DERIVATIVES)


def _tells(shape: Shape, dtype: str, cache: str) -> bool:
    """Other shapes say nothing new of float64, nor of a warm cache."""
    return shape.kind == USUAL or (dtype != "float64" and cache == COLD)


def _sizes(shape: Shape, selection: Selection) -> Sequence[int]:
    if shape.kind == USUAL:
        return selection.sizes
    largest = sorted(selection.sizes)[-1:]
    return [s for s in selection.sizes if s >= OTHERWISE and shape.kind == OTHER] or largest


def _calls(selection: Selection) -> Iterator[Case]:
    if HOST in selection.tasks:
        for operator, variant, task in itertools.product(
            selection.operators, ("", FUNCTIONS), CALLS
        ):
            yield Case(operator, variant, task, "float32", HOST, catalogue[operator].group)
