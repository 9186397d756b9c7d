"""Every CUDA kernel on small tensors, as such and under the tools of compute-sanitizer."""

import os
import shutil
import subprocess
import sys

import pytest
import torch
from accuracy import assert_same_bits
from cases import DTYPES
from device import DEVICE
from kernel_calls import every_call, tensors

pytestmark = pytest.mark.cuda

# Heads and tails of vectors, rows of any length, sums of a few slices and of one.
SHAPES = (
    (1, 1, 1),
    (3, 5, 7),
    (5, 3, 66),
    (2, 33, 130),
    (70, 3, 1),
    (3, 1030, 3),
    (20_000, 2, 1),
    (1, 2, 50_001),
)
LAYOUTS = {
    "contiguous": lambda t: t,
    "misaligned": lambda t: torch.cat((t.flatten()[:1], t.flatten()))[1:].view(t.shape),
    "channels last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
    "transposed": lambda t: t.transpose(0, 2).contiguous().transpose(0, 2),
    "sliced": lambda t: torch.stack((t, t), -1)[..., 0],
    "rows apart": lambda t: torch.cat((t, t[..., :1]), -1)[..., : t.size(-1)],
    "expanded": lambda t: t[:1].expand(t.shape),
}


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
