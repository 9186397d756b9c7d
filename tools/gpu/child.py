"""The parent's end of a child: lines with a time limit, and how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SAID = 600  # characters of what a child said last


class Late(RuntimeError):
    """No line came in time."""


class Child:
    """A process that reads and writes lines of JSON; what else it says goes to a file."""

    def __init__(self, command: Sequence[str], variables: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("a") as errors:
            self._process = subprocess.Popen(
                command,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # an interrupt is for the parent
                text=True,
                errors="replace",
            )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def ask(self, request: Any) -> None:
        """One line; a child that has ended says so by its answer."""
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(request), file=self._process.stdin, flush=True)

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """The next line; None from a child that has ended."""
        try:
            line = self._lines.get(timeout=max(0, seconds))
        except queue.Empty:
            raise Late from None
        try:
            found = json.loads(line) if line else None
        except ValueError:
            found = None  # half a line, as it ended
        return found if isinstance(found, dict) else None

    def close(self) -> str:
        """End it, unless it has ended; in words, how it did, and what it said last."""
        code = end_group(self._process)
        self._reader.join(10)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        said = " ".join(self._log.read_text(errors="replace")[-SAID:].split())
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
        return f"its process ended with {how}; it said: {said}"


def end_group(process: subprocess.Popen, asked: bool = False) -> int:
    """End a process that leads a group, with all that it started; how it ended.

    One that starts groups of its own, as ninja does, has to be asked.
    """
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.2)  # one that is about to end tells more by itself
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        if asked:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(20)
    return -signal.SIGKILL  # a driver may hold it longer
