"""What a build needs and leaves out, and what it says, as an import does, of what is amiss."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nonlin
import numpy as np
import pytest
import torch
from development import ROOT, needs_build, run
from installed import PIP, configure, environment, import_error, python_of, torch_of_version

pytestmark = needs_build
INSTRUCTION_SETS = nonlin._C.build_info()["instruction_sets"]


def test_old_torch_is_refused_by_the_build(tmp_path: Path):
    done = configure(
        ROOT, tmp_path / "build", f"-DTORCH_ROOT={torch_of_version('2.9.1', tmp_path)}"
    )
    assert done.returncode != 0
    message = " ".join(done.stderr.split())
    assert '"2.9.1"' in message and 'required is at least "2.11"' in message


def test_build_without_torch(tmp_path: Path):
    """What `pip install .` says in an environment that has no torch."""
    site = environment(tmp_path / "venv", lambda name: re.match("setuptools|_distutils", name))
    command = [*PIP, "--python", python_of(site), "wheel", ROOT, "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", tmp_path]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode != 0
    assert "nonlin: PyTorch is not installed. Run `pip install torch` first." in (
        done.stdout + done.stderr
    )


def test_isolated_builds_download_no_torch():
    """They find the environment's by its path, so that it must not be among their requirements."""
    (requires,) = re.findall(r"^requires = (.*)$", (ROOT / "pyproject.toml").read_text(), re.M)
    assert "torch" not in requires


def test_build_without_cuda(tmp_path: Path):
    """Configured, not compiled: no unit, no source and no library of CUDA is left."""
    root = Path(torch.__file__).parent
    done = configure(ROOT, tmp_path, "-DNONLIN_CUDA=OFF", f"-DTORCH_ROOT={root}")
    assert done.returncode == 0, done.stderr
    rules = (tmp_path / "build.ninja").read_text()
    assert "csrc/torch/" in rules
    assert not re.search(r"\.cu\b|/cuda\.cpp|nvcc|cudart|c10_cuda|DNONLIN_CUDA\b", rules)
    assert "\ncuda=\n" in (tmp_path / "stage/nonlin/lib/build-info").read_text()


@pytest.mark.parametrize(
    ("printed", "architectures"),
    [
        ("8.0\n9.0\n8.0\n12.0\n", "-DCMAKE_CUDA_ARCHITECTURES=80-real;120-real;90"),
        ("9.0\n", "-DCMAKE_CUDA_ARCHITECTURES=90"),
        ("NVIDIA-SMI has failed because it could not talk to the driver.\n", None),
    ],
)
def test_kernels_are_those_of_the_cards(tmp_path: Path, printed, architectures):
    """What `make` would configure."""
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<END\n{printed}END\n")
    program.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    command = ["make", "--dry-run", "--always-make", "-C", ROOT, "BUILD=none", "none/complete"]
    text = run(*command, env=os.environ | {"PATH": path})
    (line,) = (line for line in text.splitlines() if "NONLIN_TORCH=ON" in line)
    given = [word for word in shlex.split(line) if "ARCHITECTURES" in word]
    assert given == ([architectures] if architectures else [])


def runs(instruction_set: str) -> bool:
    """Whether this processor has it."""
    try:
        nonlin._C.evaluate("mish", "value", np.zeros(1), [], instruction_set)
    except ValueError:
        return False
    return True


def test_build_with_some_instruction_sets(tmp_path: Path):
    """Only these are compiled, scalar always; their units as in a build of all."""
    root = Path(torch.__file__).parent
    options = [f"-DTORCH_ROOT={root}", "-DNONLIN_CUDA=OFF"]
    done = configure(ROOT, tmp_path, "-DNONLIN_INSTRUCTION_SETS=avx512", *options)
    if "is not all, native, or some of scalar\n" in done.stderr:
        pytest.skip("this processor's family has one instruction set")
    assert done.returncode == 0, done.stderr
    rules = (tmp_path / "build.ninja").read_text()
    assert {*re.findall(r"units/(\w+)/mish.cpp\.o", rules)} == {"scalar", "avx512"}
    done = configure(ROOT, tmp_path, "-DNONLIN_INSTRUCTION_SETS=native", *options)
    best = [name for name in INSTRUCTION_SETS if runs(name)][-1]
    assert f"instruction sets: {';'.join(dict.fromkeys(['scalar', best]))}\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["-DNONLIN_INSTRUCTION_SETS=avx2;sse9"],
            'NONLIN_INSTRUCTION_SETS: "sse9" is not all, native, or some of',
        ),
        (
            ["-DNONLIN_INSTRUCTION_SETS=scalar", "-DNONLIN_TESTS=ON"],
            "NONLIN_TESTS needs NONLIN_INSTRUCTION_SETS=all",
        ),
    ],
)
def test_impossible_instruction_sets_are_refused(options: list[str], sentence: str, tmp_path: Path):
    root = Path(torch.__file__).parent
    done = configure(ROOT, tmp_path, f"-DTORCH_ROOT={root}", "-DNONLIN_CUDA=OFF", *options)
    assert done.returncode != 0 and sentence in " ".join(done.stderr.split())


def test_import_of_the_sources(tmp_path: Path):
    message = import_error(sys.executable, tmp_path, ROOT / "python" / "nonlin")
    assert message.startswith("ImportError: nonlin is not built") and "`pip install .`" in message


@pytest.mark.parametrize(
    ("cuda", "here", "words"),
    [
        ("13.0", None, "built for CUDA 13.0, but PyTorch 2.15.0 is a build without CUDA"),
        ("13.0", "12.8", "built for CUDA 13.0, but PyTorch 2.15.0 uses CUDA 12.8"),
    ],
)
def test_other_cuda_is_refused(cuda: str, here: str | None, words: str):
    built = {"version": "0.1.0", "torch": "2.15.0", "cuda": cuda}
    assert words in nonlin._library.incompatibility(built, "2.15.0", here)
    assert nonlin._library.incompatibility({**built, "cuda": ""}, "2.15.0", here) is None
