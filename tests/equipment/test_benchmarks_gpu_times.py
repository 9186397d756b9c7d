"""What the benchmarks of the GPU make of times: turns, goals, files and pages."""

import sys
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from development import ROOT

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("benchmarks", reason="the tests run beside an installed package, without it")

from nonlin.testing.clock import Contestant

from benchmarks.case import FUNCTIONS, TASKS, operators
from benchmarks.gpu import clock, comparison, goals, plot, rotation, run, summary
from benchmarks.gpu.case import CACHES, COLD, HOST, SIZES, TYPES, WARM, Case, Selection, plan
from benchmarks.gpu.clock import EVENTS, GRAPH, HOST_TIME, UNKNOWN, GpuClock, Timed, go_around
from benchmarks.gpu.environment import Setting
from benchmarks.gpu.shapes import KINDS
from benchmarks.store import Result

L2 = 50 * 2**20
HERE = Setting("a GPU", "2001-02-03", "0.1", "2.15", "13.0", "driver 1")
MISH = Case("mish", "", "value", "bfloat16", COLD, 2**26)
EVERYTHING = Selection(operators(), (*TASKS, HOST), TYPES, CACHES, SIZES, KINDS)


def measured(ours: float, builtin: float, copy: float = 1.0, kernel: float | None = None) -> Result:
    seconds = {"ours": ours, "torch": builtin, "copy": copy}
    if kernel:
        seconds["kernel"] = kernel
    times = {n: Timed(s, s / 2, 2 * s, 9, GRAPH, 2.0**20) for n, s in seconds.items()}
    return Result(times, 2**30, HERE)


def program(*words: object) -> None:
    run.main([str(word) for word in words])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {goals.COPY: 0.93, goals.PYTORCH: 1.8}),
        ({"operator": "selu"}, {goals.COPY: 0.93, goals.PYTORCH: 1}),
        ({"operator": "selu", "task": "double backward"}, {goals.COPY: 0.93, goals.PYTORCH: 3}),
        (
            {"operator": "gelu_tanh", "task": "double backward"},
            {goals.COPY: 0.93, goals.PYTORCH: 10},
        ),
        ({"dtype": "float32"}, {goals.PYTORCH: 1}),
        ({"elements": 2**24}, {goals.PYTORCH: 1}),
        ({"cache": WARM}, {goals.PYTORCH: 1}),
        ({"task": "call", "cache": HOST}, {goals.PYTORCH: 1}),
        ({"task": "call", "cache": HOST, "variant": FUNCTIONS}, {}),
    ],
)
def test_goals(change, expected):
    assert goals.goals(MISH._replace(**change)) == expected


@pytest.mark.parametrize(("copy", "ratio"), [(0.93, 1.8), (0.9249, 1.796), (0.9, 2.0), (1.0, 1.5)])
def test_verdicts(copy, ratio):
    """As the numbers are printed; double backward's share is that of the operator."""
    found = {v.what: v for v in goals.verdicts({MISH: measured(1.0, ratio, copy)})}
    assert found[goals.COPY].reached == (round(copy, 2) >= 0.93)
    assert found[goals.PYTORCH].reached == (round(ratio, 2) >= 1.8)
    case = MISH._replace(task="double backward")
    of_a_copy, _ = goals.verdicts({case: measured(2.0, 9.0, copy, kernel=1.0)})
    assert of_a_copy.found == copy
    assert not list(goals.verdicts({MISH: measured(UNKNOWN, UNKNOWN)}))


def test_page(tmp_path):
    """Files keep what was found; the page names what missed its goal, and the drawings."""
    cases = plan(EVERYTHING, L2)
    found = {c: measured(1e-3, 2e-3, 0.95e-3, 1e-3) for c in sorted(cases, key=Case.order)}
    found[MISH] = measured(1e-3, 1.5e-3, 0.9e-3)
    found[MISH].times["torch"] = found[MISH].times["torch"]._replace(how=EVENTS)
    path = tmp_path / "new" / "gpu.csv"
    run.STORE.save(path, found)
    assert run.STORE.load(path) == found and list(run.STORE.load(path)) == list(found)
    few = {case: result for case, result in found.items() if case.operator in ("mish", "prelu")}
    drawings = plot.draw(path.with_suffix(""), few)
    assert [drawing.name for drawing in drawings] == ["gpu-cold.svg", "gpu-warm.svg"]
    assert all(0 < drawing.stat().st_size < 50_000 for drawing in drawings)
    page = summary.page(found, drawings, ["something: why"])
    for text in (
        "# Speed on a GPU", "(gpu-cold.svg)", "| bfloat16, about 256 Mi elements | value |",
        "* mish, value, bfloat16, cold, 2^26 elements, of a copy: 0.90 of 0.93",
        "* mish, value, bfloat16, cold, 2^26 elements, beside PyTorch: 1.50 of 1.8",
        "2.00× (95%) 1,074 GB/s", "## bfloat16, shapes of networks, cold", "## float64, warm",
        "## Not captured in graphs\n\n* mish, value, bfloat16, cold, 2^26 elements\n",
        "## Left out by the last run\n\n* something: why\n",
    ):  # fmt: skip
        assert text in page, text


def test_pages_can_be_written_again(tmp_path, capsys):
    run.STORE.save(tmp_path / "gpu.csv", {MISH: measured(1e-3, 2e-3, 1e-3)})
    program("--page", tmp_path / "gpu.csv")
    assert "written" in capsys.readouterr().out
    assert "| mish | 2.00× (100%) 1,074 GB/s |" in (tmp_path / "gpu.md").read_text()
    with pytest.raises(SystemExit, match="has no results"):
        program("--page", tmp_path / "none.csv")


class FakeGpu:
    """As much of torch.cuda as the clock uses; time passes when a call says so."""

    def __init__(self, monkeypatch):
        self.now, self.order, self.recording = 0.0, [], None
        for name in ("synchronize", "reset_peak_memory_stats", "set_stream", "empty_cache"):
            monkeypatch.setattr(torch.cuda, name, lambda *arguments: None)
        for name, size in (("memory_allocated", 100), ("max_memory_allocated", 164)):
            monkeypatch.setattr(torch.cuda, name, lambda size=size: size)
        for name in ("Stream", "current_stream", "graph_pool_handle"):
            monkeypatch.setattr(torch.cuda, name, lambda: None)
        here = self

        class Graph:
            calls = ()

            def replay(self):
                for call in self.calls:
                    call()

        class Event:
            def __init__(self, enable_timing):
                assert enable_timing

            def record(self):
                self.at = here.now

            def synchronize(self):
                pass

            def elapsed_time(self, end):
                return 1e3 * (end.at - self.at)

        @contextmanager
        def capture(graph, pool, stream):
            here.recording = []
            try:
                yield
                graph.calls = here.recording
            finally:
                here.recording = None

        properties = SimpleNamespace(L2_cache_size=1000)
        monkeypatch.setattr(torch.cuda, "get_device_properties", lambda: properties)
        for name, value in (("CUDAGraph", Graph), ("Event", Event), ("graph", capture)):
            monkeypatch.setattr(torch.cuda, name, value)

    def calls(self, name, seconds, count, error=None):
        """Of a contestant, one for each set."""

        def work():
            self.order.append(name)
            self.now += seconds

        def call():
            if self.recording is None:
                work()
            elif error:
                raise error
            else:
                self.recording.append(work)

        return [call] * count


def test_clock(monkeypatch):
    """Graphs go around all sets, take turns, and follow a replay that is not timed."""
    gpu = FakeGpu(monkeypatch)
    calls = {"a": gpu.calls("a", 0.5, 3), "b": gpu.calls("b", 0.25, 3, RuntimeError("refused"))}
    found = GpuClock(seconds=0.0).measure(MISH, comparison.Comparison(calls, 2**30, {}))
    rounds = rotation.rounds(2**30, 3)
    assert found["a"] == Timed(0.5, 0.5, 0.5, 5, GRAPH, 64.0)
    assert found["b"] == Timed(0.25, 0.25, 0.25, 5, EVENTS, 64.0)
    turn = {name: name * (2 * 3 * rounds) for name in "ab"}
    assert "".join(gpu.order[6:]) == "".join(turn[name] for name in "abbaabbaab")


def test_clock_leaves_lack_of_memory_to_the_session(monkeypatch):
    gpu = FakeGpu(monkeypatch)
    calls = {"a": gpu.calls("a", 0.5, 1, torch.OutOfMemoryError("no memory"))}
    with pytest.raises(torch.OutOfMemoryError):
        GpuClock(seconds=0.0).measure(MISH, comparison.Comparison(calls, 2**30, {}))


def test_results_of_a_round_are_kept():
    """Until their set has its turn again: else all would lie in the same memory."""
    alive = []

    class Output:
        def __init__(self, place):
            self.place = place
            alive.append(place)

        def __del__(self):
            alive.remove(self.place)

    seen = []

    def call(place):
        seen.append(sorted(alive))
        return Output(place)

    go_around([partial(call, place) for place in range(3)], 2)
    assert seen == [[], [0], [0, 1], [1, 2], [0, 2], [0, 1]]


def test_host_times_are_of_many_calls(monkeypatch):
    gpu = FakeGpu(monkeypatch)
    monkeypatch.setattr(clock.time, "perf_counter", lambda: gpu.now)
    (call,) = gpu.calls("a", 2e-6, 1)
    found = GpuClock(seconds=0.0).measure_host(MISH, {"a": Contestant(call)})
    assert found["a"].median == pytest.approx(2e-6) and found["a"].how == HOST_TIME
    assert len(gpu.order) == 5 * (1 + clock.CALLS)
