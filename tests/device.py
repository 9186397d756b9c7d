"""Where tests run: all on the CPU, and those marked `devices` on a CUDA device, too.

There the default device is the CUDA device, and so are the tensors of modules of tests. References
stay on the CPU. In tests/family/test_other_devices.py `loom` stands for it, a device without
kernels of ours.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nonlin
import torch
from torch import Tensor

DEVICE = os.environ.get("NONLIN_TEST_DEVICE", "cuda")
if DEVICE == "loom":
    import loom  # it imports pytest, which a machine that only measures lacks

    loom.load()
GIBIBYTE = 2**30


def why_not() -> str:
    if DEVICE == "loom":
        return ""
    if not torch.cuda.is_available():
        return "torch.cuda.is_available() is False: no device, no driver, or a torch without CUDA"
    return "" if nonlin._C.build_info()["cuda"] else "this build of nonlin has no CUDA kernels"


def _kept() -> Iterator[tuple[dict, str, Tensor]]:
    """Tensors that modules of tests made when they were imported."""
    folder = str(Path(__file__).parent)
    for module in tuple(sys.modules.values()):
        if str(getattr(module, "__file__", None)).startswith(folder):
            for name, value in vars(module).items():
                if isinstance(value, Tensor):
                    yield vars(module), name, value


@contextmanager
def under_test(default: bool = True) -> Iterator[None]:
    """Kept tensors, and by default new ones, are on the CUDA device."""
    kept = tuple(_kept())
    for names, name, value in kept:
        names[name] = value.to(DEVICE)
    if default:
        torch.set_default_device(DEVICE)
    try:
        yield
    finally:
        torch.set_default_device(None)
        for names, name, value in kept:
            names[name] = value


def on_cpu(function: Callable) -> Callable:
    """For references, and for inputs that tests of both devices share."""

    @functools.wraps(function)
    def run(*arguments, **options):
        with torch.device("cpu"):
            return function(*arguments, **options)

    return run


def device_name() -> str:
    """Of the device under test."""
    return str(torch.get_default_device())


def here(t: Tensor) -> Tensor:
    """On the device under test."""
    return t.to(torch.get_default_device())


def normal(seed: int, *shape: int) -> Tensor:
    """In float64, the same random numbers on every device."""
    generator = torch.Generator().manual_seed(seed)
    return here(torch.randn(shape, generator=generator, dtype=torch.float64, device="cpu"))


def on_device(ts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(t.to(DEVICE) for t in ts)


def needs(gibibytes: float) -> None:
    """Skips the test where the device under test has less free memory."""
    import pytest  # here: the rows of tests are used without it as well

    free = torch.cuda.mem_get_info()[0] / GIBIBYTE
    if free < gibibytes:
        pytest.skip(f"needs {gibibytes} GiB of device memory, {free:.1f} are free")
