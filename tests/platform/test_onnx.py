"""Values of exported models in onnxruntime, of every activation and setting, beside ours."""

import math

import pytest
import torch
from nonlin.testing import samples
from nonlin.testing.runtime import AGREEMENTS, POINTS, Agreement
from nonlin.testing.ulp import spacing
from rows.bounds import COMPILED, COMPILED_FADES, COMPILED_TAILS
from torch import Tensor

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

from onnx_runtime import DTYPES, OPSETS, Elementwise, exported, in_onnxruntime

pytestmark = pytest.mark.cpu
UPS = (1.0, -2.5, 0.3)
FARTHEST = 1e30  # of float32, so that β·x is finite


def inputs(dtype: torch.dtype) -> Tensor:
    """Special points, and then all of float16, or some of float32 with every exponent."""
    points = torch.tensor(list(POINTS.values()), dtype=dtype)
    if dtype == torch.float16:
        x = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(dtype)
    else:
        x = torch.cat((samples(dtype, 2**13), torch.linspace(-30, 30, 2**15)))
        x = x[x.abs() <= FARTHEST]
    return torch.cat((points, x[x.isfinite()]))


@pytest.fixture(scope="module", params=OPSETS)
def opset(request):
    return request.param


@pytest.fixture(scope="module", params=DTYPES, ids=str)
def dtype(request):
    return request.param


def results(opset: int, dtype: torch.dtype, exact: bool) -> dict[str, tuple[Tensor, Tensor]]:
    """The runtime's and ours, by setting, of one model with dynamic sizes."""
    model, size = Elementwise(), torch.export.Dim("size")
    x = inputs(dtype)
    up = torch.tensor(UPS, dtype=dtype).repeat(len(x) // len(UPS) + 1)[: len(x)]
    example = torch.randn(2, 8).to(dtype).unbind()
    shapes = ({0: size}, {0: size})
    program = exported(model, example, opset, exact=exact, dynamic_shapes=shapes)
    pairs = zip(in_onnxruntime(program)(x, up), model(x, up), strict=True)
    return dict(zip(model.functions, pairs, strict=True))


def beyond(got: Tensor, want: Tensor, allowed: Tensor, x: Tensor) -> list[str]:
    """Where a result is farther from ours than is allowed; what is subnormal may be 0."""
    if want.dtype == torch.float32:
        allowed = allowed + torch.finfo(want.dtype).smallest_normal
    off = (got.double() - want.double()).abs().where(got != want, 0)
    worst = (off / allowed).nan_to_num(nan=math.inf).where(off > 0, 0).argmax()
    if off[worst] <= allowed[worst]:
        return []
    return [f"{got[worst]} for {want[worst]} at {x[worst]}, where ±{allowed[worst]} is allowed"]


def same(a: float, b: float) -> bool:
    """As numbers of 16 bits."""
    return a == b or math.isclose(a, b, rel_tol=2e-3) or (math.isnan(a) and math.isnan(b))


def setting(name: str) -> tuple[str, tuple[float, ...], float]:
    """The name of a formula, its numbers, and the largest factor that it is multiplied by."""
    row, numbers, gated = Elementwise.settings()[name]
    if not gated:
        return row.operator, numbers, 1.0
    factor = row.factor(torch.tensor(UPS), numbers)[0].abs().max().item()
    return row.definition.__name__, numbers, factor


def agreement(operator: str) -> Agreement:
    assert operator in AGREEMENTS, (
        f"{operator} has no bound: measure what onnxruntime makes of it, and add that to "
        "AGREEMENTS in python/nonlin/testing/runtime.py"
    )
    return AGREEMENTS[operator]


def test_standard_operators(opset, dtype):
    """Within the bounds of nonlin.testing.runtime, and other numbers at those points alone."""
    x, wrong, n = inputs(dtype), [], len(POINTS)
    for name, (got, want) in results(opset, dtype, exact=False).items():
        operator, numbers, factor = setting(name)
        said = agreement(operator)
        allowed = said.bound(x, want, numbers)
        if factor != 1:  # an absolute error is multiplied, and the product is rounded
            zero = said.bound(x, torch.zeros_like(want), numbers)
            allowed = allowed + (factor - 1) * zero + spacing(want.double(), dtype)
        wrong += [f"{name}: {what}" for what in beyond(got[n:], want[n:], allowed[n:], x[n:])]
        departs = said.departs(*numbers) | (said.in_float16 if dtype == torch.float16 else {})
        for point, ours, theirs in zip(POINTS, want[:n].tolist(), got[:n].tolist(), strict=True):
            expected = departs.get(point, ours)
            other_sign = theirs == 0 and math.copysign(1, theirs) != math.copysign(1, ours)
            if not same(theirs, expected) or (other_sign and point not in departs):
                wrong.append(f"{name} at {point}: {theirs}, where {expected} is known, ours {ours}")
    assert not wrong, "\n".join([*wrong, "the bounds are in python/nonlin/testing/runtime.py"])


def test_exact(opset, dtype):
    """As near as torch.compile's code, which has the same expressions; at all points the limits."""
    x, wrong, n = inputs(dtype), [], len(POINTS)
    for name, (got, want) in results(opset, dtype, exact=True).items():
        operator, numbers, factor = setting(name)
        ulp = 1.0
        if dtype == torch.float32:
            # Kernels err by up to 3 ULP. An exponent β·x of up to 104 is rounded, by 2⁻¹⁸.
            tails = COMPILED_TAILS.get(operator.removeprefix("clamped_"), COMPILED)[0]
            scaled = operator.endswith("swish") or operator == "softplus"
            ulp = max(tails, 200 if scaled else 0) + 3 + (factor != 1)
        allowed = ulp * spacing(want.double(), dtype)
        if dtype == torch.float32 and operator.endswith("swish"):
            # Where e^(−βx) overflows, x·σ(βx) is 0: times β below so many smallest normal numbers.
            beta = abs(numbers[-1]) if numbers else 1.0
            fades = COMPILED_FADES["swish"] * torch.finfo(dtype).tiny
            allowed = allowed + (fades * factor / beta if beta else 0)
        wrong += [f"{name}: {what}" for what in beyond(got[n:], want[n:], allowed[n:], x[n:])]
        for point, ours, theirs in zip(POINTS, want[:n].tolist(), got[:n].tolist(), strict=True):
            if not same(theirs, ours):
                wrong.append(f"{name} at {point}: {theirs}, ours {ours}")
    assert not wrong, "\n".join(wrong)
