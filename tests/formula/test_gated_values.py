"""act(gate)·up and its derivatives, within the bounds of act and half a unit for each product."""

import functools

import pytest
import torch
from accuracy import every, special
from device import here, on_cpu
from nonlin.testing import spacing
from nonlin.testing.gated import FACTORS
from rows import BOUNDS, DTYPES, HALVES, OTHER_PARAMETERS
from torch import Tensor

pytestmark = pytest.mark.devices

ACT = ("value", "slope", "curvature")
# Beside gates of 16 bits: ordinary, large, small, subnormal, infinite.
UPS = (1.0, -0.37, 3.1, -211.0, 1e-3, -3e4, 7.0, 6e-8, float("inf"), 0.0)


def computed(row, member: str, gate: Tensor, up: Tensor) -> Tensor:
    one = torch.ones_like(gate)
    if member == "value":
        return row.forward(gate, up)
    if member in ("gate", "up"):
        return row.backward(one, gate, up)[member == "up"]
    along_gate = row.double_backward(one, None, one, gate, up)
    return along_gate[1 if member == "gate_gate" else 2]


def bound(row, member: int, dtype: torch.dtype) -> float:
    """Of act, in its own units; of 16 bits without its rounding, as products are in float32."""
    table = (OTHER_PARAMETERS if row.options or row.operator == "swiglu_clamped" else {}).get(
        dtype, BOUNDS[dtype]
    )
    return table[ACT[member]] - (0.5 if dtype in HALVES else 0)


def assert_accurate(row, gate: Tensor, up: Tensor, jet, where: str) -> None:
    options, dtype = dict(row.options), gate.dtype
    act = row.row.jet(gate, **options)
    h, _ = row.row.factor(up.cpu().double(), row.row.rounded_arguments(dtype, **options))
    info, wide = torch.finfo(dtype), torch.promote_types(dtype, torch.float32)
    for member, exact in jet.items():
        high, low = exact if isinstance(exact, tuple) else (exact, torch.zeros_like(exact))
        n, by_up = FACTORS[member]
        factor = h if by_up else torch.ones_like(h)
        got = computed(row, member, here(gate), here(up)).cpu().double()
        # What act may err is multiplied; where it is clamped, the other factor is rounded, too.
        size = (high / factor).abs() if dtype == torch.float64 else act[n].abs()
        unit = spacing(size.nan_to_num(posinf=info.max), dtype)
        allowed = (bound(row, n, dtype) * unit + row.forgiven(n, here(gate))) * factor.abs()
        if row.row.of_up is not None:
            allowed += size * spacing(h, wide) / 2
        allowed += 0.5 * spacing(high, dtype) * (1 + 1e-3)
        error = ((got - high) - low).abs()
        same = (
            (got == high)
            | (got.isnan() & high.isnan())
            | (got.isinf() & (got == high.to(dtype).double()))
        )
        # Next to the largest number, what is allowed may or may not overflow.
        same |= (high.abs() + allowed >= info.max) & (got.abs() >= info.max * (1 - 2**-7))
        # 0·∞, where act is 0 in the type that computes, as of the eager pair.
        same |= got.isnan() & (act[n].to(wide) == 0) & factor.isinf()
        # What a comparison has cut off passes nothing on; a constant slope is that of NaN too.
        if n > 0:
            same |= (got == 0) & ((act[n] == 0) | gate.isnan())
            same |= gate.isnan() & (got == factor.to(dtype)) & row.row.straight
        wrong = ~(same | (error <= allowed))
        worst, ulp = int(wrong.int().argmax()), spacing(high, dtype)
        assert not wrong.any(), (
            f"{row} {member}, {dtype}, {where}: {int(wrong.sum())} of {gate.numel()} inputs, as "
            f"gate {gate[worst].item()!r}, up {up[worst].item()!r}: got {got[worst].item()!r}, "
            f"exact {high[worst].item()!r}, error {(error / ulp)[worst]:.4g} ULP, "
            f"allowed {(allowed / ulp)[worst]:.4g}"
        )


@on_cpu
def reference(row, gate: Tensor, up: Tensor):
    return row.row.gated_jet(gate, up, **dict(row.options))._asdict()


@functools.lru_cache(maxsize=1)
@on_cpu
def _float32(row) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    size = 2**17
    patterns = torch.randint(-(2**31), 2**31, (2, size), generator=generator)
    gate, up = patterns.to(torch.int32).view(torch.float32).unbind()
    gate[::2] = torch.rand(gate[::2].shape, generator=generator) * 40 - 20
    gate[::8] = gate[::8] * 6
    up[::4] = torch.randn(up[::4].shape, generator=generator)
    return gate, up, reference(row, gate, up)


def test_float32(gated_setting, instruction_set):
    gate, up, jet = _float32(gated_setting)
    assert_accurate(gated_setting, gate, up, jet, instruction_set)


@pytest.mark.smoke
@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_every_gate_of_16_bits(gated_setting, instruction_set, dtype):
    gate = every(dtype)
    for value in UPS:
        up = torch.full_like(gate, value)
        assert_accurate(
            gated_setting, gate, up, reference(gated_setting, gate, up), instruction_set
        )


@functools.lru_cache(maxsize=1)
@on_cpu
def _float64(row):
    generator = torch.Generator().manual_seed(1)
    random = torch.rand(160, generator=generator, dtype=torch.float64)
    gate = torch.cat([random[:80] * 16 - 8, random[80:120] * 745 - 745, random[120:] * 700])
    up = torch.randn(160, generator=generator, dtype=torch.float64)
    up[::4] = torch.exp2(up[::4] * 200)
    return gate, up, row.row.exact_gated_jet(gate, up, **dict(row.options))


def test_float64(gated_setting, instruction_set):
    assert_accurate(gated_setting, *_float64(gated_setting), instruction_set)


@pytest.mark.smoke
def test_nan_passes(gated_setting, instruction_set):
    """From either tensor to the value and the gradients that depend on it."""
    for dtype in DTYPES:
        gate = torch.tensor([torch.nan, 1.25, torch.nan], dtype=dtype)  # below every limit
        up = torch.tensor([1.0, torch.nan, torch.nan], dtype=dtype)
        assert gated_setting.forward(gate, up).isnan().all()
        by_gate, by_up = gated_setting.backward(torch.ones_like(gate), gate, up)
        assert by_gate[1:2].isnan().all() and by_up[[0, 2]].isnan().all(), f"{dtype}"


@pytest.mark.smoke
def test_products_overflow_where_they_are_too_large(gated_setting, instruction_set):
    """And nowhere else: of the factors of a gradient, two may be too large for their product."""
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        big = torch.finfo(dtype).max ** 0.75
        cases = [(big, big, 1 / big), (big, 1 / big, big), (1 / big, big, big)]
        for g, u, _ in cases:
            gate, up = torch.tensor([-0.4], dtype=dtype), torch.tensor([u], dtype=dtype)
            by_gate, _ = gated_setting.backward(torch.tensor([g], dtype=dtype), gate, up)
            slope = gated_setting.row.jet(gate, **dict(gated_setting.options)).slope
            h, _ = gated_setting.row.factor(up.double(), gated_setting.parameters)
            want = (slope * g * h).to(dtype)
            torch.testing.assert_close(by_gate, want, rtol=0.02, atol=0)


@pytest.mark.smoke
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_special_numbers_as_the_eager_pair(gated_setting, dtype):
    """Infinite where the product is, NaN where it is 0·∞, by act's own limits."""
    x = special(dtype)
    gate, up = torch.cartesian_prod(x, x).unbind(-1)
    wide = torch.promote_types(dtype, torch.float32)
    act = gated_setting.row.jet(gate, **dict(gated_setting.options)).value.to(wide)
    h, _ = gated_setting.row.factor(up.double(), gated_setting.parameters)
    want = (act.double() * h).to(wide).to(dtype)
    got = gated_setting.forward(gate.contiguous(), up.contiguous())
    # A value that vanishes may be 0 or the least number, whose product is no NaN.
    vanishes = h.isinf() & (act.abs() <= 2 * torch.finfo(wide).tiny * torch.finfo(wide).eps)
    assert (got.isnan() | got.isinf() | ~vanishes).all()
    got, want = (t.masked_fill(vanishes, torch.nan) for t in (got, want))
    assert torch.equal(got.isnan(), want.isnan())
    # The largest number times a value next to 1 may round to either.
    next_to = want.double().abs() >= 0.99 * torch.finfo(dtype).max
    assert torch.equal(got.isinf() & ~next_to, want.isinf() & ~next_to)
