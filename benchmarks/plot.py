"""Bytes per second as drawings."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.case import CACHE, MEMORY
from benchmarks.headline import MODES, Panel, headline
from benchmarks.results import Result, Results

COLOURS = {"torch": "tab:orange", "compiled": "tab:green", "ours": "tab:blue"}
NAMES = {"torch": "PyTorch", "compiled": "torch.compile", "ours": "nonlin"}


def draw(stem: Path, results: Results) -> list[Path]:
    """A file for each place: tasks below each other, instruction sets side by side."""
    paths = []
    for place in (CACHE, MEMORY):
        panels = headline(results, place)
        if panels:
            path = stem.with_name(f"{stem.name}-{place.replace(' ', '-')}.svg")
            _figure(path, panels, place)
            paths.append(path)
    return paths


def _figure(path: Path, panels: dict[Panel, dict[str, Result]], place: str) -> None:
    tasks = [task for task in MODES if any(key[0] == task for key in panels)]
    sets = list(dict.fromkeys(name for _, name in panels))
    style = {"svg.fonttype": "none", "svg.hashsalt": path.stem, "font.size": 8}
    with matplotlib.rc_context(style):
        size = (5 * len(sets), 2.2 * len(tasks))
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(len(tasks), len(sets), squeeze=False, sharey="row")
        for task, row in zip(tasks, grid, strict=True):
            for name, axes in zip(sets, row, strict=True):
                _bars(axes, panels.get((task, name), {}))
                axes.set_title(f"{task}, {name}", fontsize=8)
            row[0].set_ylabel("GB/s")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4)
        figure.suptitle(f"float32, one thread, {place}")
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _bars(axes: Axes, results: dict[str, Result]) -> None:
    shown = [name for name in COLOURS if any(name in result.times for result in results.values())]
    width = 0.8 / max(1, len(shown))
    for index, name in enumerate(shown):
        found = {
            place: result.bytes / result.times[name].median / 1e9
            for place, result in enumerate(results.values())
            if name in result.times
        }
        x = [place + (index - (len(shown) - 1) / 2) * width for place in found]
        axes.bar(x, list(found.values()), width, color=COLOURS[name], label=NAMES[name])
    for place, result in enumerate(results.values()):
        speed = result.bytes / result.times["copy"].median / 1e9
        label = {"label": "copy"} if place == 0 else {}
        axes.hlines(speed, place - 0.45, place + 0.45, color="black", lw=1, **label)
    axes.set_xticks(range(len(results)), list(results), rotation=30, ha="right")
    axes.grid(axis="y", alpha=0.3)
