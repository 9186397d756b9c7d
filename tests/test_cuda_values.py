"""CUDA kernels: values, derivatives and agreement with the CPU."""

import functools

import pytest
import torch
from accuracy import (
    assert_accurate,
    assert_within,
    every,
    float32_points,
    forgiven,
    special,
)
from cases import HALVES, MEMBERS, Case
from device import DEVICE, needs_cuda, on_device, same
from nonlin.reference import spacing, ulp_error
from test_determinism import DTYPE, PASSES, run, tensors

pytestmark = needs_cuda


def assert_members(case: Case, x: torch.Tensor, exact: tuple[torch.Tensor, ...]) -> None:
    for member, want in zip(MEMBERS, exact, strict=True):
        computed = case.computed(member, x.to(DEVICE))
        assert_accurate(case, member, x, computed, want, DEVICE)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_every_input_of_16_bits(case, dtype):
    x = every(dtype)
    assert_members(case, x, case.jet(x))


@functools.lru_cache(maxsize=1)
def float32_jet(case: Case) -> tuple:
    x = float32_points(case)
    return x, case.jet(x)


def test_float32(case):
    assert_members(case, *float32_jet(case))


def test_float64(case):
    """The CPU's float64 is proved with many digits elsewhere; the device is held to it."""
    small = torch.logspace(-320, 0, 2001, dtype=torch.float64)
    x = torch.cat([torch.linspace(-745, 745, 100_001, dtype=torch.float64), small, -small])
    for member in MEMBERS:
        here, there = case.computed(member, x), case.computed(member, x.to(DEVICE))
        error = ulp_error(there, here) - forgiven(case, member, x) / spacing(here, x.dtype)
        bound = case.bounds(here)[member] + case.bounds(there)[member]
        assert_within(bound, error.clamp(min=0), f"{case} {member}", x, there, here, DEVICE)


@DTYPE
def test_special_values(case, dtype):
    """As the CPU has them: values bit for bit, derivatives as numbers, NaN for NaN."""
    x = torch.tensor([0.0, -0.0, -torch.inf, torch.inf, torch.nan], dtype=dtype)
    same((case.forward(x.to(DEVICE)),), (case.forward(x),), f"{case}")
    x = special(dtype)
    for member in MEMBERS[1:]:
        got, want = case.computed(member, x.to(DEVICE)).cpu(), case.computed(member, x)
        assert torch.equal(got.isnan(), want.isnan()), f"{case} {member}: {got}, not {want}"
        assert torch.equal(got[x.isinf()], want[x.isinf()]), f"{case} {member}: {got}, not {want}"


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_agrees_with_the_cpu(case, dtype, name):
    """Within the sum of both bounds; a gradient factor adds a rounding on each side."""
    v, g, x = inputs = tensors(dtype, 50_000)
    here, there = run(case, name, *inputs), run(case, name, *on_device(inputs))
    members = {"value": MEMBERS[:1], "backward": MEMBERS[1:2], "double_backward": MEMBERS[1:]}
    factors = {"value": 1 + 0 * v, "backward": g, "double_backward": v.double() * g.double()}
    for member, a, b in zip(members[name], here, there, strict=True):
        slack = 2 * factors[name].double().abs() * forgiven(case, member, x)
        error = ulp_error(b.cpu(), a.double()) - slack / spacing(a.double(), dtype)
        bound = 1 if dtype in HALVES else case.bounds(a)[member] + case.bounds(b)[member] + 4
        error = error.nan_to_num(nan=torch.inf).clamp(min=0)
        assert_within(bound, error, f"{case} {member}", x, b.cpu(), a.double(), DEVICE)


def test_gradcheck(case):
    x = torch.linspace(-4.1, 4.2, 24, dtype=torch.float64, device=DEVICE).requires_grad_()
    assert torch.autograd.gradcheck(case.forward, x, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(case.forward, x, check_fwd_over_rev=True)


def test_opcheck(operator):
    x, g, v = (torch.randn(3, 5, device=DEVICE) for _ in range(3))
    p = operator.parameters
    calls = [
        ("", (x.clone().requires_grad_(), *p), {}),
        ("_", (x.clone(), *p), {}),
        ("out", (x, *p), {"out": torch.empty_like(x)}),
        ("_backward", (g.requires_grad_(), x.clone().requires_grad_(), *p), {}),
        ("_double_backward", (v.requires_grad_(), g, x, *p), {}),
    ]
    for kind, arguments, keywords in calls:
        torch.library.opcheck(operator.overload(kind), arguments, keywords)
