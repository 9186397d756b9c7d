"""CUDA kernels beside those of the CPU, and on every float32.

Tests of both devices compare their values with references.
"""

import pytest
import torch
from accuracy import assert_accurate, assert_same_bits, assert_within, differences, special, tensors
from device import DEVICE, on_device
from kernel_calls import PASSES, run
from nonlin.testing import spacing
from rows import DTYPES, HALVES, MEMBERS, PointwiseRow
from test_sixteen_bits import reference
from torch import Tensor

pytestmark = pytest.mark.cuda

CHUNK = 2**24


def suspects(setting: PointwiseRow, member: str, x: Tensor, got: Tensor, exact: Tensor) -> Tensor:
    """Inputs whose results look wrong to a reference on the device, which no root was shown."""
    right = (got.double() - exact).abs() <= setting.bounds(got)[member] * spacing(exact, got.dtype)
    right |= (got.isnan() & exact.isnan()) | (got.isinf() & (got == exact.float()))
    return x[~right]


def test_every_float32(setting):
    """All 2³²; what looks wrong is shown to the reference that also knows roots."""
    parameters = setting.row.rounded_arguments(torch.float32, **dict(setting.options))
    for begin in range(-(2**31), 2**31, CHUNK):
        bits = torch.arange(begin, begin + CHUNK, device=DEVICE).to(torch.int32)
        x = bits.view(torch.float32)
        jet = setting.row.at(x.double(), *parameters)
        for member in MEMBERS:
            got = setting.computed(member, x)
            doubtful = suspects(setting, member, x, got, getattr(jet, member)).cpu()
            if len(doubtful):
                exact = getattr(setting.jet(doubtful), member)
                again = setting.computed(member, doubtful.to(DEVICE))
                assert_accurate(setting, member, doubtful, again, exact, DEVICE)


def test_special_values(setting):
    """As the CPU has them: values bit for bit, derivatives as numbers, NaN for NaN."""
    for dtype in DTYPES:
        x = torch.tensor([0.0, -0.0, -torch.inf, torch.inf, torch.nan], dtype=dtype)
        assert_same_bits((setting.forward(x.to(DEVICE)),), (setting.forward(x),), f"{setting}")
        x = special(dtype)
        for member in MEMBERS[1:]:
            got, want = setting.computed(member, x.to(DEVICE)).cpu(), setting.computed(member, x)
            where = f"{setting} {member}, {dtype}: {got}, not {want}"
            assert torch.equal(got.isnan(), want.isnan()), where
            assert torch.equal(got[x.isinf()], want[x.isinf()]), where


def test_the_bits_of_the_cpu(setting):
    """Wherever both are correctly rounded."""
    for dtype in HALVES:
        x = reference(setting, dtype)[0]
        for member in MEMBERS:
            if setting.misrounded(member, dtype) == 0:
                got, want = setting.computed(member, x.to(DEVICE)), setting.computed(member, x)
                assert_same_bits((got,), (want,), f"{setting} {member}")


def test_agrees_with_the_cpu(setting):
    """Within the sum of both bounds."""
    for dtype, name in ((dtype, name) for dtype in DTYPES for name in PASSES):
        inputs = tensors(dtype, 50_000)
        here, there = run(setting, name, *inputs), run(setting, name, *on_device(inputs))
        for member, bound, error, a, b in differences(setting, name, inputs, here, there):
            x, exact = inputs[-1], a.double()
            assert_within(bound, error, f"{setting} {member}, {name}", x, b, exact, DEVICE)
