"""Compiling the package for one card: no tests, one architecture, the Python that runs this."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from gpu.child import end_group
from gpu.facts import ROOT, nvcc

TARGETS = ("nonlin", "nonlin_python")
SAID = 30  # lines of a build that failed


def environment(folder: Path) -> dict[str, str]:
    """Of processes that import the package, this one, the benchmarks and the rows of the tests."""
    path = [folder / "stage", ROOT / "tools", ROOT, ROOT / "tests"]
    before = os.environ.get("PYTHONPATH", "")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [*map(str, path), before]))}


def configuration(folder: Path, architecture: str, required: bool) -> list[str]:
    """What CMake is asked for; kernels are required where there is a card."""
    options = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_CUDA_ARCHITECTURES": f"{architecture}-real",
        "NONLIN_PYTHON": "ON",
        "NONLIN_TESTS": "OFF",
        "Python_EXECUTABLE": sys.executable,
    } | ({"NONLIN_CUDA": "ON"} if required else {})
    words = [f"-D{name}={value}" for name, value in options.items()]
    return ["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja", *words]


def build(folder: Path, architecture: str, required: bool, log: Path, end: float) -> str:
    """Compile what is not compiled yet; why that failed, or nothing."""
    commands = [
        configuration(folder, architecture, required),
        ["cmake", "--build", str(folder), "--target", *TARGETS],
    ]
    compiler = {"CUDACXX": found} if (found := nvcc()) else {}
    with log.open("w") as file:
        for command in commands:
            if why := _run(command, os.environ | compiler, file, end):
                return f"{why}: `{' '.join(command[:3])} …`, see {log.name}"
    return ""


def said(log: Path) -> str:
    """The end of it."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-SAID:])


def _run(command: list[str], variables: dict[str, str], file: object, end: float) -> str:
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=variables,
            start_new_session=True,
        )
    except OSError as error:
        return f"{error.strerror}: {command[0]}"
    try:
        code = process.wait(max(0, end - time.monotonic()))
        return f"it ended with {code}" if code else ""
    except subprocess.TimeoutExpired:
        return "the time was over"
    finally:
        end_group(process, asked=True)
