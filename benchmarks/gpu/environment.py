"""Where and when results were found."""

from __future__ import annotations

import datetime
import functools
import shutil
import subprocess
from typing import NamedTuple

import nonlin
import torch

from benchmarks.gpu.dry import DRY

# What nvidia-smi is asked for, and how it is said.
QUERIES = {
    "driver_version": "driver {}",
    "clocks.sm": "SM at {}",
    "clocks.max.sm": "of {}",
    "clocks.mem": "memory at {}",
    "power.limit": "limit {}",
}


class Setting(NamedTuple):
    """Device, versions, and the driver's words on its clocks, after the first case."""

    device: str
    date: str
    nonlin: str
    torch: str
    cuda: str
    driver: str


def setting(device: str) -> Setting:
    """Of this run."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    versions = nonlin.__version__, torch.__version__
    if device == "cpu":
        return Setting(DRY, today, *versions, "none", "none")
    name = torch.cuda.get_device_name()
    return Setting(name, today, *versions, str(torch.version.cuda), _driver())


def missing() -> str:
    """What a run on a GPU lacks, in a sentence."""
    if not nonlin._C.build_info()["cuda"]:
        return "nothing to measure: this nonlin was built without CUDA kernels, which need nvcc"
    if not torch.cuda.is_available():
        return "nothing to measure: PyTorch finds no CUDA device here; --dry-run needs none"
    return ""


@functools.cache
def _driver() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return "unknown: no nvidia-smi"
    device = f"--id=GPU-{torch.cuda.get_device_properties().uuid}"
    words = [program, device, f"--query-gpu={','.join(QUERIES)}", "--format=csv,noheader"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        return "unknown: nvidia-smi does not answer"
    values = answer.stdout.strip().split(", ")
    if answer.returncode or len(values) != len(QUERIES):
        return f"unknown: nvidia-smi ended with {answer.returncode}"
    return ", ".join(text.format(v) for text, v in zip(QUERIES.values(), values, strict=True))
