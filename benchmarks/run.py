"""Time of ours beside PyTorch's, torch.compile's and a copy of as many bytes, in one run.

Writes numbers, a page and drawings to benchmarks/results/, in files named after the processor; what
was measured there before and is not measured again stays. With --quick, it prints a table after
some seconds instead. With --compile and no operator, it measures blocks of networks under
torch.compile instead (blocks/), in less than ten minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

from sweep.evaluator import available
from tqdm import tqdm

from benchmarks import goals, plot, summary
from benchmarks.blocks import run as blocks
from benchmarks.case import (
    CACHE,
    MEMORY,
    ONE,
    TASKS,
    TYPES,
    Case,
    Selection,
    operator,
    operators,
    plan,
)
from benchmarks.results import Result, load, merge, processor, save, setting, stem
from benchmarks.worker import Answer, Worker

RESULTS = Path(__file__).parent / "results"
PLACES = {"cache": CACHE, "memory": MEMORY}
FEW = 200  # cases whose table one reads
OFTEN = 60  # seconds until what was found is saved again
GIB = 2**30


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print, and keep."""
    arguments = _parser().parse_args(words)
    if arguments.compile and not arguments.operators and not arguments.quick:
        path = (arguments.output or RESULTS) / f"{stem(processor())}-compiled"
        types = [t for t in arguments.types or blocks.TYPES if t in blocks.TYPES]
        blocks.run(blocks.plan(types=types), path, arguments.seconds or 0.5)
        return
    cases, left_out = _affordable(plan(_selection(arguments)), arguments.memory)
    if not cases:
        sys.exit("\n".join(["nothing to measure", *left_out]))
    output = arguments.output or (None if arguments.quick else RESULTS)
    path = output and output / f"{stem(processor())}.csv"
    before = load(path) if path else {}
    found: dict[Case, Result] = {}
    seconds = arguments.seconds or (0.05 if arguments.quick else 0.5)
    saved = time.monotonic()
    try:
        for case, answer in _measure(cases, seconds, arguments.compile):
            found[case] = Result(answer.times, answer.bytes, setting())
            left_out += [f"{case}, {name}: {why}" for name, why in answer.failed.items()]
            if path and time.monotonic() > saved + OFTEN:
                save(path, merge(before, found))
                saved = time.monotonic()
    finally:
        if path and found:
            save(path, merge(before, found))
    results = merge({}, found)
    if len(found) <= FEW:
        print(summary.terminal(results))
    for verdict in goals.verdicts(results):
        if not verdict.reached:
            print(f"not reached: {verdict.case}: {verdict.found:.2f} of {verdict.goal:g}")
    for line in left_out:
        print(f"left out: {line}")
    if path:
        results = load(path)
        drawings = plot.draw(path.with_suffix(""), results)
        path.with_suffix(".md").write_text(summary.page(results, drawings, left_out))
        print(f"written: {path.with_suffix('.md')}")


def _measure(
    cases: list[Case], seconds: float, with_compiled: bool
) -> Iterator[tuple[Case, Answer]]:
    """In a process for each kind of environment, with a progress bar."""
    seen = sys.stderr.isatty()
    options = {"mininterval": 0.1 if seen else 60, "smoothing": 0.05, "dynamic_ncols": True}
    with tqdm(total=len(cases), unit=" cases", **options) as bar:
        for key, group in groupby(cases, lambda c: (c.instruction_set, c.mode == "reused")):
            with closing(Worker(*key)) as worker:
                for case in group:
                    bar.set_postfix_str(str(case), refresh=seen)
                    yield case, worker.measure(case, seconds, with_compiled)
                    bar.update()


def _affordable(cases: list[Case], gib: float) -> tuple[list[Case], list[str]]:
    """Those that fit into memory, and a line for each kind that does not."""
    kept = [case for case in cases if case.bytes() <= gib * GIB]
    dropped = [case for case in cases if case.bytes() > gib * GIB]
    lines = dict.fromkeys(
        f"{case.words(('operator', 'task', 'dtype', 'place'))}: takes about "
        f"{case.bytes() / GIB:.1f} GiB, and {gib:g} are allowed"
        for case in dropped
    )
    return kept, list(lines)


def _selection(arguments: argparse.Namespace) -> Selection:
    quick = arguments.quick
    count, fast = os.cpu_count() or 1, available()[:0:-1] or available()
    sizes = {"cache": arguments.in_cache, "memory": arguments.in_memory}
    places = arguments.places or (["cache"] if quick else list(sizes))
    return Selection(
        arguments.operators or operators(),
        arguments.tasks or (*TASKS, ONE),
        arguments.types or (TYPES[:1] if quick else TYPES),
        {PLACES[place]: sizes[place] for place in dict.fromkeys(places)},
        arguments.threads or ([1] if quick else sorted({1, count})),
        arguments.instruction_sets or (available()[-1:] if quick else fast),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("run.py", description=__doc__)
    known = operators()
    word = {"nargs": "+"}
    parser.add_argument("operators", nargs="*", type=operator, help=f"of {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="float32 in cache, one thread")
    parser.add_argument(
        "--compile", action="store_true", help="torch.compile too: slow; alone: blocks"
    )
    parser.add_argument("--tasks", choices=(*TASKS, ONE), **word)
    parser.add_argument("--types", choices=TYPES, **word)
    parser.add_argument("--places", choices=PLACES, **word)
    parser.add_argument("--threads", type=_positive, help="default: 1, and all", **word)
    parser.add_argument(
        "--instruction-sets", choices=available(), help="default: all but scalar", **word
    )
    parser.add_argument("--in-cache", type=_positive, default=48 * 2**10, help="elements: 48 Ki")
    parser.add_argument("--in-memory", type=_positive, default=64 * 2**20, help="elements: 64 Mi")
    parser.add_argument("--memory", type=float, default=_memory(), help="GiB that it may take")
    parser.add_argument("--seconds", type=float, help="that the calls of a case take together")
    parser.add_argument("--output", type=Path, help="folder; default: benchmarks/results/")
    return parser


def _memory() -> float:
    """Three quarters of what is available."""
    found = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)
    return round(0.75 * int(found[1]) * 1024 / GIB, 1)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return int(text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
