"""A process that computes an activation on one instruction set, ours and PyTorch's.

PyTorch chooses its kernels once in the life of a process, by its environment, and so does Inductor.
Numbers travel through memory that both processes share, requests and answers through pipes, a line
each.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import nonlin
import torch
from torch import Tensor

from sweep.compiled import compiled
from sweep.inputs import BLOCK, PART
from sweep.subject import Subject, subject


def _environment(aten: str, onednn: str, mkl: str) -> dict[str, str]:
    """What chooses the kernels of PyTorch, of oneDNN, which computes its exact GELU, and of MKL,
    which computes its tanh.
    """
    return {
        "ATEN_CPU_CAPABILITY": aten,
        "ONEDNN_MAX_CPU_ISA": onednn,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
    }


ENVIRONMENT = {
    "scalar": _environment("default", "SSE41", "SSE4_2"),
    "avx2": _environment("avx2", "AVX2", "AVX2"),
    "avx512": _environment("avx512", "DEFAULT", "AVX512"),
}
Side = Callable[[Tensor], tuple[Tensor, ...]]
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


def compiling(instruction_set: str) -> dict[str, str]:
    """Variables of a process that compiles: what is kept on disk tells neither instruction sets
    apart nor builds of one version of nonlin.
    """
    cache = Path(tempfile.gettempdir()) / f"nonlin-inductor-{os.getuid()}-{instruction_set}"
    off = {"TORCHINDUCTOR_FX_GRAPH_CACHE": "0", "TORCHINDUCTOR_AUTOGRAD_CACHE": "0"}
    return {"TORCHINDUCTOR_CACHE_DIR": str(cache), **off}


class Evaluator:
    """The parent's end; with `by_compiler`, of what torch.compile makes of both."""

    def __init__(self, instruction_set: str, by_compiler: bool = False) -> None:
        self.instruction_set = instruction_set
        file = os.memfd_create("sweep")
        os.ftruncate(file, _ROWS * _ROW)
        self._memory = mmap.mmap(file, _ROWS * _ROW)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sweep.evaluator", str(file), instruction_set]
            + ["compiled"] * by_compiler,
            env=environment(instruction_set) | (compiling(instruction_set) if by_compiler else {}),
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


_subject = cache(subject)


def _eager(what: Subject) -> list[Side]:
    return [what.ours, what.builtin]


def _compute(memory: mmap.mmap, request: dict, sides: Callable[[Subject], list[Side]]) -> None:
    what = _subject(request["name"], **request["options"])
    shape = getattr(torch, request["dtype"]), request["count"]
    x = _view(memory, 0, *shape)
    for whose, compute in list(enumerate(sides(what)))[: request["whose"]]:
        first = 1 + whose * len(what.members)
        rows = [_view(memory, first + i, *shape) for i in range(len(what.members))]
        for start in range(0, x.numel(), PART):
            part = slice(start, start + PART)
            for row, got in zip(rows, compute(x[part]), strict=True):
                row[part] = got


def _serve(file: int, instruction_set: str, by_compiler: bool) -> None:
    """Compute whatever the parent asks for until it closes the pipe or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    torch.set_num_threads(1)
    memory = mmap.mmap(file, _ROWS * _ROW)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what compilers print is no answer
    sides = lru_cache(1)(compiled) if by_compiler else _eager
    for line in sys.stdin:
        answer = "done"
        try:
            if nonlin._C.instruction_set() != instruction_set:
                raise RuntimeError(f"nonlin runs {nonlin._C.instruction_set()}")
            _compute(memory, json.loads(line), sides)
        except Exception as error:
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2], sys.argv[3:] == ["compiled"])
