"""A process that measures cases on one instruction set.

PyTorch chooses its kernels once in the life of a process, by its environment. Requests and answers
travel through pipes, a line each.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import nonlin
import torch
from nonlin.testing.clock import Spread, interleave, spread
from sweep.evaluator import environment

from benchmarks.case import Case
from benchmarks.comparison import build

ROOT = Path(__file__).resolve().parents[1]
MIB = 2**20


class Answer(NamedTuple):
    """Times of each contestant, the bytes of each, and why contestants are missing."""

    times: dict[str, Spread]
    bytes: int
    failed: dict[str, str]


class Ended(RuntimeError):
    """A process did not live to answer: for want of memory, most likely."""


class Worker:
    """The parent's end."""

    def __init__(self, instruction_set: str, reuse: bool) -> None:
        self.setting = instruction_set, reuse
        self._start()

    def _start(self) -> None:
        instruction_set, reuse = self.setting
        # The cache of torch.compile does not tell instruction sets apart.
        cache = Path(tempfile.gettempdir()) / f"nonlin-inductor-{os.getuid()}-{instruction_set}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", instruction_set, str(int(reuse))],
            env=environment(instruction_set, ROOT) | {"TORCHINDUCTOR_CACHE_DIR": str(cache)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # an interrupt is for the parent, which decides
            text=True,
        )
        self._fresh = True

    def measure(self, case: Case, seconds: float, with_compiled: bool) -> Answer:
        """Run one case; its contestants together take about so long.

        A process that has run others may have its memory in pieces, and be killed for want of more:
        a new one gets another chance.
        """
        request = {"case": case, "seconds": seconds, "compiled": with_compiled}
        try:
            line = self._ask(request)
        except Ended:
            if self._fresh:
                raise
            self.close()
            self._start()
            line = self._ask(request)
        self._fresh = False
        if not line.startswith("{"):
            raise RuntimeError(f"{case} failed: {line.strip()}")
        answer = json.loads(line)
        times = {name: Spread(*numbers) for name, numbers in answer["times"].items()}
        return Answer(times, answer["bytes"], answer["failed"])

    def _ask(self, request: dict[str, Any]) -> str:
        try:
            print(json.dumps(request), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Ended(f"{request['case']} failed: its process ended with {self._process.wait()}")
        return line

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def keep_freed_memory() -> None:
    """Let malloc give the same memory out again: new pages of the kernel cost more than all else.

    M_MMAP_MAX is -4 in malloc.h, M_TRIM_THRESHOLD -1.
    """
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(-4, 0)
    mallopt(-1, 2**31 - 1)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Measure what the parent asks for."""
    case = Case(*request["case"])
    runs = nonlin._C.instruction_set(), torch.backends.cpu.get_cpu_capability().lower()
    if runs != (case.instruction_set, case.instruction_set.replace("scalar", "default")):
        raise RuntimeError("nonlin runs {}, and PyTorch {}".format(*runs))
    torch.set_num_threads(case.threads)
    torch.manual_seed(0)
    comparison = build(case, request["compiled"])
    samples = interleave(comparison.contestants, request["seconds"])
    times = {name: spread(found) for name, found in samples.items()}
    return {"times": times, "bytes": comparison.bytes, "failed": comparison.failed}


def _serve(reuse: bool) -> None:
    """Answer until the parent closes the pipe or ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what compilers print is no answer
    if reuse:
        keep_freed_memory()
    else:
        # glibc raises the size above which it maps memory to what was freed last, up to 32 MiB:
        # in a program that has run for a while, small tensors come from its heap.
        torch.empty(31 * MIB, dtype=torch.uint8)
    for line in sys.stdin:
        try:
            text = json.dumps(answer(json.loads(line)))
        except Exception as error:
            text = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(text, file=answers, flush=True)


if __name__ == "__main__":
    _serve(sys.argv[2] == "1")
