"""docs/cuda.md: the budgets of the H200's kernels, for readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from budget.budgets import Budget
from budget.machine import AIMS, CLOCK, COPY, MULTIPROCESSORS, share

FILE = Path(__file__).parents[2] / "docs" / "cuda.md"
TYPES = {"bfloat16": 2, "half": 2, "float": 4}
SECTIONS = {
    "Functions of one number, dense tensors, and gated ones, in whole vectors": "dense|vectors",
    "The same, tensors with other strides": "in_rows",
    "Functions of a number and a weight, dense tensors": "weighted_dense",
    "The same, with other strides": "weighted_in_rows",
    "With the gradient of the weight, many elements of a channel side by side": "weighted_planes",
    "With the gradient of the weight, few or one": "weighted_columns",
    "Groups": "grouped",
}
# Entries that are only copied are bits.
_BITS = {"uint16": ("bfloat16", "half"), "uint32": ("float",)}
_PASSES = ("value", "backward", "double backward")
_WORDS = {
    r"\b(uint\d+|bfloat16|half|float)( \d)?$": "",
    r" gated_call<\w+>": "",
    r" gated_call<\w+::at_defaults>": ", default parameters",
    r" at_defaults": ", default parameters",
    r" (?:parametric_|gated_)?(value|double_backward|backward)(?:_pass|<.*>)?(?= |$)": r", \1",
    r" (choose|scatter|gather)_groups": r", \1",
    r"^common no_formula": "any formula",
    r"(?<=choose)<false>": "",
    r"(?<=choose)<true>": " with index",
    r" (planar|interleaved)<0>": r", \1, any k",
    r" (planar|interleaved)<(\d)>": r", \1, k = \2",
    r" *$": "",
}


def page(budgets: dict[str, Budget]) -> str:
    """The text of the page."""
    opening = (Path(__file__).parent / "opening.md").read_text()
    card = f"{MULTIPROCESSORS} multiprocessors at {CLOCK / 1e9:g} GHz, {COPY / 1e12:g} TB/s"
    aims = {f"aim_{size}": f"{aim['issue']:.0%}" for size, aim in AIMS.items()}
    parts = [opening.format(card=card, aim_xu=f"{AIMS[2]['xu']:.0%}", **aims)]
    for title, kind in SECTIONS.items():
        rows = _rows(budgets, kind)
        parts.append("\n".join([f"\n### {title}\n", *_table(rows)]) + "\n")
    return "".join(parts)


def _rows(budgets: dict[str, Budget], kind: str) -> dict[str, dict[str, str]]:
    """The cells of each kernel by type."""
    rows: dict[str, dict[str, str]] = {}
    for name, budget in budgets.items():
        words = name.split()
        here = set(kind.split("|")) & set(words)
        if not here:
            continue
        for word in words:
            for dtype in _BITS.get(word, (word,) if word in TYPES else ()):
                rows.setdefault(_label(name, *here), {})[dtype] = _cell(budget)
    return {label: rows[label] for label in sorted(rows, key=_place)}


def _label(name: str, kind: str) -> str:
    """`gelu_tanh, double backward`"""
    text = name.replace(f" {kind} ", " ")
    for pattern, words in _WORDS.items():
        text = re.sub(pattern, words, text)
    return text.replace("double_", "double ")


def _place(label: str) -> tuple[str, int, str]:
    """Passes stand in their order."""
    first, _, last = label.rpartition(", ")
    return (first, _PASSES.index(last), "") if last in _PASSES else (label, 0, "")


def _cell(budget: Budget) -> str:
    unit = share("xu", budget["xu"])
    return f"{share('issue', budget['issue']):.0%}" + (f" ({unit:.0%})" if unit else "")


def _table(rows: dict[str, dict[str, str]]) -> Iterator[str]:
    yield "| | bfloat16 | float16 | float32 |"
    yield "| --- | --- | --- | --- |"
    for label, cells in rows.items():
        yield f"| {label} | " + " | ".join(cells.get(dtype, "") for dtype in TYPES) + " |"
