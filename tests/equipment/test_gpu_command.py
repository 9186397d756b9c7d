"""`make gpu` without a card: every step on the CPU, and what ends a process or a run."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from development import BUILD, ROOT, needs_build
from rows import GROUPWISE, OPERATORS, PARAMETRIC

sys.path.append(str(ROOT))
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("gpu", reason="the tests run beside an installed package, without tools/")

from gpu import STAGES, build
from gpu.__main__ import main
from gpu.journal import Journal
from gpu.session import Session

# What a machine with a card need not have: packages, and a network.
BARE = """
import socket, sys
for name in ("pytest", "numpy", "scipy", "matplotlib", "gmpy2", "tqdm", "expecttest"):
    sys.modules[name] = None
def refuse(*arguments): raise OSError("no network")
socket.socket.connect = refuse
"""
# A worker with a step for each way to go.
WORKER = """
import json, os, sys, time
names = {names}
say = lambda **words: print(json.dumps(words), flush=True)
say(steps={{"agreement": [["mish", name] for name in names]}})
for line in sys.stdin:
    name = names[json.loads(line)[1]].split()[0]
    say(at="value of " + name)
    if name == "abort": os.abort()
    if name == "hang": time.sleep(600)
    if name == "half": os.write(1, b'{{"done": 0.1, "che'); sys.exit(3)
    if name == "lost":
        say(failure={{"what": "value", "raised": "RuntimeError: an illegal memory access"}})
        say(lost="RuntimeError: an illegal memory access")
        break
    say(done=0.1, checks=2, failed=0)
"""


def lines(folder: Path, kind: str) -> list[dict]:
    found = map(json.loads, (folder / "results.jsonl").read_text().splitlines())
    return [line for line in found if line["kind"] == kind]


def command(folder: Path, *words: object) -> list[str]:
    program = [sys.executable, "-m", "gpu", "--dry-run", "--output", folder, "--built", BUILD]
    return [str(word) for word in (*program, *words)]


def bare(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(BARE)
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT / "tools")))}


# Maxout copies numbers; PyTorch has no slope of signs whose time could be compared.
LEFT_OUT = {("maxout", "sixteen"), ("sign", "speed"), ("sign_ste", "speed")}


@needs_build
def test_dry_run(tmp_path):
    """Every step is right, with nothing but PyTorch and the package."""
    out = tmp_path / "out"
    done = subprocess.run(
        command(out, "--minutes", 20), env=bare(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (out / "page.md").read_text()
    assert page.startswith("# Dry run: no kernel ran on a GPU.") and "**Finished**" in page
    assert "Failed" not in page and "* tests: pytest is not installed" in page
    counts = {name: len([s for s in lines(out, "step") if s["stage"] == name]) for name in STAGES}
    assert counts.pop("tests") == 0 and all(counts.values()), counts
    for name in (*(row.operator for row in (*OPERATORS, *PARAMETRIC, *GROUPWISE)), "maxout"):
        for stage, count in counts.items():
            told = [s for s in lines(out, "step") if name in s["step"] and s["stage"] == stage]
            assert told or (name, stage) in LEFT_OUT, (name, stage, count)
    assert lines(out, "speed") and (out / "speed.csv").exists() and "µs" not in page


@needs_build
def test_tests_are_collected(tmp_path):
    done = subprocess.run(command(tmp_path, "--stages", "tests"), cwd=ROOT / "tools")
    assert done.returncode == 0
    assert "test_graphs" in (tmp_path / "tests.log").read_text()


@needs_build
def test_a_killed_run_leaves_a_page(tmp_path):
    """Whole lines, and a page that says where it was."""
    with subprocess.Popen(command(tmp_path), cwd=ROOT / "tools") as process:
        while not (tmp_path / "results.jsonl").exists() or not lines(tmp_path, "step"):
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()
    assert lines(tmp_path, "step")
    page = (tmp_path / "page.md").read_text()
    assert "**Not finished. In agreement: every operator" in page and "| running |" in page


def run(tmp_path: Path, *names: str, minutes: float = 1.0, limit: float = 2.0) -> Journal:
    """The steps of a worker that is told what to do."""
    journal = Journal(tmp_path, minutes, dry=True)
    worker = sys.executable, "-c", WORKER.format(names=list(names))
    session = Session(journal, journal.began + 60 * minutes, dict(os.environ), worker, limit)
    try:
        if session.start():
            session.run("agreement")
    finally:
        session.close()
    return journal


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("abort", "its process ended with signal SIGABRT"),
        ("hang", "no answer within 2 seconds; its process ended with signal SIGKILL"),
        ("half", "its process ended with code 3"),
        ("lost", "RuntimeError: an illegal memory access"),
    ],
)
def test_a_step_that_ends_its_process_is_a_result(name, words, tmp_path):
    journal = run(tmp_path, "fine 1", name, "fine 2")
    (failure,) = lines(tmp_path, "failure")
    assert (failure["stage"], failure["operator"], failure["step"]) == ("agreement", "mish", name)
    assert words in failure["raised"] and failure["what"].startswith("value")
    assert [step["step"] for step in lines(tmp_path, "step")] == ["fine 1", "fine 2"]
    stage = journal.stages["agreement"]
    counts = stage.state, stage.steps, stage.done, stage.checks, stage.failed, stage.ended
    assert counts == ("done", 3, 3, 4, 1, 1)
    page = (tmp_path / "page.md").read_text()
    assert f"* agreement, {name}: value" in page and words in page


def test_an_operator_that_ends_processes_is_left_alone(tmp_path):
    journal = run(tmp_path, "abort 1", "abort 2", "fine 1", "fine 2")
    assert journal.left_out == ["agreement: 2 steps from fine 1 on: mish has ended 2 processes"]


def test_the_time_is_over(tmp_path):
    """In a step, and before one: neither is a failure."""
    journal = run(tmp_path, "fine", "hang", "fine again", minutes=1 / 60, limit=60)
    assert not journal.failed and journal.stages["agreement"].state == "the time was over"
    assert journal.left_out == [
        "agreement, hang, from value of hang on: the time was over",
        "agreement: 1 steps from fine again on: the time was over",
    ]


def test_a_worker_that_does_not_begin(tmp_path):
    journal = Journal(tmp_path, 1, dry=True)
    broken = sys.executable, "-c", "raise SystemExit('no such package')"
    assert not Session(journal, math.inf, dict(os.environ), broken).start() and journal.failed
    assert "code 1; it said: no such package" in lines(tmp_path, "failure")[0]["raised"]


def test_a_run_is_stopped(tmp_path):
    """By a signal, which is passed on."""
    with subprocess.Popen(command(tmp_path), cwd=ROOT / "tools") as process:
        while not (tmp_path / "page.md").exists():
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
    assert "**Stopped**" in (tmp_path / "page.md").read_text()


def test_without_a_card_a_run_ends_with_a_sentence(tmp_path, monkeypatch, capsys):
    if torch.cuda.is_available():
        pytest.skip("there is one")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tools"))
    with pytest.raises(SystemExit, match="1"):
        main(["--output", str(tmp_path)])
    assert "torch.cuda.is_available() is False" in capsys.readouterr().out
    assert "torch.cuda.is_available() is False" in (tmp_path / "page.md").read_text()


def test_builds(tmp_path, monkeypatch):
    """For one architecture and without tests; what goes wrong is said."""
    words = build.configuration(tmp_path, "90", True)
    wanted = {"-DCMAKE_CUDA_ARCHITECTURES=90-real", "-DNONLIN_TESTS=OFF", "-DNONLIN_CUDA=ON"}
    assert {*wanted, f"-DPython_EXECUTABLE={sys.executable}"} <= set(words)
    log, end = tmp_path / "build.log", time.monotonic() + 60
    monkeypatch.setattr(build, "configuration", lambda *_: [sys.executable, "-c", "0 / 0"])
    why = build.build(tmp_path, "90", True, log, end)
    assert why.startswith("it ended with 1: ") and "ZeroDivisionError" in build.said(log)
    script = "trap 'echo asked; exit 1' TERM; sleep 60 & wait"  # ninja ends compilers then
    monkeypatch.setattr(build, "configuration", lambda *_: ["bash", "-c", script])
    assert "the time was over" in build.build(tmp_path, "90", True, log, time.monotonic() + 1)
    assert build.said(log) == "asked"
    monkeypatch.setattr(build, "configuration", lambda *_: ["no-such-cmake"])
    assert "No such file or directory: no-such-cmake" in build.build(tmp_path, "90", True, log, end)
