"""Every CUDA kernel on small tensors, as such and under the tools of compute-sanitizer."""

import os
import shutil
import subprocess
import sys

import pytest
import torch
from accuracy import assert_same_bits
from device import DEVICE
from kernel_calls import LAYOUTS, SHAPES, every_call, tensors
from rows import DTYPES

pytestmark = pytest.mark.cuda


@pytest.mark.sanitizer
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_kernel(layout, dtype):
    """Elements have the bits that they have in dense tensors."""
    lay = LAYOUTS[layout]
    for shape in SHAPES:
        calls = []
        for arrange in (lay, lambda t: lay(t).contiguous()):
            torch.manual_seed(0)
            calls.append(list(every_call(shape, dtype, DEVICE, arrange)))
        for (name, run), (_, run_dense) in zip(*calls, strict=True):
            # A weight has one dimension; its gradient is a sum, whose order the layout decides.
            got, want = ([t for t in tensors(r()) if t.dim() > 1] for r in (run, run_dense))
            assert_same_bits(got, want, f"{name}, {shape}, {layout}")


def sanitizer() -> str:
    found = shutil.which("compute-sanitizer") or shutil.which(
        "compute-sanitizer", path="/usr/local/cuda/bin"
    )
    return found or pytest.skip("needs compute-sanitizer, which comes with the CUDA toolkit")


@pytest.mark.parametrize("tool", ["memcheck", "racecheck", "initcheck", "synccheck"])
def test_compute_sanitizer(tool):
    """It finds nothing; each tensor has an allocation of its own, whose ends it knows."""
    command = [sanitizer(), "--tool", tool, "--error-exitcode", "99"]
    command += [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--require-cuda",
        "-m",
        "sanitizer",
        __file__,
    ]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTORCH_NO_CUDA_MEMORY_CACHING": "1"},
        capture_output=True,
        text=True,
    )
    said = (done.stdout + done.stderr)[-4000:]
    assert done.returncode == 0, (
        f"compute-sanitizer --tool {tool} ended with {done.returncode}:\n{said}"
    )
