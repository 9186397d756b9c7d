"""A journal as a page, which says at each moment how far the run has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nonlin.testing.table import markdown

if TYPE_CHECKING:
    from gpu.journal import Journal

EACH, MOST = 6, 200  # failures that the page shows: of an operator in a stage, and of all
DRY = "Dry run: no kernel ran on a GPU. The CPU stood for it, each step was done once and small."


def page(journal: Journal) -> str:
    """All of it."""
    parts = [f"# {DRY if journal.dry else journal.facts.get('device', 'No device yet')}"]
    over = f"{journal.seconds:.0f} of {60 * journal.minutes:.0f} seconds"
    state = journal.state if journal.over else f"Not finished. {journal.state}"
    parts.append(f"**{state}**, after {over}. Every result is in `results.jsonl`.")
    facts = [[name, value] for name, value in journal.facts.items() if value]
    parts += _table(["", "found"], facts)
    if journal.log:
        parts += ["## The build said", f"```\n{journal.log}\n```"]
    parts += ["## Stages", *_table(HEAD, _stages(journal))]
    if journal.failures:
        parts += [f"## Failed: {len(journal.failures)}", "\n".join(_failures(journal))]
    worst = [_worst(*key, found) for key, found in journal.worst.items()]
    if worst:
        head = ["stage", "operator", "step", "result", "error", "allowed", "", "at", "got", "want"]
        parts += ["## Worst errors", *_table(head, worst)]
    if journal.speeds:
        parts += ["## Speed", _reached(journal), *_table(SPEEDS, map(_speed, journal.speeds))]
    if journal.left_out:
        parts += ["## Left out", "\n".join(f"* {words}" for words in journal.left_out)]
    return "\n\n".join(parts) + "\n"


HEAD = ["stage", "", "state", "steps", "results", "wrong", "processes ended", "seconds"]
SPEEDS = ["case", "times", "goals", "reached"]


def _stages(journal: Journal) -> Iterator[list[str]]:
    for name, stage in journal.stages.items():
        verdict = f"**{stage.failed}**" if stage.failed else "0"
        yield [
            *(name, stage.title, stage.state, f"{stage.done} of {stage.steps}"),
            *(f"{stage.checks:,}", verdict, str(stage.ended), f"{stage.seconds:.0f}"),
        ]


def _failures(journal: Journal) -> Iterator[str]:
    seen: Counter[tuple[str, str]] = Counter()
    shown = 0
    for found in journal.failures:
        key = found["stage"], found["operator"]
        seen[key] += 1
        if seen[key] <= EACH and shown < MOST:
            shown += 1
            yield f"* {found['stage']}, {found['step']}: {told(found)}"
    if rest := len(journal.failures) - shown:
        yield f"* and {rest} more, of the same operators in the same stages"


def _worst(stage: str, operator: str, found: dict[str, Any]) -> list[str]:
    numbers = f"{found['error']:.4g}", f"{found['bound']:g}"
    return [
        *(stage, operator, found["step"], found["what"], *numbers),
        *(found[name] for name in ("unit", "inputs", "got", "want")),
    ]


def _speed(found: dict[str, Any]) -> list[str]:
    reached = ("yes" if found["reached"] else "**no**") if found["goals"] else ""
    return [found["case"], found["times"], found["goals"], reached]


def _reached(journal: Journal) -> str:
    asked = [found for found in journal.speeds if found["goals"]]
    reached = sum(found["reached"] for found in asked)
    return f"{reached} of {len(asked)} cases reach their goals; `speed.md` has tables."


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    return [markdown(head, ([cell.replace("|", "\\|") for cell in row] for row in lines))]


def share(found: dict[str, Any]) -> float:
    """Of what is allowed."""
    return found["error"] / found["bound"] if found["bound"] else float(found["error"] > 0)


def told(found: dict[str, Any]) -> str:
    """A check in a line."""
    if "raised" in found:
        return f"{found['what']}: {found['raised']}"
    words = f"{found['what']}, {found['shape']}: {found['error']:.4g} {found['unit']}"
    at = f" at {found['inputs']}" if found["inputs"] else ""
    return f"{words}, allowed {found['bound']:g}{at}: got {found['got']}, want {found['want']}"
