"""All 65 536 inputs of a 16-bit type: how many results are not correctly rounded, and by how much.

They are computed in float32 and rounded once, so that a miss lies next to the middle between two
numbers. Where the float64 reference is too close to such a middle to tell, MPFR decides.
"""

import functools

import pytest
import torch
from accuracy import bits, every
from cases import HALVES, MEMBERS, Case
from device import DEVICE, here, on_cpu
from nonlin.reference import ulp_error
from torch import Tensor

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
UNDECIDED = 1e-6  # of a unit in the last place: more than the reference's own error


@functools.lru_cache(maxsize=2)
@on_cpu
def reference(case: Case, dtype: torch.dtype) -> tuple:
    x = every(dtype)
    return x, case.jet(x)


def misses(case: Case, member: str, x: Tensor, got: Tensor, exact: Tensor) -> Tensor:
    """In units in the last place, the errors of results that are not correctly rounded, or 0."""
    error = ulp_error(got, exact)
    close = ((error - 0.5).abs() < UNDECIDED) & x.isfinite()
    if close.any():
        error[close] = ulp_error(got[close], case.exact_jet(x[close])[member])
    odd = (error == 0.5) & (bits(got) & 1 == 1)
    return torch.where((error > 0.5) | odd, error, 0.0)


def allowed(case: Case, member: str, dtype: torch.dtype, lane: str = "") -> int:
    """How many misses: in bfloat16 none at default parameters, which those of SELU are too."""
    if dtype == torch.float16:
        return 2**16 if lane == DEVICE else 10
    return 2**16 if case.options or member == "curvature" else 0


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_rounding(case, instruction_set, dtype):
    x, jet = reference(case, dtype)
    for member in MEMBERS:
        exact = getattr(jet, member)
        got = case.computed(member, here(x))
        most, largest = allowed(case, member, dtype, instruction_set), case.bounds(got)[member]
        got = got.cpu()
        assert torch.equal(got.isnan(), x.isnan()), f"{case} {member}, {dtype}, {instruction_set}"
        error = misses(case, member, x, got, exact)
        wrong = error.argsort(descending=True)[: int((error > 0).sum())]
        assert len(wrong) <= most and error.max() <= largest, (
            f"{case} {member}, {dtype}, {instruction_set}: {len(wrong)} inputs are not correctly "
            f"rounded, {most} may be, by at most {largest} ULP; the worst: "
            + "; ".join(
                f"x = {x[i].item()!r}, {error[i]:.6f} ULP, got {got[i].item()!r}, "
                f"exact {exact[i].item()!r}"
                for i in wrong[:10].tolist()
            )
        )
