"""Functions of x and a weight, where every element has a weight of its own.

The gradient of the weight is a derivative then, and no sum. test_values.py has those of one weight.
"""

import functools

import pytest
import torch
from accuracy import assert_within, every, float32_points, same_bits, special
from device import here, on_cpu
from nonlin.testing import Parametric
from parametric_accuracy import LEARNED, MEMBERS, AtWeight, computed, errors
from rows import DTYPES, HALVES
from torch import Tensor

pytestmark = pytest.mark.devices
ROW = pytest.mark.parametrize("row", LEARNED.values(), ids=lambda row: row.operator, scope="module")


def assert_accurate(
    row: Parametric,
    x: Tensor,
    w: Tensor,
    jet: dict[str, Tensor | tuple[Tensor, Tensor]],
    where: str,
) -> None:
    given, x, w = (here(x), here(w)), x.cpu(), w.cpu()
    for member, exact in jet.items():
        got = computed(row, member, *given)
        high = exact[0] if isinstance(exact, tuple) else exact
        bound, error = errors(row, member, x, w, got, exact)
        name = f"{row.operator} {member}, weight {w[error.argmax()]}"
        assert_within(bound, error, name, x, got, high, where)


@functools.lru_cache(maxsize=1)
@on_cpu
def _many_weights(row: Parametric) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """A random weight for each element, of all sizes; half of the products are moderate."""
    x = float32_points(AtWeight(row, 1.0))[::2]
    w = torch.randn(x.shape)
    w[::2] = torch.exp2(torch.rand(x.shape) * 27 - 20)[::2] * w[::2].sign()
    x[::4], x[1::4] = x[::4] / w[::4], x[1::4] / w[1::4]
    return x, w, row.jet(x, w)._asdict()


@ROW
def test_float32(row, instruction_set):
    assert_accurate(row, *_many_weights(row), instruction_set)


def test_extreme_weights(instruction_set):
    """f_w and f_ww do not overflow where they are small, though x² and x³ do."""
    w = torch.exp2(torch.rand(2**16) * 200 - 100)
    x = (torch.rand(2**16) * 2 - 1) * 170 / w
    jet = LEARNED["parametric_swish"].jet(x, w)._asdict()
    assert_accurate(LEARNED["parametric_swish"], x, w, jet, instruction_set)


@functools.lru_cache(maxsize=2)
@on_cpu
def _every(row: Parametric, dtype: torch.dtype) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    x = every(dtype)
    w = torch.randn(x.shape).to(dtype)
    return x, w, row.jet(x, w)._asdict()


@pytest.mark.smoke
@ROW
def test_every_input_of_16_bits(row, instruction_set):
    for dtype in HALVES:
        assert_accurate(row, *_every(row, dtype), instruction_set)


@functools.lru_cache(maxsize=1)
@on_cpu
def _float64(row: Parametric) -> tuple[Tensor, Tensor, dict[str, tuple[Tensor, Tensor]]]:
    random = torch.rand(200, dtype=torch.float64)
    z = torch.cat([random[:100] * 16 - 8, random[100:160] * 745 - 745, random[160:] * 700])
    w = torch.randn(200, dtype=torch.float64)
    w[::4] = torch.tensor(row.values, dtype=torch.float64).repeat(20)[:50]
    w[1::8] = torch.exp2(w[1::8] * 100)
    x = torch.where(w == 0, z, z / w)
    powers = torch.logspace(-320, 2, 12, dtype=torch.float64)
    x, w = torch.cat([x, powers, -powers]), torch.cat([w, w[:24]])
    return x, w, row.exact_jet(x, w)


@ROW
def test_float64(row, instruction_set):
    assert_accurate(row, *_float64(row), instruction_set)


@pytest.mark.smoke
def test_nan(instruction_set):
    for dtype in DTYPES:
        x = torch.tensor([torch.nan, 1.0, torch.nan], dtype=dtype)
        w = torch.tensor([1.0, torch.nan, torch.nan], dtype=dtype)
        for member in MEMBERS:
            got = computed(LEARNED["parametric_swish"], member, x, w)
            assert got.isnan().all(), f"{member} is {got.tolist()}, {dtype}, {instruction_set}"


@pytest.mark.smoke
def test_prelu_is_pytorchs(instruction_set):
    row = LEARNED["prelu"]
    for dtype in DTYPES:
        x = torch.cat([torch.randn(1000).to(dtype), special(dtype)])
        for w in (torch.randn(x.shape).to(dtype), torch.zeros_like(x)):
            inputs = x[None].clone().requires_grad_(), w.clone().requires_grad_()
            theirs = torch.nn.functional.prelu(*inputs)
            by_x, by_w = torch.autograd.grad(theirs.sum(), inputs)
            # The gradient of the weight is a sum, from 0, and never −0.
            pairs = ("value", theirs.detach()), ("x", by_x), ("w", by_w + 0)
            for member, want in pairs:
                got = computed(row, member, x, w)
                assert same_bits(got, want.flatten()), f"{member}, {dtype}, {instruction_set}"


def test_swish_has_the_same_bits(instruction_set):
    """Whether β is learned or a hyper-parameter."""
    for dtype in DTYPES:
        x = torch.cat([torch.randn(5000).to(dtype) * 8, special(dtype)])
        x = every(dtype) if dtype in HALVES else x
        for beta in (1.0, 0.25, -1.5, 0.0, 30.0, 2.0**-10):
            w, one = torch.full_like(x, beta), torch.ones_like(x)
            wanted = {
                "value": torch.ops.nonlin.swish(x, beta),
                "x": torch.ops.nonlin.swish_backward(one, x, beta),
                "xx": torch.ops.nonlin.swish_double_backward(one, one, x, beta)[1],
            }
            for member, want in wanted.items():
                got = computed(LEARNED["parametric_swish"], member, x, w)
                where = f"{member}, {dtype}, {instruction_set}, β = {beta}"
                assert same_bits(got, want), where
