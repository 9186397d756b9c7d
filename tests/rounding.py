"""Results of 16 bits that are not correctly rounded.

Where the float64 reference is too close to the middle between two numbers to tell, MPFR decides.
"""

from __future__ import annotations

import torch
from accuracy import Setting, bits
from device import DEVICE
from nonlin.testing import ulp_error
from torch import Tensor

UNDECIDED = 1e-6  # of a unit in the last place: more than the reference's own error


def misses(setting: Setting, member: str, x: Tensor, got: Tensor, exact: Tensor) -> Tensor:
    """In units in the last place, the errors of results that are not correctly rounded, or 0."""
    error = ulp_error(got, exact).masked_fill(x.isnan(), 0)
    close = ((error - 0.5).abs() < UNDECIDED) & x.isfinite()
    if close.any():
        error[close] = ulp_error(got[close], setting.exact_jet(x[close])[member])
    odd = (error == 0.5) & (bits(got) & 1 == 1)
    return torch.where((error > 0.5) | odd, error, 0.0)


def allowed(setting: Setting, member: str, dtype: torch.dtype, lane: str = "") -> int:
    """How many misses: on a CUDA device errors of the special-function unit add to them."""
    if dtype == torch.float16 and lane == DEVICE:
        return 2**16
    return setting.misrounded(member, dtype)
