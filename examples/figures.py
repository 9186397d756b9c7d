"""Pictures of the pointwise activations and of their errors, for digits.py."""

from __future__ import annotations

from pathlib import Path

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from nonlin.testing import Pointwise, catalogue, ulp_error
from nonlin.testing.activation import Function
from torch import Tensor

DARK, BLUE, ORANGE, GREY = "#222222", "#0072b2", "#d55e00", "#999999"
BINS, PER_BIN = 300, 400
COLUMNS = 4
# Errors outside of these are drawn at the border; NaN and overflows are errors without bound.
LEAST, MOST = 0.1, 1e8

ROWS = [row for row in catalogue.values() if isinstance(row, Pointwise)]


def curves(path: Path) -> Path:
    """Value, slope and curvature of each activation, as our kernels compute them."""
    x = torch.linspace(-5, 3, 1601)
    height = len(ROWS) // COLUMNS + 1  # with a place for the legend at least
    figure = Figure(figsize=(13, 3.25 * height), layout="constrained")
    panels = list(figure.subplots(height, COLUMNS, sharex=True, sharey=True).flat)
    panels, free = panels[: len(ROWS)], panels[len(ROWS) :]
    # Dashed, because the curvature of an ELU covers half of its slope.
    lines = (("value", DARK, "-"), ("slope", BLUE, "-"), ("curvature", ORANGE, "--"))
    for panel, row in zip(panels, ROWS, strict=True):
        _style(panel, row.name)
        panel.axhline(0, color=GREY, linewidth=0.8)
        panel.axvline(0, color=GREY, linewidth=0.8)
        for y, (label, color, style) in zip(_derivatives(row.function, x, 2), lines, strict=True):
            panel.plot(x, y, color=color, linestyle=style, linewidth=2.2, label=label)
        panel.set(xlim=(-5, 3), ylim=(-1.9, 2.6))
        panel.tick_params(labelbottom=True, labelleft=True)
    for panel in free:
        panel.axis("off")
    handles = panels[0].get_legend_handles_labels()
    free[-1].legend(*handles, loc="center", frameon=False, fontsize=15)
    figure.savefig(path, dpi=110)
    return path


def errors(path: Path) -> Path:
    """Worst float32 errors of value and slope along the axis, ours and PyTorch's."""
    height = 2 * len(ROWS)
    figure = Figure(figsize=(13, height))
    # By hand: a layout that is found by drawing takes as long again.
    grid = figure.subplots(len(ROWS), 2, sharey=True)
    bottom, top = 0.4 / height, 1 - 0.8 / height
    figure.subplots_adjust(0.05, bottom, 0.99, top, wspace=0.06, hspace=0.4)
    for panels, row in zip(grid, ROWS, strict=True):
        x = torch.linspace(_left_end(row), 10, BINS * PER_BIN)
        center = x.view(BINS, PER_BIN).mean(1)
        jet = row.jet(x)
        for panel, member in zip(panels, ("value", "slope"), strict=True):
            _style(panel, f"{row.name}: {member}")
            panel.axhline(0.5, color=DARK, linewidth=0.8, linestyle=":")
            panel.set(yscale="log", ylim=(LEAST / 2, MOST * 2), xlim=(x[0], x[-1]))
        for function, color, width, label in (
            (row.builtin, ORANGE, 3.5, "PyTorch"),
            (row.function, BLUE, 2, "nonlin"),
        ):
            for panel, result, reference in zip(
                panels, _derivatives(function, x, 1), jet, strict=False
            ):
                worst = ulp_error(result, reference).view(BINS, PER_BIN).amax(1)
                panel.plot(
                    center, worst.clamp(LEAST, MOST), color=color, linewidth=width, label=label
                )
    figure.suptitle(
        "Largest float32 error in units in the last place; dotted: 0.5, perfect rounding",
        y=1 - 0.2 / height,
    )
    grid[0][0].legend(frameon=False, loc="upper right")
    figure.savefig(path, dpi=110)
    return path


def _derivatives(function: Function, x: Tensor, order: int) -> list[Tensor]:
    """The function's value and its derivatives up to that order."""
    x = x.clone().requires_grad_()
    results = [function(x)]
    for _ in range(order):
        results += torch.autograd.grad(results[-1].sum(), x, create_graph=True)
    return [result.detach() for result in results]


def _left_end(row: Pointwise) -> float:
    """Where value or slope has become too small for float32; −10 if they are constant up to 0."""
    x = torch.linspace(-150, 0, 1501)
    jet = row.jet(x)
    visible = (jet.value.float() != jet.value[0].float()) | (jet.slope.float() != 0)
    return float(x[visible][0]) - 1 if visible.any() else -10.0


def _style(panel: Axes, title: str) -> None:
    panel.set_title(title, loc="left", fontsize=12)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(color="#eeeeee")
    panel.set_axisbelow(True)
