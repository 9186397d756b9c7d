"""The page: features by release, and by operator where releases differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nonlin.testing.table import markdown

from compat.features import FEATURES
from compat.record import EVERY

DOCS = Path(__file__).parents[2] / "docs"
OPENING = Path(__file__).with_name("opening.md")
Result = dict[str, Any]


def write(docs: Path = DOCS) -> None:
    """From the files of docs/compatibility/, one for each release."""
    (docs / "compatibility.md").write_text(page(load(docs / "compatibility")))


def load(folder: Path) -> dict[str, Result]:
    """Results by release, the oldest first."""
    files = sorted(folder.glob("*.json"), key=lambda file: [int(n) for n in file.stem.split(".")])
    if not files:
        raise FileNotFoundError(f"{folder} has no results: run `make compat`")
    return {file.stem: json.loads(file.read_text()) for file in files}


def page(results: dict[str, Result]) -> str:
    """The whole text."""
    titles = [title for title in FEATURES if any(title in r["features"] for r in results.values())]
    lines = [[title, *(cell(result, title) for result in results.values())] for title in titles]
    runs = [
        [release, result["nonlin"], result["torch"], result["python"], result["date"]]
        + [f"{result['outcomes'].get(outcome, 0):,}" for outcome in ("passed", "failed", "skipped")]
        for release, result in results.items()
    ]
    names = sorted({n for r in results.values() for by in r["features"].values() for n in by})
    operators = [name for name in names if name != EVERY]
    table = [[f"`{n}`", *(where(results, title, n) for title in titles)] for n in operators]
    parts = [
        OPENING.read_text().strip(),
        markdown(["PyTorch", *results], lines),
        "## By operator",
        "Releases in which all tests of it pass; tests of all operators at once are not in it.",
        markdown(["", *titles], table),
        "## What was run",
        markdown(
            ["release", "nonlin", "torch", "Python", "date", "passed", "failed", "skipped"], runs
        ),
        *failures(results),
    ]
    return "\n\n".join(parts) + "\n"


def cell(result: Result, title: str) -> str:
    """How many tests of a feature pass, and of which operators some fail."""
    by = result["features"].get(title, {})
    passed, failed = (sum(c.get(o, 0) for c in by.values()) for o in ("passed", "failed"))
    if not passed + failed:
        return "not run"
    if not failed:
        return f"✓ {passed:,}"
    names = ", ".join(name for name, counts in by.items() if counts.get("failed"))
    return f"{passed:,} of {passed + failed:,}; not {names}"


def where(results: dict[str, Result], title: str, name: str) -> str:
    """The releases in which an operator passes a feature's tests."""
    counts = {r: result["features"].get(title, {}).get(name, {}) for r, result in results.items()}
    ran = [r for r, c in counts.items() if c.get("passed") or c.get("failed")]
    good = [r for r in ran if not counts[r].get("failed")]
    if not ran:
        return ""
    return "✓" if good == list(results) else ", ".join(good) or "none"


def failures(results: dict[str, Result]) -> list[str]:
    """What failed, a line each."""
    lines = [
        f"* {release}: `{test}`: {why}"
        for release, result in results.items()
        for test, why in result["failures"].items()
    ]
    return ["## What fails", "\n".join(lines)] if lines else []
