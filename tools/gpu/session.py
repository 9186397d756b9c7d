"""The stages that the worker serves: one step after the other, whatever a step does to it."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gpu.child import Child, Late
from gpu.journal import DONE, RUNNING, Journal

WORKER = (sys.executable, "-m", "gpu.worker")
BEGIN, LIMIT = 180, 40  # seconds for a child to begin, and for each thing that it announces
ENDS = 2  # so often may an operator end its process in a stage


class Session:
    """A child where one is needed, and the steps that it has told of."""

    def __init__(
        self,
        journal: Journal,
        end: float,
        variables: dict[str, str],
        command: Sequence[str] = WORKER,
        limit: float | None = None,
    ) -> None:
        self._journal, self._end, self._variables = journal, end, variables
        self._command = [*command, "dry" if journal.dry else "cuda"]
        # No kernel can hang in a dry run; a machine that does much else is slow.
        self._limit = limit or (10 * LIMIT if journal.dry else LIMIT)
        self._child: Child | None = None
        self._at = ""
        self.steps: dict[str, list[Sequence[str]]] = {}

    def start(self) -> bool:
        """A child that is ready, or a failure."""
        if self._child is None:
            self._child = Child(self._command, self._variables, self._journal.folder / "worker.log")
            self._at = "the beginning of a process"
            found = self._next(max(BEGIN, self._limit))
            if found is None:
                why = {"what": self._at, "raised": self._ended()}
                if time.monotonic() < self._end:
                    self._journal.fail("start", "", "start", why)
                return False
            self.steps = found["steps"]
            for name, known in self.steps.items():
                self._journal.stages[name].steps = len(known)
        return True

    def run(self, stage: str) -> None:
        """All steps of a stage, until the time is over."""
        entry, ends = self._journal.stages[stage], Counter()
        began, entry.state = time.monotonic(), RUNNING
        steps = self.steps[stage]
        for index, (operator, step) in enumerate(steps):
            if time.monotonic() >= self._end:
                rest = entry.steps - index
                self._journal.leave_out(f"{stage}: {rest} steps from {step} on: the time was over")
                entry.state = "the time was over"
                break
            if ends[operator] >= ENDS:
                if ends[operator] == ENDS:
                    ends[operator] += 1  # it is said once
                    rest = sum(name == operator for name, _ in steps[index:])
                    words = f"{rest} steps from {step} on: {operator} has ended {ENDS} processes"
                    self._journal.leave_out(f"{stage}: {words}")
                continue
            if not self.start():
                entry.state = "no process begins"
                break
            ended = self._perform(stage, index, operator, step)
            ends[operator] += ended
            entry.ended += ended
            entry.done += 1
            entry.seconds = time.monotonic() - began
            self._journal.save()
        else:
            entry.state = DONE
        entry.seconds = time.monotonic() - began

    def close(self) -> None:
        """End the child."""
        if self._child:
            self._child.close()
            self._child = None

    def _perform(self, stage: str, index: int, operator: str, step: str) -> bool:
        """One step; whether the child has to be replaced."""
        entry, self._at = self._journal.stages[stage], "the beginning of a step"
        self._child.ask([stage, index])
        wrong = 0
        while (found := self._next(self._limit)) is not None:
            if "at" in found:
                self._at = found["at"]
            elif "result" in found:
                self._journal.result(stage, operator, step, found["result"])
            elif "speed" in found:
                self._journal.measure(found["speed"])
            elif "left_out" in found:
                self._journal.leave_out(f"{stage}, {step}, {found['left_out']}")
            elif "failure" in found:
                wrong += 1
                self._journal.fail(stage, operator, step, found["failure"])
            elif "lost" in found:
                entry.failed += wrong
                words = f"the rest of the step is left out: {found['lost']}"
                self._journal.leave_out(f"{stage}, {step}, after {self._at}: {words}")
                self.close()
                return True
            else:
                entry.checks += found["checks"]
                entry.failed += found["failed"]
                self._journal.answer(stage, step, found)
                return False
        if time.monotonic() >= self._end:
            entry.failed += wrong
            self._journal.leave_out(f"{stage}, {step}, from {self._at} on: the time was over")
            self.close()
            return False
        entry.failed += wrong + 1
        self._journal.fail(stage, operator, step, {"what": self._at, "raised": self._ended()})
        return True

    def _next(self, seconds: float) -> dict[str, Any] | None:
        """What the child says; None where it says nothing any more."""
        self._late = ""
        try:
            return self._child.answer(min(seconds, self._end - time.monotonic()))
        except Late:
            self._late = f"no answer within {seconds:g} seconds; "
            return None

    def _ended(self) -> str:
        how, self._child = self._child.close(), None
        return self._late + how
