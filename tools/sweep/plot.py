"""Errors over the range of inputs, as drawings."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib
import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweep.results import BEND, BINADE, Result, number

COLOURS = {"torch": "tab:orange", "ours": "tab:blue"}
NAMES = {"torch": "PyTorch", "ours": "nonlin"}
FLOOR, CEILING = 0.02, 1e9  # what is exact, and what is infinitely wrong


def draw(path: Path, result: Result, titles: dict[str, str]) -> None:
    """Value and slope below each other; all inputs at the left, the middle at the right."""
    style = {"svg.fonttype": "none", "svg.hashsalt": path.stem, "font.size": 8}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        for row, (member, title) in zip(
            figure.subplots(2, 2, sharey=True), titles.items(), strict=True
        ):
            for axes, part in zip(row, ("all", "bend"), strict=True):
                for whose, colour in COLOURS.items():
                    curve = result["curves"].get(whose, {}).get(member)
                    if curve is not None:
                        _line(axes, [number(error) for error in curve[part]], colour, whose)
                _label(axes, part)
            row[0].set_ylabel(f"error of {title}, ULP")
        figure.axes[0].legend(loc="upper left", ncols=2)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _line(axes: Axes, errors: list[float], colour: str, whose: str) -> None:
    y = numpy.clip(errors, FLOOR, CEILING)
    axes.step(numpy.arange(len(y)), y, where="mid", color=colour, lw=0.8, label=NAMES[whose])


def _label(axes: Axes, part: str) -> None:
    """Mark some powers of ten on an axis of bit patterns."""
    half, least, bins = (255, -127, 1) if part == "all" else (
        (BEND[1] - BEND[0]) * BINADE, BEND[0], BINADE
    )  # fmt: skip
    powers = (-20, 0, 20) if part == "all" else (-1, 0, 1, 2)
    ticks, labels = [half - 0.5], ["±0" if part == "all" else f"±2$^{{{least}}}$"]
    for power in powers:
        place = (_position(10.0**power) - least) * bins
        for sign, text in ((1, ""), (-1, "−")):
            ticks.append(half + sign * place - 0.5)
            labels.append(f"{text}{_ten(power)}")
    axes.set_xticks(ticks, labels)
    axes.set_xlim(-0.5, 2 * half - 0.5)
    axes.set_yscale("log")
    axes.set_ylim(FLOOR / 1.5, CEILING * 1.5)
    axes.set_yticks(
        [FLOOR, 1, 1e3, 1e6, CEILING], ["exact", "1", "10$^3$", "10$^6$", "∞"], minor=False
    )
    axes.minorticks_off()
    axes.grid(alpha=0.3)


def _position(x: float) -> float:
    """In the order of bit patterns, in powers of two."""
    mantissa, exponent = math.frexp(x)
    return exponent - 1 + (2 * mantissa - 1)


def _ten(power: int) -> str:
    return f"{10.0**power:g}" if abs(power) < 3 else f"10$^{{{power}}}$"
