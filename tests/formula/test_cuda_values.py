"""CUDA kernels beside those of the CPU, and on every float32.

Tests of both devices compare their values with references.
"""

import pytest
import torch
from accuracy import assert_accurate, assert_same_bits, assert_within, differences, special, tensors
from device import DEVICE, on_device
from kernel_calls import PASSES, run
from nonlin.reference import spacing
from rounding import allowed
from rows import DTYPES, HALVES, MEMBERS, PointwiseRow
from test_sixteen_bits import reference
from torch import Tensor

pytestmark = pytest.mark.cuda

CHUNK = 2**24
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def suspects(case: PointwiseRow, member: str, x: Tensor, got: Tensor, exact: Tensor) -> Tensor:
    """Inputs whose results look wrong to a reference on the device, which no root was shown."""
    right = (got.double() - exact).abs() <= case.bounds(got)[member] * spacing(exact, got.dtype)
    right |= (got.isnan() & exact.isnan()) | (got.isinf() & (got == exact.float()))
    return x[~right]


def test_every_float32(case):
    """All 2³²; what looks wrong is shown to the reference that also knows roots."""
    parameters = case.row.rounded_arguments(torch.float32, **dict(case.options))
    for begin in range(-(2**31), 2**31, CHUNK):
        bits = torch.arange(begin, begin + CHUNK, device=DEVICE).to(torch.int32)
        x = bits.view(torch.float32)
        jet = case.row.expression(x.double(), *parameters)
        for member in MEMBERS:
            got = case.computed(member, x)
            doubtful = suspects(case, member, x, got, getattr(jet, member)).cpu()
            if len(doubtful):
                exact = getattr(case.jet(doubtful), member)
                again = case.computed(member, doubtful.to(DEVICE))
                assert_accurate(case, member, doubtful, again, exact, DEVICE)


@DTYPE
def test_special_values(case, dtype):
    """As the CPU has them: values bit for bit, derivatives as numbers, NaN for NaN."""
    x = torch.tensor([0.0, -0.0, -torch.inf, torch.inf, torch.nan], dtype=dtype)
    assert_same_bits((case.forward(x.to(DEVICE)),), (case.forward(x),), f"{case}")
    x = special(dtype)
    for member in MEMBERS[1:]:
        got, want = case.computed(member, x.to(DEVICE)).cpu(), case.computed(member, x)
        assert torch.equal(got.isnan(), want.isnan()), f"{case} {member}: {got}, not {want}"
        assert torch.equal(got[x.isinf()], want[x.isinf()]), f"{case} {member}: {got}, not {want}"


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_the_bits_of_the_cpu(case, dtype):
    """Wherever both are correctly rounded."""
    x = reference(case, dtype)[0]
    for member in MEMBERS:
        if allowed(case, member, dtype) == 0:
            got, want = case.computed(member, x.to(DEVICE)), case.computed(member, x)
            assert_same_bits((got,), (want,), f"{case} {member}")


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_agrees_with_the_cpu(case, dtype, name):
    """Within the sum of both bounds."""
    inputs = tensors(dtype, 50_000)
    here, there = run(case, name, *inputs), run(case, name, *on_device(inputs))
    for member, bound, error, a, b in differences(case, name, inputs, here, there):
        assert_within(bound, error, f"{case} {member}", inputs[-1], b, a.double(), DEVICE)
