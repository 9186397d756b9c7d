"""docs/accuracy.md, from the results of all rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from nonlin.testing import catalogue
from nonlin.testing.table import markdown

from sweep import compiled_page, plot
from sweep.gated import UPS
from sweep.results import Result, load, number

# Largest errors in ULP of value, slope and curvature; tests assert the same.
PROMISED = {"float32": (2, 4, 10), "float64": (3, 4, 8)}
OTHERS = 3  # of a value in float32, at other parameters than the defaults
ABSOLUTE = 1  # next to a root of f″, in epsilons of the largest f″
TYPES = ("float32", "float64", "bfloat16", "float16")
TITLES = {
    "value": "f", "slope": "f′", "curvature": "f″",
    "x": "f_x", "w": "f_w", "xx": "f_xx", "xw": "f_xw", "ww": "f_ww",
    "gate": "f_gate", "up": "f_up", "gate_gate": "f_gate gate", "gate_up": "f_gate up",
}  # fmt: skip
# Of one number, of a number with a weight, and of a gate.
COMMON = (("value",), ("slope", "x", "gate"), ("curvature", "xx", "gate_gate"))
OPENING = Path(__file__).with_name("opening.md")


def write(docs: Path) -> None:
    """The page, and a drawing for each row."""
    found = load(docs / "accuracy")
    rows = {name: found[name] for name in catalogue if name in found}
    parts = [_opening(), *_summary(rows)]
    shown = {names: TITLES[names[0]] for names in COMMON}
    parts += compiled_page.section(docs / "accuracy", rows, shown, short)
    for name, result in rows.items():
        plot.draw(docs / "accuracy" / f"{name}.svg", result, _drawn(result))
        parts += _section(name, result)
    parts.append("## Runs\n\n" + _runs(rows))
    (docs / "accuracy.md").write_text("\n\n".join(parts) + "\n")


def _opening() -> str:
    words = {
        f"{dtype} {member}": str(bound)
        for dtype, bounds in PROMISED.items()
        for (member, *_), bound in zip(COMMON, bounds, strict=True)
    }
    words["ups"] = ", ".join(f"{up:g}" for up in UPS)
    words["gated"] = ", ".join(str(bound + 0.5) for bound in PROMISED["float32"])
    words["gated"] += " ULP in float32"
    return OPENING.read_text().strip().format_map({"absolute": ABSOLUTE, "others": OTHERS, **words})


def _summary(rows: dict[str, Result]) -> list[str]:
    """One table for each type: the worst of all instruction sets."""
    tables = ["## Summary"]
    titles = [TITLES[names[0]] for names in COMMON]
    for dtype in TYPES:
        said = "Worst errors in ULP" if dtype[-2:] != "16" else "Inputs not rounded correctly"
        tables.append(f"{said}, {dtype}, over all instruction sets:")
        head = ["", *(f"{title} {who}" for title in titles for who in ("nonlin", "PyTorch"))]
        lines = [[f"[{name}](#{name})", *_worst(result, dtype)] for name, result in rows.items()]
        tables.append(markdown(head, lines))
    return tables


def _worst(result: Result, dtype: str) -> Iterable[str]:
    for names in COMMON:
        member = next(name for name in names if name in result["roots"])
        for whose in ("ours", "torch"):
            entries = [by[whose][member] for by in result[dtype].values() if whose in by]
            if not entries:
                yield "-"
            elif dtype[-2:] == "16":
                yield f"{max(entry['misrounded'] for entry in entries):,}"
            else:
                yield short(max(number(entry["ulp"]["error"]) for entry in entries))


def _section(name: str, result: Result) -> list[str]:
    roots = [
        f"{TITLES[member]} = 0 at {', '.join(f'{root:.9g}' for root in roots)}"
        for member, roots in result["roots"].items()
        if roots
    ]
    weights = [f"w = {weight:g} for every number" for weight in catalogue[name].weights]
    parts = [f"## {name}", f"![errors of {name}](accuracy/{name}.svg)"]
    if facts := weights + roots:
        parts.append("; ".join(facts) + ".")
    for dtype in ("float32", "float64"):
        parts.append(
            markdown([dtype, "", "nonlin", "at x", "PyTorch", "at x"], _errors(result, dtype))
        )
    head = ["", "", "nonlin", "at x", "not rounded correctly", "PyTorch", "at x", "not rounded"]
    lines = [line for dtype in TYPES[2:] for line in _rounded(result, dtype)]
    parts += [markdown(head, lines), _special(result)]
    return parts


def _errors(result: Result, dtype: str) -> Iterable[list[str]]:
    for member in result["roots"]:
        for kind, title in (("ulp", TITLES[member]), ("absolute", f"{TITLES[member]} near roots")):
            lines = []
            for instruction_set, by in result[dtype].items():
                cells = [c for whose in ("ours", "torch") for c in _cells(by, whose, member, kind)]
                lines.append((instruction_set, cells))
            yield from _merged(title, lines)


def _rounded(result: Result, dtype: str) -> Iterable[list[str]]:
    for member in result["roots"]:
        lines = []
        for instruction_set, by in result[dtype].items():
            cells = []
            for whose in ("ours", "torch"):
                entry = by.get(whose, {}).get(member, {})
                cells += _cells(by, whose, member, "ulp")
                cells.append(f"{entry['misrounded']:,}" if entry else "-")
            lines.append((instruction_set, cells))
        yield from _merged(f"{dtype} {TITLES[member]}", lines)


def _merged(title: str, lines: list[tuple[str, list[str]]]) -> Iterable[list[str]]:
    """Instruction sets with the same results share a line; without results there is none."""
    lines = [line for line in lines if set(line[1]) != {"-"}]
    order = {str(cells): i for i, (_, cells) in reversed(list(enumerate(lines)))}
    for _, group in groupby(
        sorted(lines, key=lambda line: order[str(line[1])]), lambda line: line[1]
    ):
        same = list(group)
        yield [title, ", ".join(name for name, _ in same), *same[0][1]]


def _cells(by: Result, whose: str, member: str, kind: str) -> list[str]:
    entry = by.get(whose, {}).get(member, {}).get(kind)
    return [_four(number(entry["error"])), entry["x"] or ""] if entry else ["-", "-"]


def _four(error: float) -> str:
    """Of errors near 0.5, enough digits to see on which side."""
    return f"{error:.4f}" if 0.49 < error < 0.51 else short(error)


def _special(result: Result) -> str:
    columns = result["special"]
    head = ["x" if key == "x" else _heading(*key.split()) for key in columns]
    return markdown(head, zip(*columns.values(), strict=True))


def _heading(whose: str, member: str) -> str:
    return f"{TITLES[member]}, {plot.NAMES[whose]}"


def _runs(rows: dict[str, Result]) -> str:
    head = ["", "float32 inputs", "minutes", "threads", "date", "PyTorch", "nonlin", "processor"]
    lines = []
    for name, result in rows.items():
        facts = result["setting"]
        lines.append(
            [name, f"{facts['float32 inputs']:,}", f"{facts['seconds'] / 60:.1f}"]
            + [str(facts[key]) for key in ("jobs", "date", "torch", "nonlin", "processor")]
        )
    return markdown(head, lines)


def _drawn(result: Result) -> dict[str, str]:
    return {member: TITLES[member] for member in list(result["roots"])[:2]}


def short(error: float) -> str:
    """An error in three digits or fewer."""
    if error == 0 or not math.isfinite(error):
        return "0" if error == 0 else "∞"
    if error < 1000:
        return f"{error:.2f}" if error < 10 else f"{error:.0f}"
    mantissa, exponent = f"{error:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"
