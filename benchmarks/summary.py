"""Results as text: a table for a terminal, and a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from nonlin.testing.table import Column, markdown, render

from benchmarks import goals
from benchmarks.case import CACHE, CALLS, FUNCTIONS, MEMORY, ONE, TYPES, Case
from benchmarks.headline import headline
from benchmarks.results import Result, Results

NOTE = """\
µs      median per call of {contestants}
×       PyTorch's time divided by ours
±       half the distance between the quartiles of ours, as a share of the median
GB/s    bytes that must be read and written, per time of ours
copy    that speed as a share of a copy's with as many bytes"""
OPENING = Path(__file__).with_name("opening.md")
CONTESTANTS = ("ours", "torch", "compiled", "kernel", "copy")
Rows = list[tuple[str, str]]  # operators and their variants
Kind = tuple[str, str, str]  # place, task and mode


def terminal(results: Results) -> str:
    """One line for each case."""
    fields = [name for name in Case._fields[:-1] if len(_present(results, name)) > 1]
    same = [name for name in Case._fields if len(_present(results, name)) == 1]
    first, setting = next((case, result.setting) for case, result in results.items())
    shown = [n for n in CONTESTANTS if any(n in result.times for result in results.values())]
    columns = [
        Column("µs", name, [micro(result, name) for result in results.values()]) for name in shown
    ]
    times = [result.times["ours"] for result in results.values()]
    columns += [
        Column("", "×", [number(result.ratio()) for result in results.values()]),
        Column("", "±", [f"{(t.high - t.low) / 2 / t.median:.0%}" for t in times]),
        Column("", "GB/s", [_speed(result) for result in results.values()]),
        Column("", "copy", [_share(result) for result in results.values()]),
    ]
    facts = f"{first.words(same)}; {setting.processor}; PyTorch {setting.torch}"
    text = render([case.words(fields) for case in results], columns)
    return "\n\n".join([facts, text, NOTE.format(contestants=", ".join(shown))])


def page(results: Results, drawings: Iterable[Path], left_out: Sequence[str]) -> str:
    """All results of one processor."""
    settings = {result.setting for result in results.values()}
    processor = next(iter(settings)).processor
    runs = sorted({f"nonlin {s.nonlin}, PyTorch {s.torch}, {s.date}" for s in settings})
    parts = [f"# Speed on {processor}", "Measured with " + "; ".join(runs) + "."]
    parts += [OPENING.read_text().strip(), *_headlines(results), *_goals(results)]
    parts += _slower_than_copies(results)
    parts += [f"![GB/s {path.stem}]({path.name})" for path in drawings]
    for instruction_set in _present(results, "instruction_set"):
        for threads in _present(results, "threads"):
            for dtype in TYPES:
                key = {"instruction_set": instruction_set, "threads": threads, "dtype": dtype}
                chosen = {c: r for c, r in results.items() if _has(c, key) and c.place != ONE}
                if chosen:
                    parts += _section(key, chosen)
    parts += _calls(results)
    if left_out:
        parts += ["## Left out by the last run", "\n".join(f"* {line}" for line in left_out)]
    return "\n\n".join(parts) + "\n"


def _headlines(results: Results) -> list[str]:
    """One table for each place: float32, one thread."""
    tables = []
    for place in (CACHE, MEMORY):
        panels = headline(results, place)
        names = dict.fromkeys(name for panel in panels.values() for name in panel)
        head = [f"float32, {place}", *(", ".join(key) for key in panels)]
        lines = [[n, *(_cell(panel.get(n)) for panel in panels.values())] for n in names]
        tables += [markdown(head, lines)] if lines else []
    return ["## Summary", *tables] if tables else []


def _goals(results: Results) -> list[str]:
    verdicts = list(goals.verdicts(results))
    if not verdicts:
        return []
    sets = _present({v.case: results[v.case] for v in verdicts}, "instruction_set")
    found = {(_goal_of(v.case), v.case.instruction_set): v for v in verdicts}
    lines = []
    for row in dict.fromkeys(_goal_of(v.case) for v in verdicts):
        cells = [found.get((row, name)) for name in sets]
        lines.append([*row, *(_verdict(cell) for cell in cells)])
    missed = [_missed(v) for v in verdicts if not v.reached]
    count = f"{len(verdicts) - len(missed)} of {len(verdicts)} are reached."
    parts = ["## Goals", markdown(["", "", "", *sets], lines), count]
    return parts + (["Not reached:\n\n" + "\n".join(missed)] if missed else [])


def _slower_than_copies(results: Results) -> list[str]:
    """In memory, with all threads, what arithmetic or anything else makes slower than a copy."""
    most = max((case.threads for case in results), default=1)
    lines = []
    for case, result in results.items():
        share = result.ratio("copy") if (case.place, case.threads) == (MEMORY, most) else None
        if share is not None and share < goals.OF_A_COPY and case.mode != "allocated":
            words = case.words(("operator", "variant", "task", "dtype", "mode", "instruction_set"))
            lines.append(f"* {words}: {share:.0%}")
    title = f"## In memory, with all threads, below {goals.OF_A_COPY:.0%} of a copy's speed"
    return [title, "\n".join(lines)] if lines else []


def _missed(verdict: goals.Verdict) -> str:
    case, goal, found = verdict
    what = ", ".join([*_goal_of(case), case.instruction_set])
    return f"* {what}: {found:.2f} of {goal:g}"


def _goal_of(case: Case) -> tuple[str, str, str]:
    return case.dtype, case.operator, case.task


def _verdict(verdict: goals.Verdict | None) -> str:
    if verdict is None:
        return ""
    found = f"{verdict.found:.2f}×"
    return f"{found if verdict.reached else f'**{found}**'} of {verdict.goal:g}"


def _section(key: dict[str, object], results: Results) -> list[str]:
    count = "one thread" if key["threads"] == 1 else f"{key['threads']} threads"
    parts = [f"## {key['dtype']}, {key['instruction_set']}, {count}"]
    rows = list(dict.fromkeys((case.operator, case.variant) for case in results))
    for place in (CACHE, MEMORY):
        kinds = list(dict.fromkeys(_kind(case) for case in results if case.place == place))
        if kinds:
            count = next(case.count() for case in results if case.place == place)
            head = [f"{place}, {count} elements", *(f"{task}, {mode}" for _, task, mode in kinds)]
            parts.append(markdown(head, _lines(results, rows, kinds, _cell)))
    compiled = {case: r for case, r in results.items() if "compiled" in r.times}
    if compiled:
        rows = list(dict.fromkeys((case.operator, case.variant) for case in compiled))
        kinds = list(dict.fromkeys(_kind(case) for case in compiled))
        head = ["torch.compile", *(", ".join(kind) for kind in kinds)]
        parts.append(markdown(head, _lines(compiled, rows, kinds, _beside_compiled)))
    return parts


def _kind(case: Case) -> Kind:
    return case.place, case.task, case.mode


def _lines(results: Results, rows: Rows, kinds: list[Kind], cell: object) -> list[list[str]]:
    found = {(case.operator, case.variant, *_kind(case)): r for case, r in results.items()}
    return [
        [" ".join(filter(None, row)), *(cell(found.get((*row, *kind))) for kind in kinds)]
        for row in rows
    ]


def _calls(results: Results) -> list[str]:
    parts = []
    for instruction_set in _present(results, "instruction_set"):
        for variant, title in (("", "torch.ops"), (FUNCTIONS, "Python functions")):
            key = {"instruction_set": instruction_set, "place": ONE, "variant": variant}
            chosen = {case: result for case, result in results.items() if _has(case, key)}
            found = {(case.operator, case.task): result for case, result in chosen.items()}
            lines = [
                [operator, *(_both(found.get((operator, task))) for task in CALLS)]
                for operator in dict.fromkeys(case.operator for case in chosen)
            ]
            if lines:
                parts.append(f"## One element, {title}, {instruction_set}")
                parts.append(markdown(["µs of ours, and of PyTorch's", *CALLS], lines))
    return parts


def _cell(result: Result | None) -> str:
    if result is None:
        return ""
    ratio, share = result.ratio(), _share(result)
    return f"{number(ratio)}× ({share})" if ratio else f"({share})"


def _beside_compiled(result: Result | None) -> str:
    return f"{number(result.ratio('compiled'))}×" if result else ""


def _both(result: Result | None) -> str:
    return f"{micro(result, 'ours')}, {micro(result, 'torch')}" if result else ""


def _present(results: Results, field: str) -> list:
    return list(dict.fromkeys(getattr(case, field) for case in results))


def _has(case: Case, key: dict[str, object]) -> bool:
    return all(getattr(case, field) == value for field, value in key.items())


def number(ratio: float | None) -> str:
    """A ratio; nothing where there is none."""
    return "" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


def micro(result: Result, name: str) -> str:
    """Microseconds of a contestant; nothing where it is missing."""
    if name not in result.times:
        return ""
    micro = result.times[name].median * 1e6
    return f"{micro:.2f}" if micro < 100 else f"{micro:,.0f}"


def _speed(result: Result) -> str:
    return f"{result.speed() / 1e9:.0f}" if result.bytes else ""


def _share(result: Result) -> str:
    share = result.ratio("copy")
    return "" if share is None else f"{share:.0%}"
