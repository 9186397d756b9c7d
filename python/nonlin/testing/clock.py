"""Time per call."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import torch

Call = Callable[[], object]


def medians(
    calls: Sequence[Call], device: torch.device, rounds: int = 15, seconds: float = 1e-3
) -> list[float]:
    """Median seconds per call of each of `calls`.

    They take turns, so that whatever slows the machine down meets all of them; each turn lasts
    `seconds` or one call, and follows a call that is not timed. Work on CUDA devices is awaited.

    >>> fast, slow = medians([lambda: None, lambda: time.sleep(1e-3)], torch.device("cpu"))
    >>> fast < slow
    True
    """
    repeats = []
    for call in calls:
        _turn(call, 3, device)
        repeats.append(max(1, round(seconds / _turn(call, 1, device))))
    samples: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, repeat, sample in zip(calls, repeats, samples, strict=True):
            call()
            sample.append(_turn(call, repeat, device))
    return [statistics.median(sample) for sample in samples]


def _turn(call: Call, repeat: int, device: torch.device) -> float:
    _wait(device)
    start = time.perf_counter()
    for _ in range(repeat):
        call()
    _wait(device)
    return (time.perf_counter() - start) / repeat


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
