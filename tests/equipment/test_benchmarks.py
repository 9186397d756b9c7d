"""The benchmarks: contestants compute the same, bytes are counted right, and the program runs."""

import functools
import sys
from itertools import zip_longest

import pytest
import torch
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("benchmarks", reason="the tests run beside an installed package, without it")
from nonlin.testing.clock import Contestant
from sweep.evaluator import available

from benchmarks import comparison, results
from benchmarks.case import (
    CACHE,
    CALLS,
    MEMORY,
    ONE,
    TASKS,
    TYPES,
    Case,
    Selection,
    operators,
    plan,
)
from benchmarks.comparison import build
from benchmarks.compiled import program
from benchmarks.run import main
from benchmarks.worker import Ended, Worker

MISH = Case("mish", "", "value", "float32", CACHE, 1, "out", "avx2", 4096)
TINY = ["--in-cache", "64", "--in-memory", "256", "--seconds", "1e-3", "--threads", "1"]


@functools.cache
def every() -> list[Case]:
    sizes = {CACHE: 100, MEMORY: 3000}
    return plan(Selection(operators(), (*TASKS, ONE), TYPES[:2], sizes, [1], ["avx2"]))


def numbers(contestant: Contestant) -> list[torch.Tensor]:
    if contestant.prepare:
        contestant.prepare()
    found = contestant.call()
    found = found if isinstance(found, (tuple, list)) else [found]
    # Autograd has no gradient where nothing depends on the input.
    return [torch.zeros(1) if t is None else t.detach().double() for t in found]


@pytest.mark.parametrize("name", operators())
def test_contestants_compute_the_same(name, monkeypatch):
    """Also what torch.compile is given, here without a compiler."""
    monkeypatch.setattr(comparison, "compiled", lambda side, what, threads: program(side, what))
    for case in every():
        if case.operator != name:
            continue
        contestants, _, failed = build(case, True)
        assert not failed
        found = {whose: numbers(c) for whose, c in contestants.items() if whose != "copy"}
        assert case.task in CALLS or "compiled" in found
        expected = found.pop("ours")
        for whose, got in found.items():
            for mine, other in zip_longest(expected, got, fillvalue=torch.zeros(1)):
                # In units of the largest: gradients of weights are sums.
                allowed = {"float32": 1e-5, "bfloat16": 0.03}[case.dtype]
                error = (mine - other).abs().max() / mine.abs().max().clamp(min=1)
                assert error <= allowed, f"{case}: {whose} differs by {error:.2g}"


@pytest.mark.parametrize(
    ("name", "task", "mode", "size", "variant"),
    [
        ("mish", "value", "out", 8, ""),
        ("mish", "value", "in place", 8, ""),
        ("mish", "backward", "allocated", 12, ""),
        ("mish", "double backward", "allocated", 20, ""),
        ("prelu", "backward", "allocated", 12 + 8 / 4096, "single weight"),
        ("maxout", "value", "allocated", 6, "(N, 768), dim -1, k = 2"),
        ("maxout", "value and index", "allocated", 6.5, "(N, 768), dim -1, k = 2"),
        ("maxout", "backward", "allocated", 6.5, "(N, 768), dim -1, k = 2"),
        ("maxout", "double backward", "allocated", 6.5, "(N, 768), dim -1, k = 2"),
    ],
)
def test_bytes(name, task, mode, size, variant):
    """Each element of what must be read and written, once."""
    elements = 3840 if name == "maxout" else 4096
    case = MISH._replace(operator=name, task=task, mode=mode, variant=variant, elements=elements)
    assert build(case, False).bytes == size * elements


@pytest.mark.parametrize("fresh", [0, 4000, 8000, 16000])
def test_copy_touches_as_many_bytes(fresh, monkeypatch):
    made = []
    clone, copy = torch.Tensor.clone, torch.Tensor.copy_
    monkeypatch.setattr(torch.Tensor, "clone", lambda t: made.append(("new", t.nbytes)) or clone(t))
    monkeypatch.setattr(
        torch.Tensor, "copy_", lambda t, s: made.append(("old", t.nbytes)) or copy(t, s)
    )
    comparison._copy(16000, fresh)()
    assert sum(size for _, size in made) == 8000  # read, and as many written
    assert sum(size for kind, size in made if kind == "new") == min(fresh, 8000)


@pytest.mark.parametrize("late", [False, True])
def test_failing_compilers_are_named(late, monkeypatch):
    """Whether torch.compile raises or the first call does."""

    def fail(*arguments, **keywords):
        raise ValueError("no compiler\nand more")

    monkeypatch.setattr(comparison, "compiled", lambda *arguments: fail if late else fail())
    contestants, _, failed = build(MISH, True)
    assert set(contestants) == {"ours", "torch", "copy"}
    assert failed == {"compiled": "ValueError: no compiler"}


def test_other_instruction_sets_are_refused():
    worker = Worker("scalar", False)
    with pytest.raises(RuntimeError, match="nonlin runs scalar, and PyTorch default"):
        worker.measure(MISH, 0.01, False)
    worker.close()


def test_processes_that_end_are_replaced(monkeypatch):
    """One that has measured before is, and a new one is not: it would end again."""
    worker = Worker(available()[-1], False)
    case = MISH._replace(instruction_set=available()[-1])
    worker.measure(case, 0.01, False)
    worker._process.kill()
    assert "ours" in worker.measure(case, 0.01, False).times
    worker.close()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    worker = Worker(available()[-1], False)
    with pytest.raises(Ended, match=r"mish.*failed: its process ended with 1"):
        worker.measure(case, 0.01, False)
    worker.close()


def test_program(tmp_path, capsys):
    """From the command line to the page; a second run renews only its operators."""
    sets = ["--instruction-sets", *available()[-2:]]
    main(["mish", *TINY, *sets, "--types", "float32", "--output", str(tmp_path)])
    (path,) = tmp_path.glob("*.csv")
    before = results.load(path)
    main(["maxout", *TINY, *sets[:2], "--types", "float64", "--output", str(tmp_path)])
    after = results.load(path)
    assert {case: after[case] for case in before} == before
    assert {case.operator for case in after} == {"mish", "maxout"}
    assert {"reused", "out", "in place", "allocated"} == {case.mode for case in after}
    page = path.with_suffix(".md").read_text()
    for text in (results.processor(), torch.__version__, "| mish |", "| maxout |", "## float64"):
        assert text in page
    for place in ("in-cache", "in-memory"):
        name = f"{path.stem}-{place}.svg"
        assert name in page and 0 < (tmp_path / name).stat().st_size < 150_000
    assert f"written: {path.with_suffix('.md')}" in capsys.readouterr().out


def test_quick_mode_prints_and_writes_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("benchmarks.run.RESULTS", tmp_path / "results")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # what compilers keep
    main(["swish", *TINY, "--quick", "--compile", "--tasks", "value"])
    text = capsys.readouterr().out
    assert results.processor() in text and "compiled" in text and "left out" not in text
    assert not (tmp_path / "results").exists()


def test_what_takes_too_much_memory_is_named(capsys):
    few = ["elu", *TINY, "--quick", "--tasks", "value", "--places", "cache", "memory"]
    main([*few, "--memory", "5e-6"])
    said = "left out: elu, value, float32, in memory: takes about 0.0 GiB, and 5e-06 are allowed"
    assert said in capsys.readouterr().out
    with pytest.raises(SystemExit, match="nothing to measure"):
        main([*few, "--memory", "0"])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["relu7"], "no row 'relu7'; choose from gelu"),
        (["--in-cache", "0"], "'0' is not a positive number"),
        (["--types", "int8"], "invalid choice: 'int8'"),
    ],
)
def test_command_line_refuses(option, message, capsys):
    with pytest.raises(SystemExit):
        main(option)
    assert message in capsys.readouterr().err
