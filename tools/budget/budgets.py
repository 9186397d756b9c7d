"""Budgets: reading, writing, comparing."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import NamedTuple

from budget.kernels import Kernel

FOLDER = Path(__file__).parent
SLACK = 0.03
BETTER = 0.10  # what is this far below its budget deserves a lower one
COLUMNS = ["kernel", "issue", "alu", "xu", "load", "store", "registers", "local", "code"]
_SLOTS = {
    "issue": "issue slots per byte",
    "alu": "ALU slots per byte",
    "xu": "slots of the special-function unit per byte",
    "code": "instructions in all",
}

Budget = dict[str, float]


class Finding(NamedTuple):
    kind: str  # OVER, NARROWER, SPILL, NEW, GONE; or BETTER, which is no failure
    kernel: str
    figures: str

    def __str__(self) -> str:
        return f"{self.kind:8} {self.kernel}{': ' if self.figures else ''}{self.figures}"


def path(architecture: str) -> Path:
    return FOLDER / f"{architecture}.csv"


def compiler(file: Path) -> str:
    """The release of CUDA that the budgets are for: another one counts a little differently."""
    with file.open() as lines:
        return next(lines).split()[-1]


def load(file: Path) -> dict[str, Budget]:
    if not file.is_file():
        return {}
    with file.open(newline="") as lines:
        next(lines)
        return {
            row["kernel"]: {name: float(row[name]) for name in COLUMNS[1:]}
            for row in csv.DictReader(lines)
        }


def save(file: Path, budgets: dict[str, Budget], release: str) -> None:
    with file.open("w", newline="") as out:
        out.write(f"# CUDA {release}\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in sorted(budgets):
            writer.writerow([name, *(_text(budgets[name][column]) for column in COLUMNS[1:])])


def _text(value: float) -> str:
    return f"{value:.4g}" if value < 1000 else f"{value:.0f}"


def of(kernel: Kernel) -> Budget:
    """What a kernel needs."""
    return {unit: kernel.per_byte(unit) for unit in ("issue", "alu", "xu")} | {
        "load": kernel.load,
        "store": kernel.store,
        "registers": kernel.registers,
        "local": kernel.local,
        "code": kernel.code,
    }


def compare(found: dict[str, Kernel], allowed: dict[str, Budget]) -> list[Finding]:
    """What differs by more than the slack."""
    findings = [Finding("GONE", name, "") for name in sorted(allowed.keys() - found.keys())]
    for name, kernel in sorted(found.items()):
        if name in allowed:
            findings += _exceeding(name, of(kernel), allowed[name])
        elif kernel.gated:
            findings.append(Finding("NEW", name, ""))
    return findings


def _exceeding(name: str, now: Budget, most: Budget) -> list[Finding]:
    findings = []

    def differs(kind: str, column: str, what: str) -> None:
        figures = f"{_text(now[column])} {what}, allowed {_text(most[column])}"
        findings.append(Finding(kind, name, figures))

    for column, title in _SLOTS.items():
        if now[column] > most[column] * (1 + SLACK) + 1e-3:
            differs("OVER", column, title)
        elif now[column] < most[column] * (1 - BETTER) - 1e-3:
            differs("BETTER", column, title)
    # Registers are handed out by eight.
    if math.ceil(now["registers"] / 8) > math.ceil(most["registers"] / 8):
        differs("OVER", "registers", "registers")
    for access in ("load", "store"):
        if now[access] < most[access] * (1 - SLACK):
            differs("NARROWER", access, f"bytes per {access}")
    if now["local"] > most["local"]:
        differs("SPILL", "local", "bytes of local memory")
    return findings
