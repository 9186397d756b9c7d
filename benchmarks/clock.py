"""Times of calls that take turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

TURN = 3e-4  # seconds that a turn lasts, or one call
LONG = 1e-2  # seconds of a call that needs no other to bring its data near


class Contestant(NamedTuple):
    """A call, and what has to be done before each one, which is not timed."""

    call: Callable[[], object]
    prepare: Callable[[], object] | None = None


class Spread(NamedTuple):
    """Seconds per call: the median of all turns, and the quartiles around it."""

    median: float
    low: float
    high: float
    turns: int


def interleave(
    contestants: dict[str, Contestant], seconds: float, least: int = 5, most: int = 41
) -> dict[str, list[float]]:
    """Seconds per call in each turn.

    The contestants take turns, so that whatever slows the machine down meets all of them, and each
    begins as often. A turn of short calls follows one that is not timed. All of it lasts about
    `seconds`, or `least` rounds.
    """
    guess = {}
    for name, contestant in contestants.items():
        for _ in range(3):
            guess[name] = _turn(contestant, 1)
            if guess[name] > 10 * LONG:
                break
    repeats = {name: max(1, round(TURN / max(once, 1e-9))) for name, once in guess.items()}
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    end = time.perf_counter() + seconds
    with undisturbed():
        for done in range(most):
            if done >= least and time.perf_counter() > end:
                break
            first = done % len(names)
            for name in names[first:] + names[:first]:
                if guess[name] < LONG:
                    _turn(contestants[name], 1)
                samples[name].append(_turn(contestants[name], repeats[name]))
    return samples


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without Python's garbage collection."""
    collects = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def spread(samples: list[float]) -> Spread:
    """What is kept of them.

    >>> spread([3.0, 1.0, 2.0, 5.0, 4.0])
    Spread(median=3.0, low=2.0, high=4.0, turns=5)
    """
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Spread(median, low, high, len(samples))


def _turn(contestant: Contestant, repeat: int) -> float:
    call, prepare = contestant
    if prepare is None:
        start = time.perf_counter()
        for _ in range(repeat):
            call()
        return (time.perf_counter() - start) / repeat
    total = 0.0
    for _ in range(repeat):
        prepare()
        start = time.perf_counter()
        call()
        total += time.perf_counter() - start
    return total / repeat
