"""The benchmarks of the GPU, without one: calls are right, plans are in order, runs end well."""

import math
import sys

import nonlin
import pytest
import torch
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("benchmarks", reason="the tests run beside an installed package, without it")

from benchmarks.case import CALLS, TASKS, operators
from benchmarks.gpu import comparison, dry, environment, rotation, run, session, summary
from benchmarks.gpu.case import (
    CACHES,
    COLD,
    HALVES,
    HOST,
    LARGE,
    SIZES,
    TYPES,
    WARM,
    Case,
    Selection,
    plan,
)
from benchmarks.gpu.dry import DRY, DryClock
from benchmarks.gpu.session import Session
from benchmarks.gpu.shapes import KINDS, OTHER, REAL, USUAL, inputs

L2 = 50 * 2**20
MISH = Case("mish", "", "value", "bfloat16", COLD, 2**26)
EVERYTHING = Selection(operators(), (*TASKS, HOST), TYPES, CACHES, SIZES, KINDS)
ONE_OF_EACH_FAMILY = {row["family"]: row["name"] for row in nonlin._C.operators()}.values()


def program(*words: object) -> None:
    run.main([str(word) for word in words])


@pytest.mark.parametrize("name", ONE_OF_EACH_FAMILY)
def test_dry_run(name, tmp_path, capsys):
    """Every call of an operator is right; no time is written or printed. All operators go this way
    in the dry run of test_gpu_command.py."""
    program(name, "--dry-run", "--compile", "--shapes", USUAL, OTHER, "--output", tmp_path)
    said = capsys.readouterr().out
    assert summary.NOTE in said and "left out" not in said and "µs" not in said
    found = run.STORE.load(tmp_path / "dry-run.csv")
    assert {case.dtype for case in found} == set(TYPES)
    assert {case.cache for case in found} == {COLD, WARM, HOST}
    assert {case.task for case in found} >= {"value", "backward", "double backward", *CALLS}
    for case, result in found.items():
        assert {"ours", "torch"} <= set(result.times), case
        assert case.cache == HOST or {"compiled", "copy"} <= set(result.times), case
        for times in result.times.values():
            assert math.isnan(times.median) and times.how == DRY, case
    page = (tmp_path / "dry-run.md").read_text()
    assert page.startswith(f"# {summary.NOTE}") and f"| {name}" in page and "ran" in page
    assert "GB/s" not in page.split("## ", 1)[1] and "## Goals" not in page


def test_dry_run_writes_nothing_by_default(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results")
    few = ["swish", "--tasks", "value", "--types", "float32", "--shapes", REAL]
    program(*few, "--dry-run")
    assert summary.NOTE in capsys.readouterr().out and not (tmp_path / "results").exists()


def test_what_computes_something_else_is_found(monkeypatch, capsys):
    def wrong(dtype, calls, right=dry.compare):
        right(dtype, calls | {"torch": lambda: calls["torch"]() + 1})

    monkeypatch.setattr(dry, "compare", wrong)
    with pytest.raises(SystemExit, match="1 of 1 cases failed"):
        few = ["--tasks", "value", "--types", "float16", "--caches", WARM, "--shapes", USUAL]
        program("mish", "--dry-run", *few)
    said = capsys.readouterr().out
    assert "left out: mish, value, float16, warm, 2^10 elements: ours and torch differ by" in said
    assert "of the largest result; 0.008 is allowed" in said


@pytest.mark.parametrize("size", [2**13, 10**5, 2**20, 200 * 2**20, 200 * 2**20 + 1, 2**30])
def test_sets_exceed_the_cache(size):
    count = rotation.sets(size, L2)
    assert count * size > 4 * L2 >= (count - 1) * size
    assert rotation.fits(size, L2) == (2 * size <= L2)
    assert rotation.rounds(size, count) >= 1


@pytest.mark.parametrize(("cache", "count"), [(COLD, 9), (WARM, 1)])
def test_calls_go_around_sets(cache, count, monkeypatch):
    """Each call has tensors of its own, so that together they exceed the cache."""
    made = []

    def spy(*arguments):
        made.append(inputs(*arguments))
        return made[-1]

    monkeypatch.setattr(comparison, "inputs", spy)
    case = MISH._replace(task="backward", cache=cache, elements=1000)
    calls, size, failed = comparison.build(case, "cpu", 2 * 6000, None)
    assert (size, failed) == (6000, {})
    assert {name: len(found) for name, found in calls.items()} == dict.fromkeys(calls, count)
    assert set(calls) == {"ours", "torch", "copy"}
    assert len({x.data_ptr() for (x,) in made}) == count


def test_failing_compilers_are_named():
    def fail(*arguments):
        raise ValueError("no compiler\nand more")

    case = MISH._replace(elements=64)
    calls, _, failed = comparison.build(case, "cpu", 64, lambda side, attribute: fail)
    assert set(calls) == {"ours", "torch", "copy"}
    assert failed == {"compiled": "ValueError: no compiler"}


def test_plan():
    """What has goals comes first, and everything has its place."""
    cases = plan(EVERYTHING, L2)
    assert len(cases) == len(set(cases)) and all(case.known() for case in cases)
    first = [case.large and case.dtype in HALVES for case in cases]
    assert first == sorted(first, reverse=True)
    wanted = {(name, task) for name in operators() for task in ("value", "backward")}
    assert {(case.operator, case.task) for case in cases[: first.count(True)]} >= wanted
    for case in cases:
        assert case.cache != WARM or 2 * case.moved() <= L2
    swept = {c.elements for c in cases if (c.operator, c.cache, c.kind) == ("mish", COLD, USUAL)}
    assert swept == {2**size for size in SIZES}
    real = {c.elements for c in cases if (c.operator, c.kind) == ("prelu", REAL)}
    assert real == {8192 * 14336, 64 * 256 * 56**2, 16 * 256 * 80**2}
    some = {MISH, MISH._replace(operator="prelu", variant="single weight", elements=LARGE)}
    assert some <= set(cases)


def test_what_is_not_measured_is_named(monkeypatch):
    small = MISH._replace(elements=64)
    for options, why in (
        ({"minutes": 0.0}, f"2 cases, the first of them {small}: the time was over"),
        ({"memory": 1e-6}, f"{small}: takes about 0.0 GiB, and 0.0 are allowed"),
    ):
        late = Session(DryClock(), None, **options)
        assert not list(late.measure([small, MISH])) and late.left_out[0] == why

    def fail(*arguments):
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr(session, "build", fail)
    full = Session(DryClock(), None)
    assert not list(full.measure([small]))
    assert (full.left_out, full.failed) == ([f"{small}: out of memory"], 0)


def test_a_run_without_a_device_ends_with_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for cuda, words in (("13.0", "finds no CUDA device"), ("", "was built without CUDA kernels")):
        monkeypatch.setattr(environment.nonlin._C, "build_info", lambda cuda=cuda: {"cuda": cuda})
        with pytest.raises(SystemExit, match=f"nothing to measure: .*{words}"):
            program("mish")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["relu7"], "no row 'relu7'; choose from gelu"),
        (["--sizes", "35"], "'35' is not a logarithm of a size, from 0 to 34"),
        (["--types", "int8"], "invalid choice: 'int8'"),
        (["mish", "--dry-run", "--tasks", "value and index"], "nothing to measure"),
    ],
)
def test_command_line_refuses(option, message, capsys):
    with pytest.raises(SystemExit) as end:
        program(*option)
    assert message in f"{capsys.readouterr().err}{end.value}"
