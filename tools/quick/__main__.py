"""The command line."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from budget import kernels as machine_code
from budget.objdump import ToolError

from quick import build
from quick.measure import Subject
from quick.reference import Setting, setting
from quick.report import Report

ARCHITECTURE = "sm_90"


def main(words: Sequence[str] | None = None) -> int:
    """1 if the formula does not compile or there is no definition."""
    started = time.monotonic()
    arguments = _parser().parse_intermixed_args(words)
    header = Path(arguments.formula)
    if header.suffix != ".h":
        header = build.ROOT / "ops" / f"{arguments.formula}.h"
    if not header.exists():
        print(f"there is no {header}", file=sys.stderr)
        return 1
    formula, folder = build.Formula(header), build.ROOT / "build" / "try"
    compiler = None if arguments.no_cuda else build.nvcc()
    with ThreadPoolExecutor(1) as pool:
        try:
            libraries = build.compiled(formula, folder)
            subjects = {name: Subject(found) for name, found in libraries.items()}
            members, defaults = subjects["scalar"].members(), subjects["scalar"].parameters()
            judged = setting(
                formula.name,
                arguments.definition,
                members,
                arguments.weight,
                defaults,
                arguments.parameters,
            )
            if compiler:
                cuda = pool.submit(
                    build.kernels, formula, members > 3, folder, compiler, ARCHITECTURE
                )
            _tell(judged, subjects)
            if compiler:
                _tell_kernels(cuda.result())
        except (build.CompileError, ToolError, LookupError) as error:
            print(error.args[0], file=sys.stderr)
            return 1
    print(f"{time.monotonic() - started:.1f} s")
    return 0


def _tell(setting: Setting, subjects: dict[str, Subject]) -> None:
    report = Report(setting)
    print(f"{setting}: the largest error in ULP of each type, and its input")
    print(report.heading())
    for name, subject in subjects.items():
        print(*report.lines(name, subject), sep="\n")
    print(*report.dual_lines(subjects["scalar"]), sep="\n")


def _tell_kernels(file: Path) -> None:
    for name, kernel in sorted(machine_code.read(file, ARCHITECTURE).items()):
        slots = kernel.slots["issue"] / max(1.0, kernel.elements)
        spills = f", {kernel.local} bytes of local memory" if kernel.local else ""
        print(
            f"{ARCHITECTURE} {name}: {kernel.code} instructions, {slots:.1f} issue slots each, "
            f"{kernel.registers} registers{spills}"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make try OP=mish",
        description="Errors of a formula on every kind of lane, in seconds.",
    )
    parser.add_argument("formula", help="a header in ops/, by its name, or the path of one")
    parser.add_argument(
        "parameters", nargs="*", help="hyper-parameters that are not its defaults: beta=0.3"
    )
    parser.add_argument("--weight", type=float, default=0.7, help="that of a formula with one")
    parser.add_argument(
        "--definition",
        type=Path,
        help="a Python file with the definition, a function of the formula's name; else "
        "python/nonlin/testing/definitions.py has it",
    )
    parser.add_argument("--no-cuda", action="store_true", help="do not compile CUDA kernels")
    return parser


if __name__ == "__main__":
    sys.exit(main())
