"""The command line."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from sweep import inputs, page, results
from sweep.evaluator import available
from sweep.measure import Measures
from sweep.slots import Key, Slot, sample, slots, sweep
from sweep.special import special_values
from sweep.subject import Subject, subject, swept, swept_compiled

DOCS = Path(__file__).parents[2] / "docs"
SAMPLES = {
    torch.float64: inputs.float64,
    torch.float16: lambda roots, count: inputs.sixteen_bits(torch.float16),
    torch.bfloat16: lambda roots, count: inputs.sixteen_bits(torch.bfloat16),
}


def main(words: Sequence[str] | None = None) -> None:
    """Measure rows, keep what was found, and write the page of all rows."""
    arguments = _parser().parse_args(words)
    by_compiler = arguments.compiled
    names = arguments.rows or (swept_compiled() if by_compiler else swept())
    subjects = [subject(name) for name in names]
    if by_compiler:
        subjects = [what.of_operations() for what in subjects]
    sampled = arguments.sample or by_compiler
    plans = [_stretches(what, sampled, arguments.blocks) for what in subjects]
    folder = arguments.output / "accuracy" / ("compiled" if by_compiler else "")
    counts = [sum(stretch.count for stretch in plan) for plan in plans]
    bar = tqdm(
        total=sum(counts), unit=" inputs", unit_scale=True, smoothing=0.02, dynamic_ncols=True
    )
    sets = [name for name in arguments.instruction_sets if not by_compiler or name != "scalar"]
    with bar, slots(arguments.jobs, sets, by_compiler) as among:
        for what, plan, count in zip(subjects, plans, counts, strict=True):
            bar.set_description(what.row.name)
            begun = time.monotonic()
            if by_compiler:
                result = _measure_compiled(what, plan, among, bar)
            else:
                result = _measure(what, plan, among, arguments.float64, bar)
            facts = results.setting(count, time.monotonic() - begun, arguments.jobs)
            results.save(folder, what.row.name, {"setting": facts} | result)
            if not by_compiler:
                page.write(arguments.output)
    if by_compiler:
        page.write(arguments.output)


def _measure(
    what: Subject, plan: list[inputs.Stretch], among: list[Slot], count: int, bar: tqdm
) -> results.Result:
    measured = sweep(what, plan, among, bar.update)
    result: results.Result = {
        "roots": {member: what.roots(member) for member in what.members},
        "special": special_values(what.alone(), among[0]),
        "float32": results.errors(measured, torch.float32),
    }
    for dtype, points in SAMPLES.items():
        x = points(_roots(what), count // what.fewer_exact)
        found: dict[Key, Measures] = {}
        for variant in what.variants(dtype):
            measures = sample(variant, x, among[0], exactly=dtype == torch.float64)
            for key, those in measures.items():
                found.setdefault(key, Measures()).merge(those)
        result[str(dtype).removeprefix("torch.")] = results.errors(found, dtype)
    return result | {"curves": results.curves(measured, what.members[:2])}


def _measure_compiled(
    what: Subject, plan: list[inputs.Stretch], among: list[Slot], bar: tqdm
) -> results.Result:
    found = {torch.float32: sweep(what, plan, among, bar.update)}
    for dtype in (torch.bfloat16, torch.float16):
        x = inputs.sixteen_bits(dtype)
        found[dtype] = sample(what, x, among[0], exactly=False)
    return {str(t).removeprefix("torch."): results.errors(m, t) for t, m in found.items()}


def _stretches(what: Subject, sampled: bool, blocks: int | None) -> list[inputs.Stretch]:
    plan = (
        inputs.every() if what.every and not sampled else inputs.sample(_roots(what))[:: what.fewer]
    )
    return plan if blocks is None else plan[:: max(1, len(plan) // blocks)]


def _roots(what: Subject) -> list[float]:
    return sorted({root for member in what.members for root in what.roots(member)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("sweep", description=results.__doc__)
    known = ", ".join(swept())
    parser.add_argument("rows", nargs="*", type=_row, help=f"of {known}; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="default: all processors")
    parser.add_argument("--sample", action="store_true", help="20 million inputs instead of all")
    parser.add_argument(
        "--compiled", action="store_true", help="what torch.compile makes of both; 20 million"
    )
    parser.add_argument("--blocks", type=int, help="only so many blocks of these, evenly spread")
    parser.add_argument("--float64", type=int, default=100_000, help="inputs of float64")
    parser.add_argument("--instruction-sets", nargs="+", choices=available(), default=available())
    parser.add_argument("--output", type=Path, default=DOCS, help="default: docs/")
    return parser


def _row(name: str) -> str:
    if name not in swept():
        raise argparse.ArgumentTypeError(f"no row '{name}'; choose from {', '.join(swept())}")
    return name


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the page has all rows that were finished")
