"""A result in a few characters, and tables of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from nonlin.testing.table import markdown

from benchmarks.case import CALLS, TASKS
from benchmarks.gpu.case import Case
from benchmarks.gpu.goals import own, share
from benchmarks.store import Result
from benchmarks.summary import micro, number

MIB = 2**20
RAN = "ran"  # all that a dry run has to say


def grid(
    title: str,
    results: Mapping[Case, Result],
    column: Callable[[Case], str],
    cell: Callable[[Result], str],
) -> list[str]:
    """A table with a line for each operator and variant; none without results."""
    if not results:
        return []
    found = {(c.operator, c.variant, column(c)): r for c, r in results.items()}
    columns = list(dict.fromkeys(column(c) for c in sorted(results, key=lambda c: c.elements)))
    if set(columns) <= {*TASKS, *CALLS}:
        columns.sort(key=(*TASKS, *CALLS).index)
    lines = []
    for row in dict.fromkeys((c.operator, c.variant) for c in results):
        cells = (found.get((*row, name)) for name in columns)
        lines.append([" ".join(filter(None, row)), *(_filled(r, cell) for r in cells)])
    return [markdown([title, *columns], lines)]


def line(result: Result) -> str:
    """Of a case in a terminal."""
    if not timed(result):
        return f"{RAN}: {', '.join(result.times)}"
    times = ", ".join(f"{name} {micro(result, name)} µs" for name in result.times)
    return f"{times}; {speed(result)}" if result.bytes else f"{times}; {compared(result)}"


def timed(result: Result) -> bool:
    """It was not a dry run."""
    return not math.isnan(result.times["ours"].median)


def compared(result: Result) -> str:
    """How many times PyTorch's time is ours, and the share of a copy's speed."""
    ratio, part = result.ratio(), share(result)
    words = [f"{number(ratio)}×" if ratio else "", f"({part:.0%})" if part else ""]
    return " ".join(filter(None, words))


def speed(result: Result) -> str:
    """The same, and GB/s."""
    return f"{compared(result)} {result.speed(own(result)) / 1e9:,.0f} GB/s"


def compiled(result: Result) -> str:
    """How many times the compiled function's time is ours."""
    return f"{number(result.ratio('compiled', own(result)))}×"


def peaks(result: Result) -> str:
    """Of memory, in MiB."""
    found = (result.times[name].peak for name in (own(result), "torch") if name in result.times)
    return ", ".join(f"{peak / MIB:,.0f}" for peak in found)


def micros(result: Result) -> str:
    """Times of both."""
    return f"{micro(result, 'ours')}, {micro(result, 'torch')}"


def _filled(result: Result | None, cell: Callable[[Result], str]) -> str:
    return "" if result is None else cell(result) if timed(result) else RAN
