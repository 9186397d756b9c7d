"""The command line."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import budget
from budget import budgets, kernels, machine, objdump, page
from budget.table import table

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ.get("NONLIN_BUILD_DIR", ROOT / "build"))


def main(words: Sequence[str] | None = None) -> int:
    """1 if a kernel exceeds its budget, 2 if nothing could be compared."""
    arguments = _parser().parse_args(words)
    file = arguments.file
    try:
        if not file.is_file():
            raise objdump.ToolError(f"there is no {file}")
        inside = objdump.architectures(file)
        chosen = arguments.arch or _chosen(arguments, inside)
        if not chosen or not set(chosen) <= set(inside):
            wanted = ", ".join(chosen) or "an architecture that has budgets"
            raise objdump.ToolError(f"{file} has no kernels for {wanted}, but for {inside}")
        return max([_treat(arguments, architecture) for architecture in chosen])
    except objdump.ToolError as error:
        print(error, file=sys.stderr)
        return 2


def _chosen(arguments: argparse.Namespace, inside: list[str]) -> list[str]:
    if arguments.aims:
        return [machine.ARCHITECTURE]
    return [a for a in inside if arguments.table or budgets.path(a).is_file()]


def _treat(arguments: argparse.Namespace, architecture: str) -> int:
    found = kernels.read(arguments.file, architecture, arguments.match)
    ordered = [found[name] for name in sorted(found)]
    if arguments.table:
        print(*table(ordered, architecture == machine.ARCHITECTURE), sep="\n")
        return 0
    if arguments.aims:
        _tell_aims([kernel for kernel in ordered if kernel.gated])
        return 0
    file, release = budgets.path(architecture), objdump.compiler(arguments.file)
    allowed = budgets.load(file)
    matching = {name: row for name, row in allowed.items() if re.search(arguments.match, name)}
    if arguments.write:
        others = {name: row for name, row in allowed.items() if name not in matching}
        now = {kernel.name: budgets.of(kernel) for kernel in ordered if kernel.gated}
        budgets.save(file, others | now, release)
        if architecture == machine.ARCHITECTURE:
            page.FILE.write_text(page.page(budgets.load(file)))
        print(f"{architecture}: wrote the budgets of {len(now)} kernels")
        return 0
    findings = budgets.compare(found, matching)
    for finding in findings:
        print(finding)
    failed = {finding.kernel for finding in findings if finding.kind != "BETTER"}
    print(f"{architecture}: {len(matching)} budgets, {len(failed)} kernels do not hold theirs")
    if failed and release != budgets.compiler(file):
        print(f"CUDA {release} compiled them; the budgets are for {budgets.compiler(file)}")
    return int(bool(failed))


def _tell_aims(ordered: list[kernels.Kernel]) -> None:
    above = [kernel for kernel in ordered if kernel.above()]
    for kernel in sorted(above, key=lambda kernel: -max(kernel.above().values())):
        shares = [f"{unit} {found:.0%}" for unit, found in kernel.above().items()]
        print(f"{kernel.name}: {', '.join(shares)}")
    print(f"{len(above)} of {len(ordered)} kernels are above what is aimed at on an H200")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "budget", description=budget.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    library = BUILD / "stage" / "nonlin" / "lib" / "libnonlin.so"
    parser.add_argument(
        "file", nargs="?", type=Path, default=library, help="a library, object or cubin"
    )
    parser.add_argument("--arch", action="append", help="sm_90; default: all that have budgets")
    parser.add_argument("--match", default="", help="an expression that kernels' names contain")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--check", action="store_true", help="compare with the budgets (default)")
    kind.add_argument(
        "--write",
        action="store_true",
        help="make what is needed now the budgets; sm_90's also docs/cuda.md",
    )
    kind.add_argument("--table", action="store_true", help="all figures, float64 too")
    kind.add_argument("--aims", action="store_true", help="which kernels are above the aims")
    return parser


if __name__ == "__main__":
    sys.exit(main())
