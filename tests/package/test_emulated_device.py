"""The way of a CUDA tensor down to the kernels, on an emulated device (tests/emulator/device/)."""

import os
import subprocess
import sys

import pytest
import torch
from development import BUILD, ROOT
from rows import ALL

DEVICE = BUILD / "tests" / "emulator" / "libemulated_device.so"
pytestmark = pytest.mark.skipif(
    not DEVICE.exists() or torch.version.cuda is None, reason="no emulated device in this build"
)


def test_operators_of_every_family():
    """Checks, coalescing, alignment, workspaces, allocator, guard and stream, then the PTX."""
    environment = {
        **os.environ,
        "LD_PRELOAD": str(DEVICE),
        "LD_LIBRARY_PATH": str(DEVICE.parent / "driver"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    program = ROOT / "tests" / "emulator" / "device" / "calls.py"
    done = subprocess.run(
        [sys.executable, program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    called = {line.rpartition(":")[0] for line in done.stdout.splitlines()}
    operators = {f"{row}{kind}" for row in ALL for kind in row.KINDS}
    assert called == operators | {f"{row}, autograd" for row in ALL}
