"""A first look at a card: build for it, check every kernel, then measure, within some minutes.

Each result is in the output folder as soon as it is there: `page.md` to be read, `results.jsonl`
with a line for each, `speed.csv` as the benchmark writes it. A kernel that ends its process, or
does not end, is a result, and the next process goes on behind it. With --dry-run no card is needed:
the CPU stands for it, and every step is done once and small.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gpu import STAGES
from gpu.build import build, environment, said
from gpu.facts import ROOT
from gpu.journal import Journal
from gpu.session import Session
from gpu.tests import tests

USUAL = "90"  # architecture of a dry run


def main(words: Sequence[str] | None = None) -> None:
    """Run, and end with 1 if something is wrong."""
    arguments = _parser().parse_args(words)
    journal = Journal(arguments.output, arguments.minutes, arguments.dry_run)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _run(arguments, journal)
        over = journal.seconds >= 60 * arguments.minutes
        journal.end("The time is over" if over else "Finished")
    except KeyboardInterrupt:
        journal.end("Stopped")
    print(f"written: {journal.folder / 'page.md'}")
    sys.exit(1 if journal.failed else 0)


def _run(arguments: argparse.Namespace, journal: Journal) -> None:
    end = journal.began + 60 * arguments.minutes
    journal.goes_on("Looking for a device")
    try:
        facts = json.loads(subprocess.check_output([sys.executable, "-m", "gpu.facts"], text=True))
    except (subprocess.CalledProcessError, ValueError) as error:
        why = f"{error}; {sys.executable} needs PyTorch"
        journal.fail("start", "", "device", {"what": "looking for a device", "raised": why})
        return
    missing = "" if arguments.dry_run else facts.pop("missing")
    architecture = arguments.architecture or facts["architecture"] or USUAL
    journal.note(**facts | {"architecture": architecture})
    if missing:
        journal.fail("start", "", "device", {"what": "looking for a device", "raised": missing})
        return
    folder = arguments.built or arguments.build
    if not arguments.built:
        journal.goes_on(f"Building for {architecture}")
        began, log = time.monotonic(), journal.folder / "build.log"
        why = build(folder.resolve(), architecture, not arguments.dry_run, log, end)
        journal.note(**{"build": why or f"{time.monotonic() - began:.0f} seconds"})
        if why:
            journal.log = said(log)
            journal.fail("start", "", "build", {"what": "build", "raised": why})
            return
    variables = environment(folder.resolve())
    variables["NONLIN_GPU_RESULTS"] = str(journal.folder.resolve())
    session = Session(journal, end, variables)
    try:
        chosen = [name for name in STAGES if name in (arguments.stages or STAGES)]
        for name in chosen:
            if time.monotonic() >= end:
                journal.leave_out(f"{name}, all of it: the time was over")
                continue
            journal.goes_on(f"In {name}: {STAGES[name]}")
            if name == "tests":
                session.close()
                tests(journal, end, variables, folder.resolve())
            elif session.start():
                session.run(name)
            else:
                break
    finally:
        session.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("gpu", description=__doc__)
    folder = {"type": Path, "metavar": "FOLDER"}
    parser.add_argument("--minutes", type=float, default=10, help="of all, the build included")
    parser.add_argument("--output", default=ROOT / "build-gpu/results", **folder)
    parser.add_argument("--dry-run", action="store_true", help="on the CPU, every step once")
    parser.add_argument("--stages", nargs="+", choices=STAGES, help="default: all, in this order")
    parser.add_argument("--build", default=ROOT / "build-gpu", help="default: build-gpu", **folder)
    parser.add_argument("--built", help="a build folder that is used as it is", **folder)
    parser.add_argument("--architecture", help="default: the card's, such as 90")
    return parser


if __name__ == "__main__":
    main()
