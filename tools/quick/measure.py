"""Runs a compiled formula and compares it with its definition."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import torch
from torch import Tensor

TYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)  # as csrc/descriptor.h


@dataclass(frozen=True)
class Subject:
    """A formula on the lanes of one instruction set."""

    library: ctypes.CDLL

    def parameters(self) -> dict[str, float]:
        """Its hyper-parameters and their defaults."""
        names, defaults = (ctypes.c_char_p * 16)(), (ctypes.c_double * 16)()
        count = self.library.parameters(names, defaults)
        texts = [(name or b"").decode() for name in names[:count]]
        return dict(zip(texts, defaults[:count], strict=True))

    def members(self) -> int:
        """3, or 6 with a weight."""
        count: int = self.library.members_of_jet()
        return count

    def evaluate(self, x: Tensor, weight: float, parameters: list[float]) -> list[Tensor]:
        """All members of the jet at x, in its type."""
        size = -(-x.numel() // 16) * 16
        padded = torch.zeros(size, dtype=x.dtype)
        padded[: x.numel()] = x
        weights = torch.full((size,), weight, dtype=x.dtype)
        out = [torch.empty(size, dtype=x.dtype) for _ in range(self.members())]
        self.library.evaluate(
            TYPES.index(x.dtype),
            (ctypes.c_double * 16)(*parameters),
            ctypes.c_void_p(padded.data_ptr()),
            ctypes.c_void_p(weights.data_ptr()),
            _pointers(out),
            ctypes.c_int64(size),
        )
        return [y[: x.numel()] for y in out]

    def derived(self, x: Tensor, parameters: list[float]) -> list[Tensor]:
        """Slope and curvature by dual numbers of the value, then those that are written."""
        out = [torch.empty_like(x) for _ in range(4)]
        self.library.derive(
            (ctypes.c_double * 16)(*parameters),
            ctypes.c_void_p(x.data_ptr()),
            _pointers(out),
            ctypes.c_int64(x.numel()),
        )
        return out


def _pointers(tensors: list[Tensor]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(tensors))(*(t.data_ptr() for t in tensors))
