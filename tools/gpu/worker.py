"""The child: it does one step after the other, and says what it does before it does it.

A request is a line with stage and index of a step. The answers are lines of JSON, the last of which
has `done` or `lost`: after an error that the CUDA context does not survive, the process ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

import torch

from gpu import STAGES
from gpu.card import Card, DryCard
from gpu.check import Check, Step

KEPT = 5  # failures of a step that are said one by one
MODULES = list(STAGES)[:-1]


def main() -> None:
    """Answer until the parent closes the pipe or ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer

    def say(**words: Any) -> None:
        print(json.dumps(words), file=answers, flush=True)

    card = DryCard() if sys.argv[1] == "dry" else Card()
    steps = {name: list(import_module(f"gpu.{name}").steps(card)) for name in MODULES}
    say(steps={name: [step[:2] for step in found] for name, found in steps.items()})
    for line in sys.stdin:
        stage, index = json.loads(line)
        if lost := Doing(card, say).perform(steps[stage][index]):
            say(lost=lost)
            return


class Doing:
    """A step under way."""

    def __init__(self, card: Card, say: Any) -> None:
        self.card, self.say = card, say
        self.checks = self.failed = 0

    def perform(self, step: Step) -> str:
        """Return why the process is of no use any more, or nothing."""
        began = time.monotonic()
        torch.manual_seed(0)
        what = "its beginning"
        try:
            for what, run in step.items(self.card):
                self.say(at=what)
                try:
                    for found in run():
                        self._see(found)
                except torch.OutOfMemoryError as error:
                    self.say(left_out=f"{what}: {error}".splitlines()[0])
                except Exception as error:
                    if lost := self._fail(what, error):
                        return lost
        except Exception as error:  # of what prepares a step
            if lost := self._fail(f"after {what}", error):
                return lost
        seconds = round(time.monotonic() - began, 3)
        self.say(done=seconds, checks=self.checks, failed=self.failed)
        return ""

    def _see(self, found: Any) -> None:
        if not isinstance(found, Check):
            self.say(speed=found._asdict())
            return
        self.checks += 1
        if not found.right:
            self.failed += 1
            if self.failed <= KEPT:
                self.say(failure=found._asdict())
        elif found.bound:
            self.say(result=found._asdict())

    def _fail(self, what: str, error: Exception) -> str:
        """An error instead of a result."""
        self.checks += 1
        self.failed += 1
        words = " ".join(f"{type(error).__name__}: {error}".split())[:1000]
        lost = self.card.alive()
        if lost or self.failed <= KEPT:
            self.say(failure={"what": what, "raised": words})
        return lost


if __name__ == "__main__":
    main()
