"""The benchmark of the GPU, case by case: what has goals comes first."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import torch

from benchmarks.case import TASKS, operators
from benchmarks.gpu import cells, goals, summary
from benchmarks.gpu.case import CACHES, HALVES, HOST, SIZES, TYPES, Case, Selection, plan
from benchmarks.gpu.clock import GpuClock, Timed
from benchmarks.gpu.dry import DryClock
from benchmarks.gpu.environment import Setting
from benchmarks.gpu.session import Session
from benchmarks.gpu.shapes import KINDS, USUAL
from benchmarks.store import Result, Store
from gpu.card import Card
from gpu.check import Item, Step

SECONDS = 0.3  # that the turns of a case take
STORE = Store(Case, Timed, Setting)
EVERYTHING = Selection(operators(), (*TASKS, HOST), TYPES, CACHES, SIZES, KINDS)
DRY = Selection(operators(), (*TASKS, HOST), HALVES, CACHES, (10,), (USUAL,), dry=True)
FOLDER = "NONLIN_GPU_RESULTS"  # the variable that names where the benchmark's own files go


class Speed(NamedTuple):
    """A case that was measured: times in a line, and its goals in words."""

    case: str
    times: str
    goals: str
    reached: bool


def steps(card: Card) -> Iterator[Step]:
    """Each case."""
    l2 = DryClock.l2 if card.dry else torch.cuda.get_device_properties().L2_cache_size
    for case in plan(DRY if card.dry else EVERYTHING, l2):
        yield Step(case.operator, str(case), partial(measured, case))


def measured(case: Case, card: Card) -> Iterator[Item]:
    """One case."""
    yield str(case), partial(_measure, case, card)


def _measure(case: Case, card: Card) -> Iterator[Speed]:
    session = Session(_clock(card), None, memory=0.9 * card.free())
    with redirect_stderr(io.StringIO()):  # the bar of a session with one case
        found = list(session.measure([case]))
    for _, result in found:
        _keep(case, result)
        verdicts = list(goals.verdicts({case: result}))
        words = "; ".join(f"{v.what} {v.found:.2f} of {v.goal:g}" for v in verdicts)
        yield Speed(str(case), cells.line(result), words, all(v.reached for v in verdicts))
    if session.failed:
        raise RuntimeError("; ".join(session.left_out))
    if session.left_out:
        raise torch.OutOfMemoryError("; ".join(session.left_out))


@cache
def _clock(card: Card) -> GpuClock | DryClock:
    return DryClock() if card.dry else GpuClock(SECONDS)


def _keep(case: Case, result: Result) -> None:
    """In the benchmark's own files, which `benchmarks/gpu/run.py --page` reads."""
    path = Path(os.environ[FOLDER]) / "speed.csv"
    found = _found(path)
    found[case] = result
    ordered = dict(sorted(found.items(), key=lambda item: item[0].order()))
    STORE.save(path, ordered)
    path.with_suffix(".md").write_text(summary.page(ordered, [], []))


@cache
def _found(path: Path) -> dict[Case, Result]:
    """Of this run: another process may have measured some of it."""
    return STORE.load(path)
