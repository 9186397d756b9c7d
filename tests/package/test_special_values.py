"""The tables in docs/deviations.md, of special values and of memory, are what both libraries do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from nonlin.testing import catalogue
from nonlin.testing.memory import all_kept
from nonlin.testing.pointwise import Pointwise
from nonlin.testing.special import POINTS, at, builtin_at, kinks, takes_integers

PAGE = Path(__file__).parents[2] / "docs" / "deviations.md"
pytestmark = pytest.mark.skipif(
    not PAGE.exists(), reason="the tests run beside an installed package, without its documentation"
)
ROWS = {row.name: row for row in catalogue.values() if isinstance(row, Pointwise)}
# PyTorch's own values are those of one version, on the instruction set that its users have.
SAME = torch.__version__.startswith("2.15") and torch.backends.cpu.get_cpu_capability() != "DEFAULT"


def table(name: str = "special values") -> dict[str, list[str]]:
    text = PAGE.read_text().partition(f"<!-- table: {name} -->")[2].partition("<!-- end")[0]
    lines = [[c.strip() for c in line.strip("|").split("|")] for line in text.split("\n") if line]
    return {cells[0].strip("`"): cells[1:] for cells in lines[2:]}


def test_every_function_is_there():
    for name in ("special values", "memory"):
        assert list(table(name)) == list(ROWS), "run `make tables` (python tools/tables)"


@pytest.mark.parametrize("row", ROWS.values(), ids=str)
def test_memory(row: Pointwise):
    """Bytes of ours, ours in place, PyTorch's, PyTorch's in place."""
    cells = table("memory")[row.name]
    known = 4 if torch.__version__.startswith("2.15") else 2
    for cell, kept in list(zip(cells, all_kept(row), strict=True))[:known]:
        assert cell == ("-" if kept is None else f"{kept:g}"), row.name


def compare(row: Pointwise, point: float, cell: str) -> None:
    ours, theirs = re.fullmatch(r"([^(]+?)(?: \((.+)\))?", cell).groups()
    assert str(at(row.function, point)) == ours, f"nonlin.{row.name} at {point}"
    if SAME and row.in_pytorch:
        assert builtin_at(row, point) == (theirs or ours), f"PyTorch's {row.name} at {point}"


@pytest.mark.parametrize("row", ROWS.values(), ids=str)
def test_values_and_slopes(row: Pointwise):
    *cells, beside, _ = table()[row.name]
    for point, cell in zip(POINTS, cells, strict=True):
        compare(row, point, cell)
    named = dict(part.split(": ") for part in beside.split("; ") if part)
    assert list(named) == [f"{point:g}" for point in kinks(row)]
    for point, cell in named.items():
        compare(row, float(point), cell)


@pytest.mark.parametrize("row", ROWS.values(), ids=str)
def test_integers(row: Pointwise):
    cell = table()[row.name][-1]
    assert not takes_integers(row.function) and cell.startswith("refused")
    with pytest.raises(NotImplementedError, match="must have dtype float64, float32"):
        row.function(torch.ones(4, dtype=torch.int64))
    if row.in_pytorch:
        assert takes_integers(row.builtin) == cell.endswith("(taken)")
