"""What a run finds, before anything is built: printed by a process of its own."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONAL = ("numpy", "pytest", "gmpy2", "mpmath", "matplotlib")
QUERY = "driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.limit,memory.total"


def facts() -> dict[str, str]:
    """By name; `architecture` is empty without a device, and `missing` then says why."""
    import torch

    found = {
        "commit": _first("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"),
        "torch": f"{torch.__version__}, CUDA {torch.version.cuda}",
        "python": f"{platform.python_version()}, {os.cpu_count()} processors",
        "nvcc": _first(nvcc() or "nvcc", "--version", last=True),
        "packages": ", ".join(name for name in OPTIONAL if find_spec(name)) or "none of the others",
        "architecture": "",
        "missing": "",
    }
    if not torch.cuda.is_available():
        found["missing"] = "torch.cuda.is_available() is False: no device, no driver, or no CUDA"
        return found
    properties = torch.cuda.get_device_properties()
    major, minor = torch.cuda.get_device_capability()
    found["device"] = (
        f"{properties.name}, {properties.multi_processor_count} multiprocessors, "
        f"{properties.total_memory / 2**30:.0f} GiB, L2 {properties.L2_cache_size / 2**20:.0f} MiB"
    )
    found["architecture"] = f"{major}{minor}"
    asked = [f"--query-gpu={QUERY}", "--format=csv,noheader"]
    found["driver"] = f"{_first('nvidia-smi', *asked)} ({QUERY})"
    return found


def nvcc() -> str | None:
    """Where CMake might not look for it."""
    home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    return shutil.which("nvcc") or shutil.which("nvcc", path=f"{home}/bin")


def _first(*command: str, last: bool = False) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = answer.stdout.strip().splitlines()
    return lines[-1 if last else 0] if lines and not answer.returncode else "unknown"


if __name__ == "__main__":
    json.dump(facts(), sys.stdout)
