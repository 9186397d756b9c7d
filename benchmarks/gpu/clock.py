"""Times on a GPU: CUDA graphs that take turns, and what the host takes for small calls."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import torch
from nonlin.testing.clock import Contestant, spread, take_turns

from benchmarks.comparison import Call
from benchmarks.gpu import rotation
from benchmarks.gpu.case import Case
from benchmarks.gpu.comparison import Comparison

GRAPH, EVENTS, HOST_TIME = "graph", "events", "host"
LEAST, MOST = 5, 15  # turns of each contestant
CALLS = 100  # of the host in a turn: far fewer than a stream queues
UNKNOWN = float("nan")


class Timed(NamedTuple):
    """Seconds per call: the median of all turns, and the quartiles around it.

    Attributes:
        how: whether the calls were replayed from a `GRAPH`; if it could not be captured, `EVENTS`
            stood around calls of the host; `HOST_TIME` is the host's alone
        peak: bytes that a call asks for, its results included
    """

    median: float
    low: float
    high: float
    turns: int
    how: str
    peak: float


class GpuClock:
    """On the current device, in a stream of its own: graphs are not captured from the default."""

    device = "cuda"

    def __init__(self, seconds: float) -> None:
        self.l2 = torch.cuda.get_device_properties().L2_cache_size
        self._seconds = seconds
        torch.cuda.set_stream(torch.cuda.Stream())

    def measure(self, case: Case, comparison: Comparison) -> dict[str, Timed]:
        """Replay graphs of all contestants in turn, all of it for about so many seconds.

        Their results lie in one pool: nobody reads them, and graphs do not overlap.
        """
        pool = torch.cuda.graph_pool_handle()
        peaks = {name: _peak(calls[0]) for name, calls in comparison.calls.items()}
        how, turns = {}, {}
        for name, calls in comparison.calls.items():
            rounds = rotation.rounds(comparison.bytes, len(calls))
            how[name], run = _recorded(partial(go_around, calls, rounds), pool)
            turns[name] = partial(_turn, run, rounds * len(calls))
        samples = take_turns(turns, self._seconds, LEAST, MOST)
        return {n: Timed(*spread(found), how[n], peaks[n]) for n, found in samples.items()}

    def measure_host(self, case: Case, contestants: dict[str, Contestant]) -> dict[str, Timed]:
        """Calls that the device answers faster than the host makes them."""
        turns = {name: partial(_host_turn, call) for name, (call, _) in contestants.items()}
        samples = take_turns(turns, self._seconds, LEAST, MOST)
        return {n: Timed(*spread(found), HOST_TIME, UNKNOWN) for n, found in samples.items()}

    def free(self) -> None:
        """Give back the pools of graphs that are gone."""
        torch.cuda.synchronize()
        torch.cuda.empty_cache()


def go_around(calls: Sequence[Call], rounds: int) -> None:
    """Make each call, one after the other, so many times.

    Results of a round are kept until the next one: results in memory that was just freed would find
    it in the cache.
    """
    kept: list[object] = [None] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            kept[place] = None
            kept[place] = call()


def _recorded(run: Call, pool: tuple[int, int]) -> tuple[str, Call]:
    """As a graph if it can be captured."""
    graph, stream = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
    try:
        with torch.cuda.graph(graph, pool=pool, stream=stream):
            run()
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:
        torch.cuda.synchronize()
        return EVENTS, run
    return GRAPH, graph.replay


def _turn(run: Call, count: int) -> float:
    """Seconds per call on the device, which is busy with the same until the first one."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    run()
    start.record()
    run()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1e3 / count


def _host_turn(call: Call) -> float:
    call()
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - start) / CALLS


def _peak(call: Call) -> float:
    """Bytes, after calls that load kernels and whatever else is done once."""
    for _ in range(2):
        call()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = call()
    torch.cuda.synchronize()
    del result
    return float(torch.cuda.max_memory_allocated() - before)
