"""Values and derivatives of every activation as Inductor's C++ computes them, beside exact ones."""

import functools
import math

import pytest
import torch
from compiling import members
from nonlin.testing import NEAR, samples, sign_changes, ulp_error
from rows import HALVES, OPERATORS, PARAMETRIC, ParametricRow, Row
from rows.bounds import (
    COMPILED,
    COMPILED_ABSOLUTE,
    COMPILED_FADES,
    COMPILED_FADING,
    COMPILED_MISROUNDED,
    COMPILED_OFTEN,
    COMPILED_SMALL,
    COMPILED_TAILS,
)
from torch import Tensor

pytestmark = [pytest.mark.cpu, pytest.mark.usefixtures("fresh_compiler")]
ROWS: tuple[Row, ...] = (*OPERATORS, *PARAMETRIC)
FLOAT = torch.finfo(torch.float32)
SMALL = COMPILED_SMALL * FLOAT.tiny
ENDS = torch.tensor([math.inf, -math.inf, math.nan, FLOAT.max, FLOAT.min, 0.0, -0.0])


def weights(row: Row) -> tuple[float, ...]:
    return row.row.weights if isinstance(row, ParametricRow) else ()


def exact(row: Row, x: Tensor) -> tuple[Tensor, ...]:
    """At −0 as at 0, where some derivatives jump."""
    x = x + 0
    if not isinstance(row, ParametricRow):
        return tuple(row.jet(x))
    jet = row.row.jet(x, torch.full_like(x, *row.row.weights))
    return jet.value, jet.x, jet.xx


@functools.cache
def inputs() -> dict[torch.dtype, Tensor]:
    """All numbers of 16 bits, and some of float32: all exponents, and the middle."""
    half = {t: torch.arange(-(2**15), 2**15, dtype=torch.int16).view(t) for t in HALVES}
    return half | {torch.float32: torch.cat([samples(torch.float32, 2**13), ENDS])}


@pytest.fixture(scope="module")
def found(compiler_cache) -> dict[str, dict[torch.dtype, tuple[Tensor, ...]]]:
    """Results by row, and by type of the inputs, all from one program of float32.

    What is made of a tensor of 16 bits is that of the same numbers in float32, rounded once
    (test_decomposition.py).
    """
    numbers = inputs()
    x = torch.cat([t.float() for t in numbers.values()])

    def program(x: Tensor) -> list[tuple[Tensor, ...]]:
        return [members(row, x, *weights(row)) for row in ROWS]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHINDUCTOR_CACHE_DIR", compiler_cache)
        torch._dynamo.reset()
        results = torch.compile(program, fullgraph=True, dynamic=False)(x)
    sizes = [t.numel() for t in numbers.values()]
    split = [zip(*(member.split(sizes) for member in result), strict=True) for result in results]
    return {
        str(row): dict(zip(numbers, parts, strict=True))
        for row, parts in zip(ROWS, split, strict=True)
    }


@functools.cache
def roots(row: Row, index: int) -> tuple[float, ...]:
    """Of a derivative."""
    return sign_changes(lambda x: exact(row, x)[index], 4001, 20.0) if index else ()


def near_roots(row: Row, index: int, x: Tensor) -> Tensor:
    near = torch.zeros_like(x, dtype=torch.bool)
    for root in roots(row, index):
        near |= (x - root).abs() < NEAR * abs(root)
    return near


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_float32(row, found):
    """In ULP; absolutely next to roots and where results are next to nothing."""
    for dtype, results in found[str(row)].items():
        x = inputs()[dtype].float()
        bounds = COMPILED_TAILS.get(row.row.name, COMPILED)
        middle = torch.linspace(-10, 10, 1001, dtype=torch.float64)
        scales = [float(member.abs().max()) for member in exact(row, middle)]
        for index, (got, want) in enumerate(zip(results, exact(row, x), strict=True)):
            near, small = near_roots(row, index, x), want.abs() < SMALL
            off = (got.double() - want).abs()
            errors = ulp_error(got, want)
            where = f"{row}, order {index}"
            judge(errors.where(~near & ~small, 0), bounds[index], x, f"{where}, ULP")
            most = COMPILED_ABSOLUTE * FLOAT.eps * scales[index]
            judge(off.where(near, 0), most, x, f"{where}, next to a root")
            most = COMPILED_FADES.get(row.row.name, COMPILED_FADING) * FLOAT.tiny
            judge(off.where(small & ~near, 0), most, x, f"{where}, next to nothing")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_16_bits(row, found):
    """Rounded once; what is next to nothing in float32 may be 0."""
    for dtype in HALVES:
        results, x = found[str(row)][dtype], inputs()[dtype]
        for index, (wide, want) in enumerate(zip(results, exact(row, x), strict=True)):
            errors = ulp_error(wide.to(dtype), want)
            errors = errors.where((want.abs() >= SMALL) | ~want.isfinite(), 0)
            wrong = errors > 0.5
            most = COMPILED_OFTEN.get((str(row), index, dtype), COMPILED_MISROUNDED)
            assert wrong.sum() <= most, (row, index, dtype, int(wrong.sum()), x[wrong][:9])
            near = near_roots(row, index, x.double())
            judge(errors.where(~near, 0), 0.6, x, f"{row}, order {index}, {dtype}")


def judge(errors: Tensor, most: float, x: Tensor, what: str) -> None:
    errors = errors.nan_to_num(nan=math.inf)
    place = errors.argmax()
    assert errors[place] <= most, f"{what}: {errors[place]:.4g} at {x[place]}, {most:.4g} allowed"
