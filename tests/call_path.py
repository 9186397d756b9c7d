"""Which way a function took to its operator: directly, or by torch.ops."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import nonlin
import pytest
import torch
from nonlin.testing import catalogue
from rows import ALL
from torch.utils._python_dispatch import BaseTorchDispatchMode

ROWS = tuple(catalogue.values())
# Every function, for what is its own text; and those of each family, for what all have alike.
each = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
representative = pytest.mark.parametrize(
    "row", {r.row.name: r.row for r in ALL}.values(), ids=lambda row: row.name
)
x0 = torch.linspace(-2, 2, 6)
# A mode that does nothing: what a function does in it is what it has to do without.
other_way = BaseTorchDispatchMode


class Watched(torch.Tensor):
    """A subclass that notes the functions that it is given to."""

    seen: ClassVar[list[object]] = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.seen.append(func)
        return super().__torch_function__(func, types, args, kwargs or {})


def arguments(row, x=None):
    x = x0 if x is None else x
    return x, *(w.detach() for w in row.tensors(x.dtype, x.device))


def operator(row, suffix=""):
    return getattr(torch.ops.nonlin, row.called + suffix)


def public(row):
    """The function as others know it: the rows of gelu set its argument."""
    return getattr(row.function, "func", row.function)


def ways(row, run, suffix="") -> list[str]:
    """How the operator was called in run()."""
    wanted, direct = operator(row, suffix), getattr(nonlin._C.direct, public(row).__name__)
    packet = torch._ops.OpOverloadPacket.__call__.__code__
    seen = []

    def note(frame, event, called):
        if event == "c_call" and called is direct:
            seen.append("direct")
        if event == "call" and frame.f_code is packet and frame.f_locals["self"] is wanted:
            seen.append("torch.ops")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return seen


@contextmanager
def counting_thread() -> Iterator[Callable[[], int]]:
    """How far a thread has counted that runs whenever this one lets the interpreter go.

    It is not taken from this one by force, as it would be after some milliseconds otherwise.
    """
    counted, ended, before = [0], threading.Event(), sys.getswitchinterval()

    def count() -> None:
        while not ended.is_set():
            counted[0] += 1
            time.sleep(0)  # lets it go

    thread = threading.Thread(target=count)
    sys.setswitchinterval(1000)
    thread.start()
    try:
        yield lambda: counted[0]
    finally:
        sys.setswitchinterval(before)
        ended.set()
        thread.join()


def advances(count: Callable[[], int], run: Callable[[], object]) -> bool:
    """Whether the thread counts during a single call; on a busy machine it may miss some."""
    for _ in range(100):
        before = count()
        kept = run()
        if count() > before:
            return True
        del kept
    return False
