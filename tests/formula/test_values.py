"""Values, slopes and curvatures against a reference that shares no code with the kernels."""

import functools
import math
import os
import subprocess
import sys

import nonlin
import pytest
import torch
from accuracy import (
    assert_accurate,
    assert_within,
    float32_points,
    forgiven,
    same_bits,
    special,
)
from conftest import CAPABILITIES, INSTRUCTION_SETS
from device import here
from nonlin.reference import spacing, ulp_error
from rows import DTYPES, HALVES, MEMBERS, OPERATORS, PointwiseRow

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


@functools.lru_cache(maxsize=2)
def _float32(case: PointwiseRow) -> tuple:
    x = float32_points(case)
    return x, case.jet(x)


def test_float32(case, instruction_set):
    x, exact = _float32(case)
    for member in MEMBERS:
        computed = case.computed(member, here(x))
        assert_accurate(case, member, x, computed, getattr(exact, member), instruction_set)


def limits(case: PointwiseRow) -> dict[str, tuple[float, float]]:
    """What mathematics says at −∞ and +∞; of a zero, the sign too."""
    if case.operator == "elu":
        alpha, scale, input_scale = case.parameters
        assert input_scale > 0
        return {"value": (-alpha * scale, math.inf), "slope": (0, scale), "curvature": (0, 0)}
    beta = case.parameters[0] if case.parameters else 1.0
    if beta == 0:
        return {"value": (-math.inf, math.inf), "slope": (0.5, 0.5), "curvature": (0, 0)}
    if beta < 0:
        return {"value": (-math.inf, 0.0), "slope": (1, 0), "curvature": (0, 0)}
    return {"value": (-0.0, math.inf), "slope": (0, 1), "curvature": (0, 0)}


@DTYPE
def test_special_values(case, instruction_set, dtype):
    """Limits at ±∞, NaN for NaN, −0 for −0: values bit for bit, derivatives as numbers."""
    x = torch.tensor([-torch.inf, torch.inf, -0.0, 0.0, torch.nan], dtype=dtype)
    wide = torch.tensor([*limits(case)["value"], -0.0, 0.0, torch.nan], dtype=torch.float64)
    got = case.forward(x)
    where = f"{case}, {dtype}, {instruction_set}"
    assert same_bits(got, wide.to(dtype)), f"{where}: f is {got.tolist()}, not {wide.tolist()}"
    for member in ("slope", "curvature"):
        got = case.computed(member, x).double()
        assert got[-1].isnan(), f"{where}: {member} is {got[-1]} at NaN"
        ends = torch.tensor(limits(case)[member], dtype=torch.float64).to(dtype).double()
        assert torch.equal(got[:2], ends), f"{where}: {member} is {got[:2].tolist()} at ±∞"


@DTYPE
def test_limits_of_products(case, instruction_set, dtype):
    """Far from zero, times gradients as large as they can be: nothing is left of f″."""
    largest = torch.finfo(dtype).max
    x = torch.tensor([-torch.inf, -largest, largest, torch.inf], dtype=dtype)
    slopes = limits(case)["slope"]
    slope = torch.tensor([slopes[0]] * 2 + [slopes[1]] * 2, dtype=torch.float64)
    for size in (1.0, 2.0**10, largest**0.5, largest / 2):
        v, g = torch.full_like(x, size), torch.full_like(x, -size)
        first, second = case.double_backward(v, g, x)
        where = f"{case}, {dtype}, {instruction_set}, gradients of {size}"
        exact = v.double() * slope
        bound, error = case.bounds(first)["slope"], ulp_error(first, exact)
        assert_within(bound, error, f"{case} v·f′", x, first, exact, instruction_set)
        assert same_bits(case.backward(v, x), first), f"{where}: g·f′"
        assert not second.any(), f"{where}: v·g·f″ is {second.tolist()}"


@DTYPE
def test_largest_and_least_numbers(case, instruction_set, dtype):
    x = special(dtype)[:-1]
    for member in MEMBERS:
        computed = case.computed(member, x)
        assert not computed.isnan().any(), f"{case} {member}, {instruction_set}: {computed}"
        assert_accurate(case, member, x, computed, getattr(case.jet(x), member), instruction_set)


@DTYPE
def test_gradient_factors(case, instruction_set, dtype):
    """They enter with one more rounding of the computing type."""
    x = torch.randn(20_000, dtype=torch.float64).mul(2).to(dtype)
    g, v = (torch.randn(20_000, dtype=torch.float64).to(dtype) for _ in range(2))
    _, slope, curvature = case.jet(x)
    first, second = case.double_backward(v, g, x)
    wide = dtype in HALVES
    products = (
        ("g·f′", case.backward(g, x), g.double(), slope, "slope"),
        ("v·f′", first, v.double(), slope, "slope"),
        ("v·g·f″", second, v.double() * g.double(), curvature, "curvature"),
    )
    for name, got, factor, derivative, member in products:
        factor = factor.cpu()
        exact = factor * derivative
        # A slope of 8 bits is good for its own rounding; next to its root, times g, more of its
        # error shows. In float64 the reference is no better than what it judges.
        bound = 0.55 if wide else case.bounds(x)[member] + 2 + 100 * (dtype == torch.float64)
        # The derivative itself is a rounded number of the computing type.
        computing = torch.promote_types(dtype, torch.float32)
        slack = forgiven(case, member, x) + spacing(derivative, computing) * (not wide)
        error = (ulp_error(got, exact) - factor.abs() * slack / spacing(exact, dtype)).clamp(min=0)
        assert_within(bound, error, f"{case} {name}", x, got, exact, instruction_set)


SAMPLE = """
import torch
def sample():
    x = torch.arange(-500, 501) / 25
    rows = nonlin._C.operators()
    names = [row["name"] for row in rows if row["family"] == "pointwise"]
    return [getattr(torch.ops.nonlin, n)(x).view(torch.int32).sum().item() for n in names]
"""
CHILD = (
    SAMPLE
    + "print(torch.backends.cpu.get_cpu_capability(), nonlin._C.instruction_set(), *sample())"
)


@pytest.mark.cpu
@pytest.mark.parametrize("index", range(3), ids=[name.lower() for name in CAPABILITIES])
def test_aten_cpu_capability_chooses(index):
    """It steers our kernels as it steers PyTorch's, to what set_instruction_set() chooses."""
    capability, name = CAPABILITIES[index], INSTRUCTION_SETS[index]
    if index > CAPABILITIES.index(torch.backends.cpu.get_cpu_capability()):
        pytest.skip(f"torch runs at {torch.backends.cpu.get_cpu_capability()} here")
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import nonlin" + CHILD],
        env=os.environ | {"ATEN_CPU_CAPABILITY": capability.lower()},
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    names = {"nonlin": nonlin}
    exec(SAMPLE, names)
    nonlin._C.set_instruction_set(name)
    try:
        here = names["sample"]()
    finally:
        nonlin._C.set_instruction_set(None)
    assert child.stdout.split() == [capability, name, *map(str, here)]


@pytest.mark.cpu
def test_unknown_instruction_set_is_refused():
    before = nonlin._C.instruction_set()
    with pytest.raises((ValueError, RuntimeError), match="sse9"):
        nonlin._C.set_instruction_set("sse9")
    assert nonlin._C.instruction_set() == before


@pytest.mark.cpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_lane_functions_on_arrays(case, instruction_set, dtype):
    """nonlin._C.evaluate() is the kernel without the tensor."""
    x = torch.randn(1001, dtype=dtype)
    parameters = list(case.parameters)
    for member in MEMBERS:
        array = nonlin._C.evaluate(case.operator, member, x.numpy(), parameters, instruction_set)
        assert same_bits(torch.from_numpy(array), case.computed(member, x)), f"{case} {member}"
    if case in OPERATORS:
        array = nonlin._C.evaluate(case.operator, "value", x.numpy())
        assert same_bits(torch.from_numpy(array), case.forward(x))
