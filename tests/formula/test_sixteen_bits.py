"""All 65 536 inputs of a 16-bit type: how many results are not correctly rounded, and by how much.

They are computed in float32 and rounded once, so that a miss lies next to the middle between two
numbers.
"""

import functools

import pytest
import torch
from accuracy import Setting, assert_right_at_nan, every
from device import here, on_cpu
from nonlin.testing import spacing
from parametric_accuracy import AT_WEIGHTS
from rounding import allowed, misses
from rows import HALVES, MEMBERS, SETTINGS
from rows.bounds import MISROUNDED
from torch import Tensor

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
FUNCTION = pytest.mark.parametrize("function", (*SETTINGS, *AT_WEIGHTS), ids=str, scope="module")


@functools.lru_cache(maxsize=2)
@on_cpu
def reference(function: Setting, dtype: torch.dtype) -> tuple[Tensor, tuple[Tensor, ...]]:
    x = every(dtype)
    return x, function.jet(x)


@FUNCTION
def test_rounding(function, instruction_set):
    for dtype in HALVES:
        x, jet = reference(function, dtype)
        for member, exact in zip(function.MEMBERS, jet, strict=True):
            got = function.computed(member, here(x))
            most = allowed(function, member, dtype, instruction_set)
            largest, got = function.bounds(got)[member], got.cpu()
            name = f"{function} {member}, {dtype}, {instruction_set}"
            assert_right_at_nan(function, member, got[x.isnan()], instruction_set)
            assert torch.equal(got.isnan() & ~x.isnan(), exact.isnan() & ~x.isnan()), name
            error = misses(function, member, x, got, exact)
            slack = function.forgiven(member, x) / spacing(exact, dtype)
            error = torch.where(error > slack, error - slack.nan_to_num(0), 0)
            wrong = error.argsort(descending=True)[: int((error > 0).sum())]
            assert len(wrong) <= most and error.max() <= largest, (
                f"{name}: {len(wrong)} inputs are not correctly rounded, {most} may be (MISROUNDED "
                f"in tests/rows/bounds.py), by at most {largest} ULP; the worst: "
                + "; ".join(
                    f"x = {x[i].item()!r}, {error[i]:.6f} ULP, got {got[i].item()!r}, "
                    f"exact {exact[i].item()!r}"
                    for i in wrong[:10].tolist()
                )
            )


@pytest.mark.cpu
def test_stated_misroundings_have_a_setting():
    names = {str(setting) for setting in SETTINGS}
    unknown = {key for key in MISROUNDED if key[0] not in names or key[1] not in MEMBERS}
    assert not unknown, f"MISROUNDED in tests/rows/bounds.py: no setting and member is {unknown}"
