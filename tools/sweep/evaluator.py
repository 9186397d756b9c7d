"""A process that computes an activation on one instruction set, ours and PyTorch's.

PyTorch chooses its kernels once in the life of a process, by its environment. Numbers travel
through memory that both processes share, requests and answers through pipes, a line each.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
from pathlib import Path

import nonlin
import torch
from torch import Tensor

from sweep.inputs import BLOCK, PART
from sweep.subject import Subject, subject

# What chooses them for PyTorch and for oneDNN, which computes PyTorch's exact GELU.
ENVIRONMENT = {
    "scalar": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "avx512": {"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "DEFAULT"},
}
_ROW = BLOCK * 4  # bytes
_ROWS = 1 + 2 * 6  # x, and up to six members of both


def available() -> list[str]:
    """The instruction sets of this processor and this build, the least first."""
    found = []
    for name in ENVIRONMENT:
        try:
            nonlin._C.set_instruction_set(name)
        except ValueError:
            break
        found.append(name)
    nonlin._C.set_instruction_set(None)
    return found


def environment(instruction_set: str, *folders: Path) -> dict[str, str]:
    """Of a process on this instruction set, which imports from here and from `folders`."""
    path = [*map(str, folders), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    chosen = ENVIRONMENT[instruction_set]
    return os.environ | chosen | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


class Evaluator:
    """The parent's end."""

    def __init__(self, instruction_set: str) -> None:
        self.instruction_set = instruction_set
        file = os.memfd_create("sweep")
        os.ftruncate(file, _ROWS * _ROW)
        self._memory = mmap.mmap(file, _ROWS * _ROW)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sweep.evaluator", str(file), instruction_set],
            env=environment(instruction_set),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[file],
            text=True,
        )
        os.close(file)

    def start(self, what: Subject, x: Tensor, builtin: bool = True) -> None:
        """Begin to compute all members at x."""
        self._members, self._like = what.members, x
        self._whose = ("ours", "torch") if builtin and what.has_builtin else ("ours",)
        _view(self._memory, 0, x.dtype, x.numel()).copy_(x)
        request = {
            "name": what.row.name,
            "options": what.options,
            "dtype": str(x.dtype).removeprefix("torch."),
            "count": x.numel(),
            "whose": len(self._whose),
        }
        print(json.dumps(request), file=self._process.stdin, flush=True)

    def results(self) -> dict[tuple[str, str], Tensor]:
        """Wait, and return what was computed by whose it is and member, until the next start()."""
        answer = self._process.stdout.readline()
        if answer != "done\n":
            why = answer.strip() or f"it ended with {self._process.wait()}"
            raise RuntimeError(f"the evaluator for {self.instruction_set} failed: {why}")
        rows = [(whose, member) for whose in self._whose for member in self._members]
        shape = self._like.dtype, self._like.numel()
        return {key: _view(self._memory, 1 + i, *shape) for i, key in enumerate(rows)}

    def close(self) -> None:
        """End the process, after what it computes."""
        with self._process:
            self._process.stdin.close()


def _view(memory: mmap.mmap, row: int, dtype: torch.dtype, count: int) -> Tensor:
    if count * dtype.itemsize > _ROW:
        raise ValueError(f"{count} numbers of {dtype} are more than a row holds, {_ROW} bytes")
    return torch.frombuffer(memory, dtype=dtype, count=count, offset=row * _ROW)


def _compute(memory: mmap.mmap, request: dict) -> None:
    what = subject(request["name"], **request["options"])
    shape = getattr(torch, request["dtype"]), request["count"]
    x = _view(memory, 0, *shape)
    for whose, compute in list(enumerate((what.ours, what.builtin)))[: request["whose"]]:
        first = 1 + whose * len(what.members)
        rows = [_view(memory, first + i, *shape) for i in range(len(what.members))]
        for start in range(0, x.numel(), PART):
            part = slice(start, start + PART)
            for row, got in zip(rows, compute(x[part]), strict=True):
                row[part] = got


def _serve(file: int, instruction_set: str) -> None:
    """Compute whatever the parent asks for until it closes the pipe or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    torch.set_num_threads(1)
    memory = mmap.mmap(file, _ROWS * _ROW)
    for line in sys.stdin:
        answer = "done"
        try:
            if nonlin._C.instruction_set() != instruction_set:
                raise RuntimeError(f"nonlin runs {nonlin._C.instruction_set()}")
            _compute(memory, json.loads(line))
        except Exception as error:
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, flush=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
