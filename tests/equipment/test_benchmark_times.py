"""What the benchmarks make of times: turns, medians, files of results, and goals."""

import sys

import pytest
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("benchmarks", reason="the tests run beside an installed package, without it")
from nonlin.testing import Gated, catalogue, clock
from nonlin.testing.clock import Contestant, Spread, interleave, spread

from benchmarks import goals, results, summary
from benchmarks.case import CACHE, MEMORY, ONE, TASKS, TYPES, Case, Selection, operators, plan
from benchmarks.results import Result, Setting

HERE = Setting("a processor", "2001-02-03", "0.1", "2.15")
MISH = Case("mish", "", "value", "float32", CACHE, 1, "out", "avx2", 4096)


def measured(ours: float, builtin: float, copy: float = 0.5) -> Result:
    seconds = {"ours": ours, "torch": builtin, "copy": copy}
    return Result({n: Spread(s, s, s, 9) for n, s in seconds.items()}, 2**30, HERE)


class Clock:
    """Time that passes when a call says so."""

    def __init__(self, monkeypatch):
        self.now, self.order = 0.0, []
        monkeypatch.setattr(clock.time, "perf_counter", lambda: self.now)

    def contestant(self, name, seconds, prepare=None):
        def call():
            self.order.append(name)
            self.now += seconds() if callable(seconds) else seconds

        return Contestant(call, prepare)


def test_calls_take_turns(monkeypatch):
    time = Clock(monkeypatch)
    slow = {name: time.contestant(name, cost) for name, cost in (("a", 0.02), ("b", 0.5))}
    samples = interleave(slow, seconds=100.0, most=6)
    assert {name: {round(s, 9) for s in found} for name, found in samples.items()} == {
        "a": {0.02},
        "b": {0.5},
    }
    assert "".join(time.order) == "aaa" + "b" + "abba" * 3


def test_short_calls_are_repeated_and_long_ones_few(monkeypatch):
    time = Clock(monkeypatch)
    found = interleave({"a": time.contestant("a", 1e-6)}, seconds=1.0, most=7)
    assert [round(s, 12) for s in found["a"]] == [1e-6] * 7
    assert len(time.order) == 3 + 7 * (1 + 300)
    found = interleave({"b": time.contestant("b", 3.0)}, seconds=0.1)
    assert len(found["b"]) == 5


def test_preparations_are_not_timed(monkeypatch):
    time = Clock(monkeypatch)

    def prepare():
        time.now += 10.0

    found = interleave({"a": time.contestant("a", 2.0, prepare)}, seconds=1.0)
    assert found["a"] == [2.0] * 5


def test_medians_forget_interruptions(monkeypatch):
    time = Clock(monkeypatch)
    costs = iter([1.0, 1.0, 9.0, 1.0, 50.0, 1.0])
    found = interleave({"a": time.contestant("a", lambda: next(costs))}, seconds=1.0)
    assert spread(found["a"]) == Spread(1.0, 1.0, 9.0, 5)


def test_files_keep_what_was_found(tmp_path):
    sizes = {CACHE: 100, MEMORY: 3000}
    cases = plan(Selection(operators(), (*TASKS, ONE), TYPES, sizes, [1, 2], ["avx512", "avx2"]))
    found = {case: measured(0.25, 0.125 * (1 + i % 7)) for i, case in enumerate(cases)}
    path = tmp_path / "new" / "found.csv"
    results.save(path, results.merge({}, found))
    assert results.load(path) == found
    text = path.read_text().replace("\nmish,", "\nrelu7,").replace('"(N, 1024)"', "(1024)")
    path.write_text(text)
    gone = [c for c in found if c.operator == "mish" or c.variant == "(N, 1024)"]
    assert gone and set(results.load(path)) == set(found) - set(gone)


def test_new_results_replace_old_ones():
    old, other = measured(1.0, 2.0), MISH._replace(threads=2)
    new = MISH._replace(elements=5000)
    merged = results.merge({MISH: old, other: old}, {new: measured(3.0, 2.0)})
    assert {case: found.ratio() for case, found in merged.items()} == {new: 2 / 3, other: 2.0}


@pytest.mark.parametrize(("ratio", "reached"), [(6.0, True), (5.996, True), (5.98, False)])
def test_goals(ratio, reached):
    """Of values with `out=`, in cache, with one thread; of the rest nothing is said."""
    others = [MISH._replace(**kind) for kind in (
        {"mode": "allocated"}, {"threads": 2}, {"place": MEMORY}, {"operator": "selu"},
    )]  # fmt: skip
    found = {case: measured(1.0, 0.1) for case in others} | {MISH: measured(1.0, ratio)}
    (verdict,) = goals.verdicts(found)
    assert (verdict.case, verdict.goal, verdict.reached) == (MISH, 6, reached)
    page = summary.page(found, [], [])
    assert ("1 of 1 are reached" in page) == reached
    assert ("* float32, mish, value, avx2: 5.98 of 6" in page) != reached


def test_every_operator_has_goals():
    alike = {name for name in operators() if isinstance(catalogue[name], Gated)}  # no slower
    for name, table in (("VALUE", goals.VALUE), ("BACKWARD", goals.BACKWARD)):
        missing = set(operators()) - {*table, *goals.WITHOUT, *alike}
        assert missing == set(), (
            f"{sorted(missing)} have no goal: write how many times faster than PyTorch's they have "
            f"to be into {name} of benchmarks/goals.py, or into WITHOUT why there is none"
        )


@pytest.mark.parametrize(("dtype", "goal"), [("bfloat16", 6), ("float16", 6), ("float64", 1)])
def test_goals_of_other_types(dtype, goal):
    case = MISH._replace(dtype=dtype)
    (verdict,) = goals.verdicts({case: measured(1.0, 2.0)})
    assert (verdict.case, verdict.goal, verdict.found) == (case, goal, 2)


@pytest.mark.parametrize(("copy", "listed"), [(0.95, False), (0.85, True)])
def test_less_than_a_copy(copy, listed):
    case = MISH._replace(place=MEMORY, threads=2)
    page = summary.page({case: measured(1.0, 5.0, copy=copy)}, [], [])
    assert ("* mish, value, float32, out, avx2: 85%" in page) == listed
