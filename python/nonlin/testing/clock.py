"""Times of calls that take turns, so that whatever slows the machine down meets all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import torch

Call = Callable[[], object]
TURN = 3e-4  # seconds that a turn lasts, or one call
LONG = 1e-2  # seconds of a call that needs no other to bring its data near


class Contestant(NamedTuple):
    """A call, and what has to be done before each one, which is not timed."""

    call: Call
    prepare: Call | None = None


class Spread(NamedTuple):
    """Seconds per call: the median of all turns, and the quartiles around it."""

    median: float
    low: float
    high: float
    turns: int


def take_turns(
    turns: Mapping[str, Callable[[], float]], seconds: float, least: int = 5, most: int = 41
) -> dict[str, list[float]]:
    """What each turn of each returns; each begins a round as often.

    All of it lasts about `seconds`, or `least` rounds.
    """
    samples: dict[str, list[float]] = {name: [] for name in turns}
    names, end = list(turns), time.perf_counter() + seconds
    with undisturbed():
        for done in range(most):
            if done >= least and time.perf_counter() > end:
                break
            first = done % len(names)
            for name in names[first:] + names[:first]:
                samples[name].append(turns[name]())
    return samples


def interleave(
    contestants: dict[str, Contestant],
    seconds: float,
    least: int = 5,
    most: int = 41,
    wait: Call = lambda: None,
) -> dict[str, list[float]]:
    """Seconds per call in each turn, of calls of the host.

    A turn of short calls follows one that is not timed; `wait` waits for work that calls leave to a
    device.
    """
    turns = {}
    for name, contestant in contestants.items():
        once = 0.0
        for _ in range(3):
            once = _timed(contestant, 1, wait)
            if once > 10 * LONG:
                break
        repeat = max(1, round(TURN / max(once, 1e-9)))
        turns[name] = partial(_turn, contestant, repeat, once < LONG, wait)
    return take_turns(turns, seconds, least, most)


def medians(calls: Sequence[Call], device: torch.device, rounds: int = 15) -> list[float]:
    """Median seconds per call of each of `calls`; work on CUDA devices is awaited.

    >>> fast, slow = medians([lambda: None, lambda: time.sleep(1e-3)], torch.device("cpu"))
    >>> fast < slow
    True
    """
    contestants = {str(place): Contestant(call) for place, call in enumerate(calls)}
    wait = partial(torch.cuda.synchronize, device) if device.type == "cuda" else lambda: None
    samples = interleave(contestants, 0, rounds, rounds, wait)
    return [statistics.median(sample) for sample in samples.values()]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without Python's garbage collection, as timeit does it."""
    collects = gc.isenabled()
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


def _turn(contestant: Contestant, repeat: int, after_another: bool, wait: Call) -> float:
    if after_another:
        _timed(contestant, 1, wait)
    return _timed(contestant, repeat, wait)


def _timed(contestant: Contestant, repeat: int, wait: Call) -> float:
    call, prepare = contestant
    wait()
    if prepare is None:
        start = time.perf_counter()
        for _ in range(repeat):
            call()
        wait()
        return (time.perf_counter() - start) / repeat
    total = 0.0
    for _ in range(repeat):
        prepare()
        wait()
        start = time.perf_counter()
        call()
        wait()
        total += time.perf_counter() - start
    return total / repeat
