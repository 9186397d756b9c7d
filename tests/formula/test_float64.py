"""The float64 kernels against MPFR."""

import functools

import pytest
import torch
from accuracy import assert_accurate, neighbours
from device import here, on_cpu
from rows import MEMBERS, PointwiseRow

pytestmark = pytest.mark.devices
POINTS = 100_000


@functools.lru_cache(maxsize=1)
@on_cpu
def reference(case: PointwiseRow) -> tuple:
    """Random bits of finite numbers, neighbours of roots, the middle and the tails."""
    generator = torch.Generator().manual_seed(0)
    integer = torch.iinfo(torch.int64)
    bits = torch.randint(integer.min, integer.max, (POINTS // 4,), generator=generator)
    bits = bits.view(torch.float64)
    random = torch.rand(POINTS, dtype=torch.float64, generator=generator)
    tail, middle = random.split(POINTS // 4)[0] * 200 - 800, random[POINTS // 4 :] * 80 - 40
    roots = [root for member in MEMBERS[1:] for root in case.roots(member)]
    x = torch.cat(
        [
            bits[bits.isfinite()],
            *(neighbours(root, 1000, torch.float64) for root in roots),
            tail,
            middle,
        ]
    )[:POINTS]
    return x, case.exact_jet(x)


def test_float64(case, instruction_set):
    x, exact = reference(case)
    for member in MEMBERS:
        assert_accurate(
            case, member, x, case.computed(member, here(x)), exact[member], instruction_set
        )
