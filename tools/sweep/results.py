"""What a run found of one row, as a file that the page is written from."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nonlin
import numpy
import torch
from nonlin.testing.compare import processor
from torch import Tensor

from sweep.measure import KINDS, Measures, Worst
from sweep.slots import Key
from sweep.special import shortest

BINADE = 16  # bins of a curve
# The powers of two where activations bend; curves are finer there.
BEND = (-6, 8)
Result = dict[str, Any]


def setting(what: str, seconds: float, jobs: int) -> Result:
    """Where and when, and which inputs of float32."""
    return {
        "nonlin": nonlin.__version__,
        "torch": torch.__version__,
        "processor": processor(),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "float32 inputs": what,
        "seconds": round(seconds),
        "jobs": jobs,
    }


def errors(measured: dict[Key, Measures], dtype: torch.dtype) -> Result:
    """By instruction set, whose and member: the worst and where, as `Measures` has them."""
    tree: Result = {}
    for (instruction_set, whose, member), measures in measured.items():
        entry: Result = {"ulp": _worst(measures.ulp, dtype)}
        for kind in KINDS[1:]:
            if (worst := getattr(measures, kind)).x is not None:
                entry[kind] = _worst(worst, dtype)
        if dtype != torch.float32:
            entry["misrounded"] = measures.misrounded
        tree.setdefault(instruction_set, {}).setdefault(whose, {})[member] = entry
    return tree


def curves(measured: dict[Key, Measures], members: Collection[str]) -> Result:
    """By whose and member, over all instruction sets: the worst error per stretch of inputs.

    From the smallest input to the largest, NaN left out: `all` for every power of two, `bend`
    for the 16th parts of those in the middle. Without a measurement it is None.
    """
    merged: dict[tuple[str, str], Tensor] = {}
    for (_, whose, member), measures in measured.items():
        if member not in members:
            continue
        before = merged.get((whose, member), measures.curve)
        merged[whose, member] = torch.maximum(before, measures.curve)
    tree: Result = {}
    for (whose, member), curve in merged.items():
        positive, negative = curve.view(2, -1)
        by_binade = [half.view(-1, BINADE).amax(1)[:255] for half in (positive, negative)]
        low, high = ((127 + power) * BINADE for power in BEND)
        tree.setdefault(whose, {})[member] = {
            "all": _line(by_binade[1], by_binade[0]),
            "bend": _line(negative[low:high], positive[low:high]),
        }
    return tree


def save(folder: Path, name: str, result: Result) -> None:
    """Write one row, a line for every list."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(_lines(result) + "\n")


def load(folder: Path) -> dict[str, Result]:
    """All rows that were ever measured, by name."""
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


def number(value: float | str | None) -> float:
    """What JSON has no number for is text."""
    return math.nan if value is None else float(value)


def _worst(worst: Worst, dtype: torch.dtype) -> Result:
    x = None
    if worst.x is not None:
        wide = numpy.float64 if dtype == torch.float64 else numpy.float32
        x = shortest(wide(worst.x))
    return {"error": _rounded(worst.error, 4), "x": x}


def _line(negative: Tensor, positive: Tensor) -> list[float | str | None]:
    both = torch.cat((negative.flip(0), positive)).tolist()
    return [None if error < 0 else _rounded(error, 3) for error in both]


def _rounded(error: float, digits: int) -> float | str:
    return float(f"{error:.{digits}g}") if math.isfinite(error) else str(error)


def _lines(value: object, indent: str = "") -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    flat = all(not isinstance(v, (dict, list)) for v in value.values())
    if flat and indent:
        return json.dumps(value, ensure_ascii=False)
    rows = [f"{inner}{json.dumps(k)}: {_lines(v, inner)}" for k, v in value.items()]
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
