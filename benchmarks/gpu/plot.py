"""Bytes per second against size, as drawings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.gpu.case import CACHES, TYPES, Case
from benchmarks.gpu.goals import own
from benchmarks.gpu.shapes import USUAL
from benchmarks.plot import COLOURS, NAMES
from benchmarks.store import Result

TASKS = ("value", "backward", "double backward")
Panels = dict[tuple[str, str], dict[int, Result]]  # by operator and task; results by elements


def draw(stem: Path, results: Mapping[Case, Result]) -> list[Path]:
    """A file for each state of the cache: operators below each other, tasks side by side."""
    paths = []
    for cache in CACHES:
        for dtype in TYPES:
            panels = _panels(results, cache, dtype)
            if panels:
                path = stem.with_name(f"{stem.name}-{cache}.svg")
                _figure(path, panels, f"{dtype}, {cache} L2 cache")
                paths.append(path)
                break  # types of as many bits look the same
    return paths


def _panels(results: Mapping[Case, Result], cache: str, dtype: str) -> Panels:
    found: Panels = {}
    for case, result in results.items():
        timed = not math.isnan(result.times["ours"].median)
        if (case.cache, case.dtype, case.kind) == (cache, dtype, USUAL) and timed:
            found.setdefault((case.operator, case.task), {})[case.elements] = result
    return found


def _figure(path: Path, panels: Panels, title: str) -> None:
    operators = list(dict.fromkeys(operator for operator, _ in panels))
    style = {"svg.fonttype": "none", "svg.hashsalt": path.stem, "font.size": 8}
    with matplotlib.rc_context(style):
        size = (3.4 * len(TASKS), 1.7 * len(operators) + 0.6)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(len(operators), len(TASKS), squeeze=False, sharex=True, sharey=True)
        grid[0][0].set_xscale("log", base=2)  # all of them: they share it
        for operator, row in zip(operators, grid, strict=True):
            for task, axes in zip(TASKS, row, strict=True):
                _lines(axes, panels.get((operator, task), {}))
                axes.set_title(f"{operator}, {task}", fontsize=8)
            row[0].set_ylabel("GB/s")
        for axes in grid[-1]:
            axes.set_xlabel("elements")
        found = {}
        for axes in grid.flat:
            found |= dict(zip(*axes.get_legend_handles_labels()[::-1], strict=True))
        figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=4)
        figure.suptitle(title)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _lines(axes: Axes, results: dict[int, Result]) -> None:
    axes.grid(axis="y", alpha=0.3)
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(False)
    for name in ("copy", *COLOURS):
        points = {}
        for elements, result in sorted(results.items()):
            whose = own(result) if name == "ours" else name
            if whose in result.times:
                points[elements] = result.speed(whose) / 1e9
        if points:
            marker = "." if len(points) == 1 else ""
            look = {"color": COLOURS.get(name, "black"), "lw": 1, "marker": marker}
            axes.plot(list(points), list(points.values()), label=NAMES.get(name, name), **look)
