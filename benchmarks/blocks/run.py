"""The page of blocks under torch.compile."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from nonlin.testing.table import markdown
from tqdm import tqdm

from benchmarks.blocks.measure import SIDES, Case, Found, Ratio, measure
from benchmarks.blocks.models import BLOCKS, CHAIN
from benchmarks.results import setting
from benchmarks.worker import keep_freed_memory

OPENING = Path(__file__).with_name("opening.md")
TYPES = ("float32", "bfloat16")
# What the ratio of a chain's forward pass has to reach; all others, 1.
GOALS = {"mish": 2.5, "gelu_tanh": 1.5}
Results = dict[Case, Found]


def plan(blocks: Sequence[str] = tuple(BLOCKS), types: Sequence[str] = TYPES) -> list[Case]:
    """All cases."""
    return [Case(block, name, t) for block in blocks for t in types for name in BLOCKS[block]]


def run(cases: Sequence[Case], stem: Path, seconds: float = 0.5, scale: int = 1) -> Results:
    """Measure, and write page and numbers after each case; what is not measured again stays."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    keep_freed_memory()
    numbers, text = stem.with_suffix(".csv"), stem.with_suffix(".md")
    stem.parent.mkdir(parents=True, exist_ok=True)
    before, found = load(numbers), {}
    try:
        for case in tqdm(cases, unit=" cases", mininterval=60, dynamic_ncols=True):
            found[case] = measure(case, seconds, scale)
            both = before | found
            results = {known: both[known] for known in plan() if known in both}
            _save(numbers, results)
            text.write_text(page(results))
    finally:
        torch.set_num_threads(threads)
    print("\n".join(_missed(found)))
    print(f"written: {text}")
    return found


def page(found: Results) -> str:
    """In Markdown."""
    here = setting()
    parts = [f"# torch.compile on {here.processor}"]
    parts += [f"Measured with nonlin {here.nonlin}, PyTorch {here.torch}, {here.date}."]
    parts += [OPENING.read_text().strip()]
    for dtype in TYPES:
        chains = {c: f for c, f in found.items() if c.dtype == dtype and c.block == CHAIN}
        blocks = {c: f for c, f in found.items() if c.dtype == dtype and c.block != CHAIN}
        for title, rows in ((CHAIN, chains), ("blocks", blocks)):
            if rows:
                parts += [f"## {title}, {dtype}", _table(rows, title == CHAIN)]
    missed = list(_missed(found))
    parts += ["## Goals", "\n".join(missed) if missed else "All are reached."]
    return "\n\n".join(parts) + "\n"


def _table(rows: Results, chains: bool) -> str:
    head = ["", "forward", "step", "ms of ours", "kernels", "external calls", "MiB saved"]
    lines = []
    for case, (forward, step, kernels, external, saved) in rows.items():
        name = case.activation if chains else f"{case.block}, {case.activation}"
        milliseconds = f"{forward.ours * 1e3:.2f}, {step.ours * 1e3:.2f}"
        kept = " / ".join(f"{size / 2**20:.2f}" if size else "0" for size in saved)
        calls = [f"{ours} / {theirs}" for ours, theirs in (kernels, external)]
        lines.append([name, _cell(forward), _cell(step), milliseconds, *calls, kept])
    return markdown(head, lines)


def _cell(ratio: Ratio) -> str:
    return f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def goal(case: Case, task: str) -> float:
    """The ratio that is asked for."""
    return GOALS.get(case.activation, 1.0) if (case.block, task) == (CHAIN, "forward") else 1.0


def _missed(found: Results) -> Iterator[str]:
    """Those of which three quarters of the turns fall short."""
    for case, result in found.items():
        for task in ("forward", "step"):
            ratio, wanted = getattr(result, task), goal(case, task)
            if round(ratio.high, 2) < wanted:
                yield f"* not reached: {', '.join(case)}, {task}: {_cell(ratio)} of {wanted:g}"


def load(path: Path) -> Results:
    """What was found before; nothing without the file."""
    found: Results = {}
    if path.exists():
        with path.open(newline="") as file:
            for line in list(csv.reader(file))[1:]:
                numbers = [float(text) for text in line[3:13]]
                ratios = [Ratio(*n[:3], n[3] / 1e6, n[4] / 1e6) for n in (numbers[:5], numbers[5:])]
                counts = list(map(int, line[13:]))
                pairs = zip(counts[::2], counts[1::2], strict=True)
                found[Case(*line[:3])] = Found(*ratios, *pairs)
    return found


def _save(path: Path, found: Results) -> None:
    """A line for each case; times are in microseconds."""
    pairs = [f"{what} {whose}" for what in Found._fields[2:] for whose in SIDES]
    times = [f"{task} {field}" for task in Found._fields[:2] for field in Ratio._fields]
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write([*Case._fields, *times, *pairs])
        for case, result in found.items():
            ratios = [f"{n:.4g}" for r in result[:2] for n in (*r[:3], r[3] * 1e6, r[4] * 1e6)]
            write([*case, *ratios, *(n for pair in result[2:] for n in pair)])
