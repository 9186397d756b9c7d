"""`make try`: a formula is judged by its header and its definition alone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADER = """#pragma once
#include "csrc/formula.h"

struct Halved {
  parameter rate = 0.5;
  static constexpr auto parameters() { return std::array{named{"rate", &Halved::rate}}; }
  template <class V> NONLIN_INLINE auto operator()(V x) const {
    return jet{%s, V(rate), V(0)};
  }
};
"""
DEFINITION = """def halved(mp, at, rate):
    return lambda x: rate * x
"""


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "quick", *map(str, words)]
    environment = {"PYTHONPATH": str(ROOT / "tools"), "PATH": "/usr/local/cuda/bin:/usr/bin:/bin"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def errors(line: str) -> list[float]:
    return [float(error) for error in re.findall(r"(\S+) at ", line)]


@pytest.fixture
def halved(tmp_path: Path):
    """Runs the formula above with another value."""

    def use(value: str, *words: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "halved.h").write_text(HEADER % value)
        (tmp_path / "halved.py").write_text(DEFINITION)
        given = ("--definition", tmp_path / "halved.py", "--no-cuda", *words)
        return run(tmp_path / "halved.h", *given)

    return use


@pytest.fixture(scope="module")
def mish() -> str:
    """What it says of an activation of the library."""
    done = run("mish")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_errors_of_an_activation(mish):
    lines = {line[:16].strip(): line for line in mish.splitlines()}
    for lane in ("scalar   24 bits", "cuda     24 bits"):
        value, slope, curvature = errors(lines[lane])
        assert 0.5 < value < 2 and 0.5 < slope < 4 and 0.5 < curvature < 10, lines[lane]
    assert all(error < 1e-12 for error in errors(lines["duals"]))
    assert "misrounded" in mish and re.search(r"^\d+\.\d s$", mish, re.MULTILINE)


def test_a_header_that_is_nowhere_registered(halved):
    done = halved("V(rate) * x", "rate=0.25")
    assert done.returncode == 0, done.stderr
    assert "halved(rate=0.25)" in done.stdout
    right = next(line for line in done.stdout.splitlines() if line.startswith("scalar   24"))
    assert max(errors(right)) <= 0.5


def test_a_wrong_formula_is_told_with_its_input(halved):
    done = halved("if_greater(x, 3, V(.75) * x, V(rate) * x)")
    assert "halved(rate=0.5)" in done.stdout
    wrong = next(line for line in done.stdout.splitlines() if line.startswith("scalar   24"))
    assert errors(wrong)[0] > 1e6 and float(wrong.split(" at ")[1].split()[0]) > 3
    duals = next(line for line in done.stdout.splitlines() if line.startswith("duals"))
    assert errors(duals)[0] > 0.1


def test_missed_limits_are_told(halved, mish):
    told = halved("V(rate) * x * (1 / x) * x").stdout
    assert "scalar   24 bits value at inf is nan, where its limit is inf" in told
    assert "limit" not in mish


def test_what_is_wrong_is_said_in_a_line(halved, tmp_path: Path):
    assert run("nothing").stderr.startswith("there is no ")
    (tmp_path / "named.h").write_text(HEADER.replace("Halved", "Named") % "x")
    assert "has no definition `named`" in run(tmp_path / "named.h", "rate=1", "--no-cuda").stderr
    assert "no hyper-parameter 'slope'; it has rate" in halved("x", "slope=1").stderr
    assert "rate must be a number" in halved("x", "rate=much").stderr
    assert "a formula is f(x)" in run("maxout", "--no-cuda").stderr
    told = halved("V(rate) * y").stderr
    assert "halved.h:8:" in told and "y" in told


def test_instructions_of_kernels(mish):
    sys.path.append(str(ROOT / "tools"))
    from quick import build

    if build.nvcc() is None:
        pytest.skip("no nvcc")
    done = run("prelu")
    assert done.returncode == 0, done.stderr
    for kernel, said in (("mish dense", mish), ("prelu weighted_dense", done.stdout)):
        found = [line for line in said.splitlines() if f"sm_90 {kernel}" in line]
        assert len(found) == 4 and all("issue slots" in line for line in found)
