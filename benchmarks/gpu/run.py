"""Time on a GPU of ours beside PyTorch's, torch.compile's and a copy of as many bytes, in one run.

Writes numbers, a page and drawings to benchmarks/results/, in files named after the device; what
was measured there before and is not measured again stays. What has goals is measured first. With
--dry-run it makes every call once, small and on the CPU, compares results and times nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

import torch

from benchmarks.case import TASKS, operator, operators
from benchmarks.compiled import compiled, program
from benchmarks.gpu import cells, goals, plot, summary
from benchmarks.gpu.case import CACHES, COLD, HOST, SIZES, TYPES, Case, Selection, plan
from benchmarks.gpu.clock import GpuClock, Timed
from benchmarks.gpu.dry import DRY, DryClock
from benchmarks.gpu.environment import Setting, missing
from benchmarks.gpu.session import GIB, Session
from benchmarks.gpu.shapes import KINDS, USUAL
from benchmarks.results import stem
from benchmarks.store import Result, Store

RESULTS = Path(__file__).resolve().parents[1] / "results"
STORE = Store(Case, Timed, Setting)
FEW = 100  # cases whose lines one reads
OFTEN = 10  # seconds until what was found is saved again


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print, and keep."""
    arguments = _parser().parse_args(words)
    if arguments.page:
        _write(arguments.page, [])
        return
    lacking = "" if arguments.dry_run else missing()
    if lacking:
        sys.exit(lacking)
    session = _session(arguments)
    cases = plan(_selection(arguments), session.clock.l2)
    if not cases:
        sys.exit("nothing to measure: no operator has such a task, or no size fits into the cache")
    output = arguments.output or (None if arguments.quick or arguments.dry_run else RESULTS)
    name = DRY if arguments.dry_run else torch.cuda.get_device_name()
    path = output and output / f"{stem(name)}.csv"
    found = _keep(session, cases, path)
    if arguments.dry_run:
        print(summary.NOTE)
    if len(found) <= FEW:
        print(*(f"{case}: {cells.line(result)}" for case, result in found.items()), sep="\n")
    for verdict in goals.verdicts(found):
        if not verdict.reached:
            print(f"not reached: {summary.missed(verdict)}")
    for line in session.left_out:
        print(f"left out: {line}")
    if path and path.exists():
        _write(path, session.left_out)
    if session.failed:
        sys.exit(f"{session.failed} of {len(cases)} cases failed")


def _keep(session: Session, cases: Sequence[Case], path: Path | None) -> dict[Case, Result]:
    """Measure; what was found is in the file soon, however the run ends."""
    before = STORE.load(path) if path else {}
    found: dict[Case, Result] = {}
    saved = time.monotonic()
    try:
        for case, result in session.measure(cases):
            found[case] = result
            if path and time.monotonic() > saved + OFTEN:
                STORE.save(path, _sorted(before | found))
                saved = time.monotonic()
    finally:
        if path and found:
            STORE.save(path, _sorted(before | found))
    return _sorted(found)


def _sorted(results: dict[Case, Result]) -> dict[Case, Result]:
    return dict(sorted(results.items(), key=lambda item: item[0].order()))


def _write(path: Path, left_out: Sequence[str]) -> None:
    """The page and the drawings beside a file of results."""
    results = STORE.load(path)
    if not results:
        sys.exit(f"{path} has no results")
    drawings = plot.draw(path.with_suffix(""), results)
    path.with_suffix(".md").write_text(summary.page(results, drawings, left_out))
    print(f"written: {path.with_suffix('.md')}")


def _session(arguments: argparse.Namespace) -> Session:
    if arguments.dry_run:
        return Session(DryClock(), program if arguments.compile else None, arguments.minutes)
    clock = GpuClock(arguments.seconds)
    compiler = partial(compiled, threads=1) if arguments.compile else None
    free = 0.9 * torch.cuda.mem_get_info()[0] / GIB
    memory = free if arguments.memory is None else arguments.memory
    return Session(clock, compiler, arguments.minutes, memory)


def _selection(arguments: argparse.Namespace) -> Selection:
    quick, dry = arguments.quick, arguments.dry_run
    return Selection(
        arguments.operators or operators(),
        arguments.tasks or (TASKS if quick else (*TASKS, HOST)),
        arguments.types or (TYPES[:1] if quick else TYPES),
        arguments.caches or ([COLD] if quick else CACHES),
        arguments.sizes or ([10] if dry else [26] if quick else SIZES),
        arguments.shapes or ([USUAL] if quick else KINDS),
        dry=dry,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("run.py", description=__doc__)
    word = {"nargs": "+"}
    known = ", ".join(operators())
    parser.add_argument("operators", nargs="*", type=operator, help=f"of {known}")
    parser.add_argument("--quick", action="store_true", help="bfloat16, 2^26 elements, cold")
    parser.add_argument("--dry-run", action="store_true", help="every call once, on the CPU")
    parser.add_argument("--page", type=Path, metavar="CSV", help="only write its page again")
    parser.add_argument("--compile", action="store_true", help="torch.compile too: slow")
    parser.add_argument("--tasks", choices=(*TASKS, HOST), **word)
    parser.add_argument("--types", choices=TYPES, **word)
    parser.add_argument("--caches", choices=CACHES, help="the L2 cache's state", **word)
    parser.add_argument("--sizes", type=_size, help="elements: 12 means 2^12", **word)
    parser.add_argument("--shapes", choices=KINDS, help="real: those of networks", **word)
    parser.add_argument("--seconds", type=float, default=0.3, help="that the turns of a case take")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of the whole run")
    parser.add_argument("--memory", type=float, help="GiB a case may take; default: nine tenths")
    parser.add_argument("--output", type=Path, help="folder; default: benchmarks/results/")
    return parser


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) > 34:
        raise argparse.ArgumentTypeError(f"'{text}' is not a logarithm of a size, from 0 to 34")
    return int(text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
