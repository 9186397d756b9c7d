"""Errors in units in the last place."""

from __future__ import annotations

import math

import torch
from torch import Tensor

Reference = Tensor | tuple[Tensor, Tensor]


def spacing(reference: Tensor, dtype: torch.dtype) -> Tensor:
    """Distance between neighbouring numbers of `dtype` around `reference`, as float64.

    Below the smallest normal number it is the smallest subnormal.

    >>> spacing(torch.tensor([1.0, 3.0, 0.0]), torch.float16)
    tensor([9.7656e-04, 1.9531e-03, 5.9605e-08], dtype=torch.float64)
    """
    info = torch.finfo(dtype)
    smallest_normal = math.frexp(info.smallest_normal)[1]
    magnitude = reference.double().abs()
    exponent = torch.frexp(magnitude).exponent.clamp(min=smallest_normal)
    exponent = torch.where(magnitude < info.smallest_normal, smallest_normal, exponent)
    digits = 1 - round(math.log2(info.eps))
    return torch.ldexp(torch.ones_like(magnitude), exponent - digits)


def ulp_error(result: Tensor, reference: Reference, dtype: torch.dtype | None = None) -> Tensor:
    """Error of `result` in units in the last place of `dtype`, its own by default, as float64.

    `reference` is a float64 tensor, or two of them whose unevaluated sum it is. The error is 0
    where both are NaN, or where `result` is the infinity to which the reference rounds; it is
    infinite where only one is NaN or infinite. It does not see the sign of a zero.

    >>> third = torch.ones(1, dtype=torch.float64) / 3
    >>> ulp_error(third.bfloat16(), third)
    tensor([0.3333], dtype=torch.float64)
    """
    dtype = dtype or result.dtype
    high, low = reference if isinstance(reference, tuple) else (reference, None)
    high = high.detach().cpu().double()
    wide = result.detach().cpu().double()
    difference = wide - high
    if low is not None:
        difference = difference - low.detach().cpu()
    error = difference.abs() / spacing(high, dtype)
    same = (wide.isnan() & high.isnan()) | (wide.isinf() & (wide == high.to(dtype).double()))
    return torch.where(same, 0.0, torch.where(error.isnan() | high.isinf(), math.inf, error))
