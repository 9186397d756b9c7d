"""Results as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path

from nonlin.testing.table import markdown

from benchmarks.case import CALLS, FUNCTIONS, TASKS
from benchmarks.gpu import cells, goals
from benchmarks.gpu.case import CACHES, COLD, HOST, TYPES, Case
from benchmarks.gpu.cells import grid
from benchmarks.gpu.clock import EVENTS
from benchmarks.gpu.dry import DRY
from benchmarks.gpu.environment import Setting
from benchmarks.gpu.shapes import REAL, USUAL
from benchmarks.store import Result

Results = Mapping[Case, Result]
OPENING = Path(__file__).with_name("opening.md")
TASK = attrgetter("task")
NOTE = "Dry run: every call was made once on the CPU, and nothing was timed."


def page(results: Results, drawings: Iterable[Path], left_out: Sequence[str]) -> str:
    """All results of one device."""
    settings = list(dict.fromkeys(result.setting for result in results.values()))
    parts = [f"# Speed on {settings[0].device}", "\n".join(f"* {_run(s)}" for s in settings)]
    if settings[0].device == DRY:
        parts = [f"# {NOTE}", *parts[1:]]
    parts += [OPENING.read_text().strip(), *_summary(results), *_goals(results)]
    parts += [f"![GB/s {path.stem}]({path.name})" for path in drawings]
    for dtype in TYPES:
        for cache in CACHES:
            parts += _sizes(results, dtype, cache)
        parts += _shapes(results, dtype)
    parts += [*_compiled(results), *_memory(results), *_host(results)]
    events = [f"* {case}" for case, result in results.items() if _by_events(result)]
    parts += ["## Not captured in graphs", "\n".join(events)] if events else []
    if left_out:
        parts += ["## Left out by the last run", "\n".join(f"* {line}" for line in left_out)]
    return "\n\n".join(parts) + "\n"


def _by_events(result: Result) -> bool:
    return any(times.how == EVENTS for times in result.times.values())


def _run(setting: Setting) -> str:
    versions = f"nonlin {setting.nonlin}, PyTorch {setting.torch}, CUDA {setting.cuda}"
    return f"{setting.date}: {versions}; {setting.driver}"


def _summary(results: Results) -> list[str]:
    """The usual shapes at the largest size, types of 16 bits, nothing in the cache."""
    found = {c: r for c, r in results.items() if c.large and c.kind == USUAL}
    tables = []
    for dtype in TYPES[:3]:
        chosen = {case: r for case, r in found.items() if case.dtype == dtype}
        most = max((case.elements for case in chosen), default=0)
        last = {c: r for c, r in chosen.items() if c.elements > 0.9 * most}
        tables += grid(f"{dtype}, about {most / 2**20:,.0f} Mi elements", last, TASK, cells.speed)
    return ["## Summary", *tables] if tables else []


def _goals(results: Results) -> list[str]:
    verdicts = list(goals.verdicts(results))
    if not verdicts:
        return []
    lines = []
    for what in (goals.COPY, goals.PYTORCH):
        some = [v for v in verdicts if v.what == what]
        reached = sum(v.reached for v in some)
        worst = [f"{c}: {f:.2f}" for c, _, _, f in sorted(some, key=lambda v: v.found)[:1]]
        lines.append([what, f"{reached} of {len(some)}", *(worst or [""])])
    parts = ["## Goals", markdown(["", "reached", "least"], lines)]
    lost = [v for v in sorted(verdicts, key=lambda v: v.found / v.goal) if not v.reached]
    return parts + (["Not reached:", "\n".join(f"* {missed(v)}" for v in lost)] if lost else [])


def missed(verdict: goals.Verdict) -> str:
    """A goal that was not reached, in words."""
    return f"{verdict.case}, {verdict.what}: {verdict.found:.2f} of {verdict.goal:g}"


def _sizes(results: Results, dtype: str, cache: str) -> list[str]:
    parts = []
    for task in TASKS:
        key = dtype, cache, task
        chosen = {c: r for c, r in results.items() if (c.dtype, c.cache, c.task) == key}
        chosen = {case: r for case, r in chosen.items() if case.kind != REAL}
        parts += grid(task, chosen, Case.count, cells.compared)
    return [f"## {dtype}, {cache}", *parts] if parts else []


def _shapes(results: Results, dtype: str) -> list[str]:
    chosen = {c: r for c, r in results.items() if (c.dtype, c.kind) == (dtype, REAL)}
    parts = grid("", chosen, TASK, cells.compared)
    return [f"## {dtype}, shapes of networks, cold", *parts] if parts else []


def _compiled(results: Results) -> list[str]:
    chosen = {case: r for case, r in results.items() if "compiled" in r.times}
    parts = grid("", chosen, _where, cells.compiled)
    return ["## torch.compile", *parts] if parts else []


def _memory(results: Results) -> list[str]:
    usual = {c: r for c, r in results.items() if c.kind == USUAL and c.task not in CALLS}
    most = max((case.elements for case in usual), default=0)
    chosen = {c: r for c, r in usual.items() if c.elements > 0.9 * most and c.cache == COLD}
    parts = grid("MiB of ours, and of PyTorch's", chosen, _what, cells.peaks)
    return ["## Memory", *parts] if parts else []


def _host(results: Results) -> list[str]:
    parts = []
    for variant, title in (("", "torch.ops"), (FUNCTIONS, "Python functions")):
        chosen = {c: r for c, r in results.items() if (c.cache, c.variant) == (HOST, variant)}
        rows = {c._replace(variant=""): r for c, r in chosen.items()}
        parts += grid(f"µs of ours, and of PyTorch's: {title}", rows, TASK, cells.micros)
    return ["## Host, one element", *parts] if parts else []


def _what(case: Case) -> str:
    return f"{case.task}, {case.dtype}"


def _where(case: Case) -> str:
    return f"{_what(case)}, {case.cache}, {case.count()}"
