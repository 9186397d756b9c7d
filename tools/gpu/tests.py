"""The tests marked `cuda`, where pytest is installed and time is left."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from gpu.child import end_group
from gpu.facts import ROOT
from gpu.journal import DONE, RUNNING, Journal

VERDICT = re.compile(r"^(tests/\S+::.+?) (PASSED|FAILED|ERROR|SKIPPED)\b")
# Those whose kernels the other stages have not seen come first; compilers come last.
FILES = (
    "family/test_cuda.py",
    "family/test_cuda_families.py",
    "formula/test_cuda_values.py",
    "family/test_cuda_streams.py",
    "platform/test_cuda_modules.py",
    "family/test_cuda_sanitizer.py",
)


def tests(journal: Journal, end: float, variables: dict[str, str], build: Path) -> None:
    """A line for each that fails; without a card they are collected."""
    entry = journal.stages["tests"]
    if find_spec("pytest") is None:
        journal.leave_out("tests: pytest is not installed")
        entry.state = "left out"
        return
    began, entry.state = time.monotonic(), RUNNING
    command = [sys.executable, "-m", "pytest", "-v", "--tb=short", "-m", "cuda"]
    command += ["--collect-only", "-q"] if journal.dry else ["--require-cuda"]
    command += [f"tests/{name}" for name in FILES]
    log = journal.folder / "tests.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables | {"NONLIN_BUILD_DIR": str(build)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            seen = 0
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.5)
                seen = _read(log, seen, journal)
            over = process.poll() is None
        finally:
            code = end_group(process)
    _read(log, seen, journal)
    entry.seconds = time.monotonic() - began
    entry.state = "the time was over" if over else DONE
    if over:
        journal.leave_out("tests: the time was over; tests.log has what was run")
    elif code not in (0, 1):
        what = {"what": "pytest", "raised": f"it ended with {code}, see tests.log"}
        journal.fail("tests", "", "tests", what)


def _read(log: Path, seen: int, journal: Journal) -> int:
    """Whole lines that are new."""
    text = log.read_text(errors="replace")
    end = text.rfind("\n") + 1
    entry = journal.stages["tests"]
    for line in text[seen:end].splitlines():
        if found := VERDICT.match(line):
            name, verdict = found.groups()
            entry.steps = entry.done = entry.checks = entry.checks + 1
            if verdict in ("FAILED", "ERROR"):
                entry.failed += 1
                journal.fail("tests", "", name, {"what": verdict, "raised": "see tests.log"})
    if end > seen:
        journal.save()
    return end
