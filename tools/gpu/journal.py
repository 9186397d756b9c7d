"""What was found: a line of JSON for each result as soon as it is there, and a page."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpu import STAGES
from gpu.page import page, share, told

LINES = "results.jsonl"
# What else a run writes; nothing stays of another one.
OTHERS = ("build.log", "worker.log", "tests.log", "speed.csv", "speed.md")
WAITING, RUNNING, DONE = "waiting", "running", "done"


@dataclass
class Stage:
    """How far one has come.

    Attributes:
        steps, done: how many there are, and how many were done or ended their process
        checks, failed: results, and those that are wrong, errors among them
        ended: processes that did not live to answer
    """

    title: str
    state: str = WAITING
    steps: int = 0
    done: int = 0
    checks: int = 0
    failed: int = 0
    ended: int = 0
    seconds: float = 0.0


@dataclass
class Journal:
    """Of a run; each method writes lines and page before it returns."""

    folder: Path
    minutes: float
    dry: bool
    began: float = field(default_factory=time.monotonic)
    state: str = ""
    over: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    worst: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    speeds: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    log: str = ""  # the end of a build that failed

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in OTHERS:
            (self.folder / name).unlink(missing_ok=True)
        self.stages = {name: Stage(title) for name, title in STAGES.items()}
        (self.folder / LINES).write_text("")

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    @property
    def failed(self) -> bool:
        """Something is wrong."""
        return bool(self.failures)

    def note(self, **facts: str) -> None:
        """What is known of the machine and of the build."""
        self.facts |= facts
        self._write("facts", facts)

    def goes_on(self, state: str) -> None:
        """What is being done."""
        self.state = state
        print(f"[{self.seconds:5.0f} s] {state}", flush=True)
        self._write("state", {"state": state})

    def fail(self, stage: str, operator: str, step: str, found: dict[str, Any]) -> None:
        """Something is wrong."""
        entry = {"stage": stage, "operator": operator, "step": step, **found}
        self.failures.append(entry)
        if "error" in found:
            self._see(entry)
        print(f"[{self.seconds:5.0f} s] FAILED {stage}, {step}: {told(found)}", flush=True)
        self._write("failure", entry)

    def result(self, stage: str, operator: str, step: str, found: dict[str, Any]) -> None:
        """One that is right, though not exactly; of exact ones there is a count."""
        entry = {"stage": stage, "operator": operator, "step": step, **found}
        self._see(entry)
        self._line("result", entry)

    def answer(self, stage: str, step: str, counts: dict[str, Any]) -> None:
        """Of a step that was done; who counts it saves the page."""
        self._line("step", {"stage": stage, "step": step, **counts})

    def measure(self, found: dict[str, Any]) -> None:
        """A case of the benchmark."""
        self.speeds.append(found)
        self._write("speed", found)

    def leave_out(self, words: str) -> None:
        """What was not done, and why."""
        self.left_out.append(words)
        self._write("left out", {"words": words})

    def _see(self, entry: dict[str, Any]) -> None:
        key = entry["stage"], entry["operator"]
        if share(entry) > (share(self.worst[key]) if key in self.worst else 0):
            self.worst[key] = entry

    def end(self, state: str) -> None:
        """Nothing follows."""
        self.over = True
        self.goes_on(state)

    def save(self) -> None:
        """The page, which is whole at each moment."""
        new = self.folder / "page.new"
        new.write_text(page(self))
        new.replace(self.folder / "page.md")

    def _write(self, kind: str, entry: dict[str, Any]) -> None:
        self._line(kind, entry)
        self.save()

    def _line(self, kind: str, entry: dict[str, Any]) -> None:
        line = {"kind": kind, "seconds": round(self.seconds, 2), **entry}
        with (self.folder / LINES).open("a") as file:
            print(json.dumps(_finite(line), ensure_ascii=False), file=file)


def _finite(entry: Any) -> Any:
    """JSON has no infinity and no NaN: they become words."""
    if isinstance(entry, dict):
        return {name: _finite(value) for name, value in entry.items()}
    return str(entry) if isinstance(entry, float) and not math.isfinite(entry) else entry
