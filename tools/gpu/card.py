"""The card, and what stands for it where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

Run = Callable[[], Sequence[Tensor]]


class Card:
    """The current CUDA device."""

    device, dry = "cuda", False

    def size(self, usual: int, dry: int) -> int:
        """So many, or less where every step is only to be tried."""
        return usual

    def to(self, *ts: Tensor) -> tuple[Tensor, ...]:
        """On the card."""
        return tuple(t.to(self.device) for t in ts)

    def free(self) -> float:
        """GiB."""
        torch.cuda.empty_cache()
        return torch.cuda.mem_get_info()[0] / 2**30

    def alive(self) -> str:
        """Why nothing can be done in this process any more; empty if it can."""
        try:
            torch.cuda.synchronize()
            torch.ones(1, device=self.device).add(1).item()
        except Exception as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return ""

    def synchronize(self) -> None:
        """Wait for all that was queued."""
        torch.cuda.synchronize()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """A stream that has waited for the current one, which waits for it."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            yield
        torch.cuda.current_stream().wait_stream(side)

    def busy(self) -> None:
        """Keep the current stream waiting for some tens of milliseconds."""
        torch.cuda._sleep(50_000_000)

    def waits(self, run: Callable[[], object]) -> bool:
        """Whether what runs in the current stream waits for another one."""
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            self.busy()
            waiting = side.record_event()
        run()
        torch.cuda.current_stream().synchronize()
        over = waiting.query()
        side.synchronize()
        return over

    @contextmanager
    def unsynchronized(self) -> Iterator[None]:
        """Whatever waits for the card raises."""
        torch.cuda.set_sync_debug_mode("error")
        try:
            yield
        finally:
            torch.cuda.set_sync_debug_mode("default")

    def captured(self, run: Run) -> tuple[Callable[[], object], Sequence[Tensor]]:
        """A replay, and what it writes to."""
        with self.beside():
            run()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            kept = run()
        return graph.replay, kept


class DryCard(Card):
    """The CPU: each step is done once, small, in the only stream there is."""

    device, dry = "cpu", True

    def size(self, usual: int, dry: int) -> int:
        """The smaller one."""
        return dry

    def free(self) -> float:
        """Enough for what is small."""
        return float("inf")

    def alive(self) -> str:
        """Always."""
        return ""

    def synchronize(self) -> None:
        """Nothing is queued."""

    def beside(self) -> AbstractContextManager[None]:
        """No other stream."""
        return nullcontext()

    def busy(self) -> None:
        """Nothing waits."""

    def waits(self, run: Callable[[], object]) -> bool:
        """Nothing to wait for."""
        run()
        return False

    def unsynchronized(self) -> AbstractContextManager[None]:
        """Nothing to wait for."""
        return nullcontext()

    def captured(self, run: Run) -> tuple[Callable[[], object], Sequence[Tensor]]:
        """A replay that runs it again."""
        kept = run()

        def replay() -> None:
            for old, new in zip(kept, run(), strict=True):
                old.copy_(new)

        return replay, kept
