"""One case after the other, until all are measured or the time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from nonlin.testing import catalogue
from nonlin.testing.progress import progress

from benchmarks.case import CALLS
from benchmarks.comparison import tiny
from benchmarks.gpu.case import Case
from benchmarks.gpu.clock import GpuClock, Timed
from benchmarks.gpu.comparison import Compiler, build
from benchmarks.gpu.dry import DryClock
from benchmarks.gpu.environment import setting
from benchmarks.store import Result

GIB = 2**30


@dataclass
class Session:
    """What a run has at its disposal, and what it could not measure.

    Attributes:
        minutes: after which no case begins
        memory: in GiB, that a case may take
        left_out: a line for each
        failed: how many cases ended with an error
    """

    clock: GpuClock | DryClock
    compiler: Compiler | None
    minutes: float = float("inf")
    memory: float = float("inf")
    left_out: list[str] = field(default_factory=list)
    failed: int = 0

    def measure(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Result]]:
        """In this order, with a progress bar."""
        end, where = time.monotonic() + 60 * self.minutes, None
        with progress(len(cases)) as step:
            for index, case in enumerate(cases):
                if time.monotonic() >= end:
                    count = f"{len(cases) - index} cases, the first of them {case}"
                    self.left_out.append(f"{count}: the time was over")
                    break
                step(str(case))
                taken = case.bytes(self.clock.l2) / GIB
                if taken > self.memory:
                    words = f"takes about {taken:.1f} GiB, and {self.memory:.1f} are allowed"
                    self.left_out.append(f"{case}: {words}")
                    continue
                found = self._attempt(case)
                self.clock.free()
                if found:
                    # Now the device has worked, and its clocks say so.
                    where = where or setting(self.clock.device)
                    yield case, Result(*found, where)

    def _attempt(self, case: Case) -> tuple[dict[str, Timed], int] | None:
        """Times and bytes; what fails is left out."""
        try:
            return self._measure(case)
        except torch.OutOfMemoryError:
            self.left_out.append(f"{case}: out of memory")
        except RuntimeError as error:
            self.left_out.append(f"{case}: {error}".splitlines()[0])
            self.failed += 1
        return None

    def _measure(self, case: Case) -> tuple[dict[str, Timed], int]:
        torch.manual_seed(0)
        if case.task in CALLS:
            row, device = catalogue[case.operator], self.clock.device
            return self.clock.measure_host(case, tiny(case.task, case.variant, row, device)), 0
        comparison = build(case, self.clock.device, self.clock.l2, self.compiler)
        self.left_out += [f"{case}, {name}: {why}" for name, why in comparison.failed.items()]
        return self.clock.measure(case, comparison), comparison.bytes
