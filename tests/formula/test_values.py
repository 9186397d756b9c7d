"""Functions and their derivatives against references that share no code with the kernels.

One text for all that are functions of x: pointwise settings, and parametric rows with one weight
for all x, whose derivatives by the weight count too.
"""

import functools

import pytest
import torch
from accuracy import (
    Setting,
    assert_accurate,
    assert_right_at_nan,
    assert_within,
    float32_points,
    neighbours,
    same_bits,
    special,
)
from device import here, on_cpu
from nonlin.testing import spacing, ulp_error
from parametric_accuracy import AT_WEIGHTS
from rows import DTYPES, HALVES, SETTINGS, PointwiseRow
from torch import Tensor

pytestmark = pytest.mark.devices
FUNCTION = pytest.mark.parametrize("function", (*SETTINGS, *AT_WEIGHTS), ids=str, scope="module")
POINTS = 20_000  # of float64


@functools.lru_cache(maxsize=2)
@on_cpu
def _float32(function: Setting) -> tuple[Tensor, tuple[Tensor, ...]]:
    x = float32_points(function)
    return x, function.jet(x)


@FUNCTION
def test_float32(function, instruction_set):
    x, jet = _float32(function)
    for member, exact in zip(function.MEMBERS, jet, strict=True):
        got = function.computed(member, here(x))
        assert_accurate(function, member, x, got, exact, instruction_set)


@functools.lru_cache(maxsize=1)
@on_cpu
def _float64(setting: PointwiseRow) -> tuple[Tensor, dict[str, tuple[Tensor, Tensor]]]:
    """Random bits of finite numbers, neighbours of roots and seams, the middle and the tails."""
    generator = torch.Generator().manual_seed(0)
    integer = torch.iinfo(torch.int64)
    bits = torch.randint(integer.min, integer.max, (POINTS // 4,), generator=generator)
    bits = bits.view(torch.float64)
    random = torch.rand(POINTS, dtype=torch.float64, generator=generator)
    tail, middle = random.split(POINTS // 4)[0] * 200 - 800, random[POINTS // 4 :] * 80 - 40
    roots = [root for member in setting.MEMBERS for root in setting.roots(member)]
    seams = [seam for seam in setting.seams if seam]
    x = torch.cat(
        [
            bits[bits.isfinite()],
            *(neighbours(root, 200, torch.float64) for root in roots),
            *(neighbours(seam, 8, torch.float64) for seam in seams),
            tail,
            middle,
        ]
    )[:POINTS]
    return x, setting.exact_jet(x)


def test_float64(setting, instruction_set):
    """Against MPFR."""
    x, exact = _float64(setting)
    for member in setting.MEMBERS:
        got = setting.computed(member, here(x))
        assert_accurate(setting, member, x, got, exact[member], instruction_set)


@pytest.mark.smoke
@FUNCTION
def test_special_values(function, instruction_set):
    """Limits at ±∞, the value at ±0, NaN for NaN: values bit for bit, derivatives as numbers.

    The largest and the least numbers are as accurate as all others.
    """
    for dtype in DTYPES:
        where = f"{function}, {dtype}, {instruction_set}"
        ends, zeros = (torch.tensor([-end, end], dtype=dtype) for end in (torch.inf, 0.0))
        for member, limits in function.limits(dtype).items():
            got = function.computed(member, ends)
            want = torch.tensor(limits, dtype=torch.float64).to(got)
            same = same_bits(got, want) if member == "value" else torch.equal(got, want)
            assert same, f"{where}: {member} at ±∞ is {got.tolist()}, not {want.tolist()}"
            got = function.computed(member, torch.tensor([torch.nan], dtype=dtype)).cpu()
            assert_right_at_nan(function, member, got, instruction_set)
        got = function.computed("value", zeros)
        exact = torch.tensor(function.at_zeros(dtype), dtype=torch.float64)
        want = exact.to(got)
        same = same_bits(got, want)
        if (exact != 0).all():  # and no kernel rounds all numbers correctly
            same = bool((ulp_error(got, exact) <= function.bounds(got)["value"]).all())
        assert same, f"{where}: f(∓0) is {got.tolist()}, not {want.tolist()}"
        x = special(dtype)[:-1]
        x = x[x.isfinite()]
        wide = dtype == torch.float64  # whose results deserve more than references of float64
        exacts = function.exact_jet(x).values() if wide else function.jet(x)
        for member, exact in zip(function.MEMBERS, exacts, strict=True):
            got = function.computed(member, x)
            assert_accurate(function, member, x, got, exact, instruction_set)


def derivatives(setting: PointwiseRow, x: Tensor) -> dict[str, Tensor]:
    """In float64, to all its bits where they count."""
    if x.dtype == torch.float64:
        return {member: high for member, (high, _) in setting.exact_jet(x).items()}
    return setting.jet(x)._asdict()


def assert_products(
    setting: PointwiseRow, v: Tensor, g: Tensor, x: Tensor, more: float, where: str
) -> None:
    """Gradients enter with one more rounding of the computing type, to which `more` ULP belong."""
    dtype, wide = x.dtype, x.dtype in HALVES
    exact = derivatives(setting, x)
    first, second = setting.double_backward(v, g, x)
    v, g = v.cpu().double(), g.cpu().double()
    one = torch.ones_like(g)
    products = (
        ("g·f′", setting.backward(g.to(x), x), g, one, "slope"),
        ("v·f′", first, v, one, "slope"),
        ("v·g·f″", second, v, g, "curvature"),
    )
    for name, got, a, b, member in products:
        derivative = exact[member]
        product = a * (b * derivative)
        # A slope of 8 bits is good for its own rounding; next to its root, times g, more of its
        # error shows.
        bound = 0.55 if wide else setting.bounds(x)[member] + more
        # The derivative itself is a rounded number of the computing type, which shows in 16 bits
        # where it is subnormal.
        computing = torch.promote_types(dtype, torch.float32)
        least = derivative.abs() < torch.finfo(computing).smallest_normal
        rounding = spacing(derivative, computing) * (least if wide else 1)
        slack = setting.forgiven(member, x) + rounding
        error = ulp_error(got, product) - a.abs() * (b.abs() * slack) / spacing(product, dtype)
        error = error.nan_to_num(nan=torch.inf).clamp(min=0)
        assert_within(bound, error, f"{setting} {name}", x, got, product, where)


@pytest.mark.smoke
def test_gradient_factors(setting, instruction_set):
    for dtype in DTYPES:
        size = 2_000 if dtype == torch.float64 else 20_000
        x = torch.randn(size, dtype=torch.float64).mul(2).to(dtype)
        g, v = (torch.randn(size, dtype=torch.float64).to(dtype) for _ in range(2))
        assert_products(setting, v, g, x, 2, instruction_set)


def test_products_far_from_zero(setting, instruction_set):
    """Times gradients as large as they can be: nothing is left of an f″ that is rounded to 0."""
    for dtype in DTYPES:
        largest = torch.finfo(dtype).max
        x = torch.tensor([-torch.inf, -largest, largest, torch.inf], dtype=dtype)
        limits = torch.tensor(setting.limits(dtype)["slope"], dtype=torch.float64)
        exact = derivatives(setting, x)
        computing = torch.promote_types(dtype, torch.float32)
        vanishing = here(exact["curvature"].to(computing) == 0)
        constant = exact["slope"].equal(limits.cpu().repeat_interleave(2))
        for size in (1.0, 2.0**10, largest**0.5, largest / 2):
            v, g = torch.full_like(x, size), torch.full_like(x, -size)
            first, second = setting.double_backward(v, g, x)
            where = f"{setting}, {dtype}, {instruction_set}, gradients of {size}"
            assert_products(setting, v, g, x, 0 if constant else 2, where)
            assert same_bits(setting.backward(v, x), first), f"{where}: g·f′"
            assert not second[vanishing].any(), f"{where}: v·g·f″ is {second.tolist()}"
