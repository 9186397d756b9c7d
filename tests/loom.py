"""The device `loom` of tests/cpp/device/loom.cpp, for which nonlin has no kernels.

PyTorch takes one such device in a process, and counts it among its accelerators from then on: tests
that want it run in a process of their own.
"""

from __future__ import annotations

import torch
from development import BUILD

LIBRARY = BUILD / "tests" / "cpp" / "libloom.so"


class Loom:
    """What PyTorch asks a device's module in Python."""

    @staticmethod
    def is_available() -> bool:
        return True

    @staticmethod
    def is_initialized() -> bool:
        return True

    @staticmethod
    def _is_in_bad_fork() -> bool:
        return False

    @staticmethod
    def current_device() -> int:
        return 0

    @staticmethod
    def device_count() -> int:
        return 1

    @staticmethod
    def manual_seed_all(seed: int) -> None:
        pass

    @staticmethod
    def get_amp_supported_dtype() -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


def load() -> None:
    torch.utils.rename_privateuse1_backend("loom")
    torch._register_device_module("loom", Loom)
    torch.utils.generate_methods_for_privateuse1_backend()
    torch.ops.load_library(LIBRARY)
