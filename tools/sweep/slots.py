"""Threads that share the work; each has evaluators of its own and computes references meanwhile."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import torch
from torch import Tensor

from sweep.evaluator import Evaluator
from sweep.inputs import BLOCK, PART, Stretch
from sweep.measure import Judge, Measures, Place, see_sample
from sweep.subject import Subject

Key = tuple[str, str, str]  # instruction set, "ours" or "torch", member
Slot = list[Evaluator]


@contextlib.contextmanager
def slots(
    count: int, instruction_sets: Sequence[str], by_compiler: bool = False
) -> Iterator[list[Slot]]:
    """So many, each with an evaluator for every instruction set."""
    threads = torch.get_num_threads()
    made: list[Slot] = []
    try:
        for _ in range(count):
            made.append([])
            for name in instruction_sets:
                made[-1].append(Evaluator(name, by_compiler))
        torch.set_num_threads(1)
        yield made
    finally:
        torch.set_num_threads(threads)
        for slot in made:
            for evaluator in slot:
                evaluator.close()


def sweep(
    what: Subject,
    stretches: Iterable[Stretch],
    among: list[Slot],
    done: Callable[[int], object] = lambda count: None,
    builtin: bool = True,
) -> dict[Key, Measures]:
    """Measure float32 results; `done` is told of inputs that are finished, by any thread."""
    rest, lock, stop = iter(stretches), threading.Lock(), threading.Event()

    def work(slot: Slot) -> dict[Key, Measures]:
        measures: dict[Key, Measures] = {}
        while not stop.is_set():
            with lock:
                stretch = next(rest, None)
            if stretch is None:
                break
            _block(what, stretch, slot, measures, builtin)
            done(stretch.count)
        return measures

    with ThreadPoolExecutor(len(among)) as pool:
        working = [pool.submit(work, slot) for slot in among]
        try:
            wait(working, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    total: dict[Key, Measures] = {}
    for thread in working:
        for key, measures in thread.result().items():
            total.setdefault(key, Measures()).merge(measures)
    return total


def sample(what: Subject, x: Tensor, slot: Slot, exactly: bool) -> dict[Key, Measures]:
    """Measure results of any type; against `Subject.exact` where 53 bits are not enough."""
    measures: dict[Key, Measures] = {}
    for part in x.split(PART):
        for evaluator in slot:
            evaluator.start(what, part)
        wide = [(high, torch.zeros_like(high)) for high in what.reference(part)]
        exact = dict(zip(what.members, wide, strict=True))
        if exactly:
            exact = what.exact(part)
        places = {m: Place.of(what, m, part, exact[m][0]) for m in what.members}
        for evaluator in slot:
            for (whose, member), got in evaluator.results().items():
                key = evaluator.instruction_set, whose, member
                into = measures.setdefault(key, Measures())
                see_sample(places[member], got, exact[member], into)
    return measures


def _left_out(evaluator: Evaluator, stretch: Stretch) -> bool:
    """Scalar kernels take most of the time: a 16th of the blocks of all inputs does."""
    whole = stretch.stride == 1 and stretch.count == BLOCK
    return evaluator.instruction_set == "scalar" and whole and stretch.start // BLOCK % 16 != 0


def _block(
    what: Subject, stretch: Stretch, slot: Slot, measures: dict[Key, Measures], builtin: bool
) -> None:
    x = stretch.numbers()
    slot = [evaluator for evaluator in slot if not _left_out(evaluator, stretch)]
    for evaluator in slot:
        evaluator.start(what, x, builtin)
    parts = [slice(start, start + PART) for start in range(0, x.numel(), PART)]
    judges = []
    for part in parts:
        references = zip(what.members, what.reference(x[part]), strict=True)
        judges.append(
            {m: Judge(Place.of(what, m, x[part], exact), exact) for m, exact in references}
        )
    seen: dict[tuple[str, str], list[tuple[Tensor, Measures]]] = {}
    for evaluator in slot:
        for (whose, member), got in evaluator.results().items():
            before = seen.setdefault((whose, member), [])
            found = next((measures for bits, measures in before if _same(bits, got)), None)
            if found is None:
                found = Measures()
                for part, judge in zip(parts, judges, strict=True):
                    judge[member].see(got[part], found)
                before.append((got, found))
            key = evaluator.instruction_set, whose, member
            measures.setdefault(key, Measures()).merge(found)


def _same(a: Tensor, b: Tensor) -> bool:
    """Bit for bit, as most results of two instruction sets are: they are judged once."""
    return torch.equal(a.view(torch.int32), b.view(torch.int32))
