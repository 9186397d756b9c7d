"""A result's bits depend on its element alone: not on length, neighbours, layout or threads."""

import pytest
import torch
from accuracy import same_bits, special, tensors
from kernel_calls import PASSES, run
from rows import DTYPES, PointwiseRow

pytestmark = pytest.mark.devices
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def same(case: PointwiseRow, name: str, got: tuple, want: tuple, where: str) -> None:
    for a, b in zip(got, want, strict=True):
        assert same_bits(a, b), f"{case} {name}, {a.dtype}, {where}: the bits differ"


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_length_and_offset(operator, instruction_set, dtype, name):
    inputs = tensors(dtype, 200)
    whole = run(operator, name, *inputs)
    for offset in (0, 1, 3, 7, 8, 21, 64):
        for length in range(131):
            piece = slice(offset, offset + length)
            got = run(operator, name, *(t[piece] for t in inputs))
            want = tuple(t[piece] for t in whole)
            where = f"{instruction_set}, {length} elements from {offset}"
            same(operator, name, got, want, where)


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_neighbours(operator, instruction_set, dtype, name):
    inputs = tensors(dtype, 192)
    want = run(operator, name, *inputs)
    even = torch.arange(192) % 2 == 0
    for other in special(dtype):
        mixed = tuple(torch.where(even, t, other) for t in inputs)
        got = run(operator, name, *mixed)
        where = f"{instruction_set}, beside {other.item()!r}"
        same(operator, name, tuple(t[even] for t in got), tuple(t[even] for t in want), where)


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_layout(operator, instruction_set, dtype, name):
    inputs = tensors(dtype, 24 * 35)
    flat = run(operator, name, *inputs)
    shape = (5, 7, 24)
    want = tuple(t.view(shape) for t in flat)
    layouts = {
        "transposed": lambda t: t.view(shape).transpose(0, 2).contiguous().transpose(0, 2),
        "every second column": lambda t: t.view(shape).repeat_interleave(2, -1)[..., ::2],
        "every third row": lambda t: t.view(shape).repeat_interleave(3, 0)[::3],
        "behind an offset": lambda t: torch.cat((t[:3], t))[3:].view(shape),
    }
    for first, second in ((0, 0), (0, 1), (1, 2), (2, 3), (3, 0)):
        one, other = list(layouts)[first], list(layouts)[second]
        v, g, x = inputs
        arranged = (layouts[other](v), layouts[one](g), layouts[other](x))
        got = run(operator, name, *arranged)
        same(operator, name, got, want, f"{instruction_set}, {one} with {other}")


@DTYPE
def test_in_place_and_out(operator, instruction_set, dtype):
    x = tensors(dtype, 131)[-1]
    want = (operator.forward(x),)
    same(operator, "out", (operator.out(x, out=torch.empty_like(x)),), want, instruction_set)
    strided = x.repeat_interleave(2)[::2]
    same(operator, "in place", (operator.inplace(strided),), want, instruction_set)
    same(operator, "in place", (operator.inplace(x.clone()),), want, instruction_set)
    own = x.clone()
    same(operator, "out, self", (operator.out(own, out=own),), want, instruction_set)


@pytest.mark.cpu
@pytest.mark.parametrize("name", PASSES)
def test_threads(operator, name):
    inputs = tensors(torch.float32, 300_001)
    matrix = tuple(t[:300_000].view(500, 600).t() for t in inputs)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            mixed = (matrix[0], matrix[1].contiguous(), matrix[2])
            results.append((*run(operator, name, *inputs), *run(operator, name, *mixed)))
    finally:
        torch.set_num_threads(before)
    for threads, got in zip((2, 3, 7), results[1:], strict=True):
        same(operator, name, got, results[0], f"{threads} threads against one")


def test_runs_repeat(case):
    x = torch.randn(10_000, requires_grad=True)
    first, second = (torch.autograd.grad(case.forward(x).square().sum(), x)[0] for _ in range(2))
    assert same_bits(first, second)
