"""The part of docs/accuracy.md that is about torch.compile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from nonlin.testing import catalogue
from nonlin.testing.table import markdown

from sweep.measure import LEAST, SMALL
from sweep.results import Result, load, number

FOLDER = "compiled"
# In float32, of value, slope and curvature: ULP in general and of single rows; epsilons of the
# largest next to roots; units of the smallest normal number for results below SMALL, in general and
# where results fade sooner. Of 16-bit types: inputs that are not rounded correctly. Tests assert
# the same.
PROMISED = (3, 4, 6)
TAILS = {
    "gelu": (70, 70, 70),
    "serf": (6, 40, 210),
    "lisht": (4, 4, 65),
    "tanhshrink": (4, 7, 6),
    "gelu_tanh": (200, 200, 300),
    "swish": (3, 11, 16),
    "mish": (4, 50, 10),
    "quick_gelu": (70, 70, 80),
    "parametric_swish": (50, 70, 70),
}
ABSOLUTE, FADING, MISROUNDED = 1.25, 0.25, 10
FADES = {"swish": 23, "quick_gelu": 23, "serf": 26}
OFTEN = {
    ("sigmoid", 2, "float16"): 1170,
    ("leaky_relu", 0, "float16"): 20,
    ("serf", 1, "float16"): 12,
    ("swish", 1, "float16"): 13,
    ("swish", 0, "bfloat16"): 17,
    ("swish", 1, "bfloat16"): 18,
    ("quick_gelu", 0, "bfloat16"): 20,
    ("quick_gelu", 1, "bfloat16"): 21,
    ("serf", 1, "bfloat16"): 18,
}
ORDERS = ("f", "f′", "f″")
OPENING = Path(__file__).with_name("compiled.md")
WHOSE = ("nonlin", "compiled", "PyTorch compiled")
Titles = dict[tuple[str, ...], str]
Text = Callable[[float], str]


def section(folder: Path, eager: dict[str, Result], titles: Titles, short: Text) -> list[str]:
    """Text, and tables beside what kernels do; nothing if nothing was measured.

    `titles` are those of the members that are shown, `short` writes errors.
    """
    found = load(folder / FOLDER)
    rows = {name: found[name] for name in catalogue if name in found}
    if not rows:
        return []
    parts = [_opening()]
    head = ["", *(f"{title} {whose}" for title in titles.values() for whose in WHOSE)]
    for dtype in ("float32", "bfloat16", "float16"):
        sixteen = dtype[-2:] == "16"
        kind, text = ("misrounded", "{:,.0f}".format) if sixteen else ("ulp", short)
        said = "Inputs not rounded correctly" if sixteen else "Worst errors in ULP"
        lines = []
        for name, result in rows.items():
            sides = (eager.get(name, {}), "ours"), (result, "ours"), (result, "torch")
            cells = [_worst(*s, dtype, [m], kind, text) for m in titles for s in sides]
            lines.append([name, *cells])
        parts += [f"{said}, {dtype}:", markdown(head, lines)]
    return [*parts, "float32, elsewhere:", _elsewhere(rows, titles, short)]


def _opening() -> str:
    tails = "; ".join(f"{name} {_numbers(bounds)}" for name, bounds in TAILS.items())
    often = ", ".join(
        f"{count} of {ORDERS[order]} of {name} in {dtype}"
        for (name, order, dtype), count in OFTEN.items()
    )
    fades = ", ".join(f"{most} of {name}" for name, most in FADES.items())
    words = {"fades": fades, "promised": _numbers(PROMISED), "tails": tails, "often": often}
    numbers = {
        "absolute": ABSOLUTE,
        "small": SMALL // LEAST,
        "fading": FADING,
        "misrounded": MISROUNDED,
    }
    return OPENING.read_text().strip().format_map(words | numbers)


def _numbers(bounds: Iterable[int]) -> str:
    first, second, third = bounds
    return f"{first}, {second} and {third}"


def _worst(
    result: Result, whose: str, dtype: str, names: list[tuple[str, ...]], kind: str, text: Text
) -> str:
    """Of these members over all instruction sets."""
    found = []
    for by in result.get(dtype, {}).values():
        members = by.get(whose, {})
        for entry in (members[m] for alike in names for m in alike if m in members):
            if kind in entry:
                error = entry[kind]
                found.append(number(error["error"] if isinstance(error, dict) else error))
    return text(max(found)) if found else "-"


def _elsewhere(rows: dict[str, Result], titles: Titles, short: Text) -> str:
    members = list(titles)
    kinds = {f"{titles[m]} near roots": ("absolute", [m]) for m in members[1:]}
    kinds |= {"next to nothing": ("small", members), "at ±∞ and NaN": ("limits", members)}
    head = ["", *(f"{title}, {whose}" for title in kinds for whose in WHOSE[1:])]
    lines = []
    for name, result in rows.items():
        cells = [
            _worst(result, whose, "float32", names, kind, short)
            for kind, names in kinds.values()
            for whose in ("ours", "torch")
        ]
        lines.append([name, *cells])
    return markdown(head, lines)
