"""The way of a CUDA tensor down to the kernels, on an emulated device (tests/emulator/device/)."""

import os
import subprocess
import sys

import pytest
import torch
from development import BUILD, ROOT

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
    }
    program = ROOT / "tests" / "emulator" / "device" / "calls.py"
    done = subprocess.run(
        [sys.executable, program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "autograd: 2 launches" in done.stdout
