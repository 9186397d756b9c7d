"""Inputs at which errors show."""

from __future__ import annotations

import torch
from torch import Tensor

_BITS = {torch.float64: torch.int64, torch.float32: torch.int32}


def samples(dtype: torch.dtype, count: int = 2**20, seed: int = 0) -> Tensor:
    """Return about `count` finite numbers in ascending order; of the 16-bit types, all.

    Half have random bits, so that every power of two comes equally often, subnormals included; half
    lie evenly between −30 and 30, where activations bend.

    >>> samples(torch.bfloat16).numel()
    65280
    """
    if dtype not in _BITS:
        pattern = torch.arange(-(2**15), 2**15, dtype=torch.int16)
    else:
        integer = torch.iinfo(_BITS[dtype])
        generator = torch.Generator().manual_seed(seed)
        pattern = torch.randint(
            integer.min, integer.max, (count // 2,), dtype=_BITS[dtype], generator=generator
        )
    number = pattern.view(dtype)
    if dtype in _BITS:
        number = torch.cat([number, torch.linspace(-30, 30, count - count // 2, dtype=dtype)])
    return number[number.isfinite()].sort().values
