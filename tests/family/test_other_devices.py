"""A device for which there are no kernels: every operator runs there as its expression.

The device is tests/cpp/device/loom.cpp. It is loaded by another process, in which the tests of
families that are marked `devices` take it for the CUDA device.
"""

import os
import re
import subprocess
import sys

import pytest
from development import ROOT, needs_build
from loom import LIBRARY

pytestmark = [
    needs_build,
    pytest.mark.skipif(not LIBRARY.is_file(), reason="this build has no C++ tests"),
]
FAMILIES = ("out", "overlap", "inplace")


def passed(*arguments: object) -> int:
    """How many tests pass there; nothing fails or is skipped."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, arguments)],
        env={**os.environ, "NONLIN_TEST_DEVICE": "loom"},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    found = re.match(r"(\d+) passed(?:, \d+ deselected)? in", last)
    assert found, last
    return int(found[1])


def test_every_operator():
    assert passed(ROOT / "tests" / "family" / "on_loom.py") > 80


def test_families():
    """`out`, overlaps and writing in place, as on every other device."""
    files = [ROOT / "tests" / "family" / f"test_{name}.py" for name in FAMILIES]
    # torch.library.opcheck knows CPUs, CUDA and XPU.
    assert passed("-m", "cuda", "-k", "not opcheck", *files) > 150
