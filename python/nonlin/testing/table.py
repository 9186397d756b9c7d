"""Tables: for terminals, with headings that may span several columns, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple


class Column(NamedTuple):
    """Neighbours of one group share its heading."""

    group: str
    title: str
    cells: Sequence[str]


def render(labels: Sequence[str], columns: Sequence[Column]) -> str:
    """One line per label, its cells to the right of it.

    >>> numbers = [Column("both", "x", ["1", "2"]), Column("both", "yy", ["3", "4"])]
    >>> print(render(["a", "b"], numbers))
       both
       ─────
       x  yy
    a  1   3
    b  2   4
    """
    margin = max(map(len, labels))
    blocks = [["".ljust(margin)] * 3 + [label.ljust(margin) for label in labels]]
    blocks += [_block(name, group) for name, group in groupby(columns, key=lambda c: c.group)]
    gap = "   " if len(blocks) > 2 else "  "
    return "\n".join(gap.join(parts).rstrip() for parts in zip(*blocks, strict=True))


def markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The same for pages, which have no headings above headings.

    >>> print(markdown(["", "x"], [["a", "1"]]))
    |  | x |
    | --- | --- |
    | a | 1 |
    """
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _block(name: str, group: Iterable[Column]) -> list[str]:
    columns = [(column.title, *column.cells) for column in group]
    widths = [max(map(len, texts)) for texts in columns]
    widths[0] += max(0, len(name) - len("  ".join(" " * width for width in widths)))
    lines = [
        "  ".join(text.rjust(width) for text, width in zip(texts, widths, strict=True))
        for texts in zip(*columns, strict=True)
    ]
    return [name.ljust(len(lines[0])), "─" * len(lines[0]), *lines]
