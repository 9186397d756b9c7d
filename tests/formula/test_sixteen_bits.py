"""All 65 536 inputs of a 16-bit type: how many results are not correctly rounded, and by how much.

They are computed in float32 and rounded once, so that a miss lies next to the middle between two
numbers.
"""

import functools

import pytest
import torch
from accuracy import every
from device import here, on_cpu
from rounding import allowed, misses
from rows import HALVES, MEMBERS, PointwiseRow

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


@functools.lru_cache(maxsize=2)
@on_cpu
def reference(case: PointwiseRow, dtype: torch.dtype) -> tuple:
    x = every(dtype)
    return x, case.jet(x)


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
