"""A result's bits depend on its element and weight alone: not on length, neighbours or layout.

Sums depend on shape and strides besides, and nothing depends on threads.
"""

import pytest
import torch
from accuracy import same_bits, special, tensors
from passes import ELEMENTWISE, along, passes
from rows import DTYPES
from torch.autograd import grad

pytestmark = pytest.mark.devices
each = pytest.mark.parametrize("elementwise", ELEMENTWISE, ids=str)


def same(got, want, where: str) -> None:
    for i, (a, b) in enumerate(zip(got, want, strict=True)):
        assert same_bits(a, b), f"result {i}, {a.dtype}, {where}: the bits differ"


def results(row, s, v, g) -> tuple:
    """Of elements, with the weight as its own tangent."""
    return passes(row, s, (v, *s.tensors[1:]), g)[0]


@each
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_length_and_offset(elementwise, instruction_set, dtype):
    """Of rows of one channel, and of channels that each have an element."""
    v, g, x = tensors(dtype, 200)
    for s in along(elementwise, x, 0):
        whole = results(elementwise, s, v, g)
        for offset in (0, 1, 3, 7, 8, 21, 64):
            for length in range(131):
                piece = slice(offset, offset + length)
                part = s.map(lambda t: t[piece] if t.shape == x.shape else t)  # noqa: B023
                got = results(elementwise, part, v[piece], g[piece])
                where = f"{instruction_set}, {s.name}, {length} elements from {offset}"
                same(got, [t[piece] for t in whole], where)


@each
def test_neighbours(elementwise, instruction_set):
    """Infinities and NaN beside a number, in its channel and in others, change nothing of it."""
    for dtype in DTYPES:
        for channels in (1, 3, 16, 70):
            v, g, x = (t[: 210 // channels * channels] for t in tensors(dtype, 210))
            v, g, x = (t.view(-1, channels) for t in (v, g, x))
            even = torch.arange(x.numel()).view(x.shape) % 2 == 0
            for s in along(elementwise, x, 1):
                want = results(elementwise, s, v, g)
                for other in special(dtype):
                    beside = [torch.where(even, t, other) for t in (v, g, x)]
                    mixed = s.with_tensors(beside[2], *s.tensors[1:])
                    got = results(elementwise, mixed, *beside[:2])
                    where = f"{instruction_set}, {s.name}, beside {other.item()!r}"
                    same([t[even] for t in got], [t[even] for t in want], where)


LAYOUTS = {
    "transposed": lambda t: t.transpose(0, 2).contiguous().transpose(0, 2),
    "every second column": lambda t: t.repeat_interleave(2, -1)[..., ::2],
    "every third row": lambda t: t.repeat_interleave(3, 0)[::3],
    "behind an offset": lambda t: torch.cat((t.flatten()[:3], t.flatten()))[3:].view(t.shape),
}


@each
def test_layout(elementwise, instruction_set):
    for dtype in DTYPES:
        v, g, x = (t.view(5, 7, 24) for t in tensors(dtype, 24 * 35))
        for s in along(elementwise, x, 1):
            want = results(elementwise, s, v, g)
            for first, second in ((0, 0), (0, 1), (1, 2), (2, 3), (3, 0)):
                one, other = list(LAYOUTS)[first], list(LAYOUTS)[second]
                arranged = s.with_tensors(LAYOUTS[other](x), *s.tensors[1:])
                got = results(elementwise, arranged, LAYOUTS[other](v), LAYOUTS[one](g))
                same(got, want, f"{instruction_set}, {s.name}, {one} with {other}")


@each
def test_in_place_and_out(elementwise, instruction_set):
    for dtype in DTYPES:
        for s in along(elementwise, tensors(dtype, 131)[-1], 0):
            x, more = s.input, s.arguments[1:]
            own, strided = x.clone(), x.repeat_interleave(2)[::2]
            for name, got in {
                "out": elementwise.out(*s.arguments, out=torch.empty_like(x)),
                "out, self": elementwise.out(own, *more, out=own),
                "in place": elementwise.inplace(x.clone(), *more),
                "in place, strided": elementwise.inplace(strided, *more),
            }.items():
                where = f"{instruction_set}, {s.name}, {name}"
                same((got,), (elementwise.forward(*s.arguments),), where)


SHAPES = {
    "batch of rows": (2048, 300),
    "images": (8, 48, 40, 41),
    "a few channels": (3, 4, 70_001),
    "one channel": (1, 1, 700_001),
    "thousands of channels": (70, 9001),
    "a small tensor": (6, 5, 4),
}
ORDERS = {
    "contiguous": lambda t: t,
    "channels-last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
    "transposed": lambda t: t.transpose(0, -1).contiguous().transpose(0, -1),
    "sliced": lambda t: t.repeat_interleave(2, 0)[::2],
}


@pytest.mark.cpu
@each
@pytest.mark.parametrize("shape", SHAPES)
def test_threads(elementwise, shape):
    """The same bits of all results, of sums too, with any number of threads, and each time."""
    before = torch.get_num_threads()
    for one, other in (*((order, order) for order in ORDERS), ("transposed", "contiguous")):
        v, x = (ORDERS[one](torch.randn(SHAPES[shape])) for _ in range(2))
        g = ORDERS[other](torch.randn(SHAPES[shape]))
        for s in along(elementwise, x, 1):
            want = None
            for threads in (1, 1, 2, 3, 7):
                torch.set_num_threads(threads)
                try:
                    elements, sums = passes(elementwise, s, (v, *s.tensors[1:]), g)
                finally:
                    torch.set_num_threads(before)
                want = want or (*elements, *sums)
                where = f"{elementwise}, {one} with {other}, {s.name}, {threads} threads"
                same((*elements, *sums), want, where)


@pytest.mark.cpu
@pytest.mark.parametrize("shape", [(2048, 300, 1), (3, 4, 70_002), (1, 1, 700_002)], ids=str)
def test_threads_add_in_one_order(parametric, shape):
    """In float64, and with terms whose sum is 0: all that is left of it is its order's rounding."""
    longest = max(range(3), key=shape.__getitem__)

    def twice(sign: int) -> torch.Tensor:
        half = torch.randn(shape, dtype=torch.float64).chunk(2, longest)[0]
        return torch.cat((half, sign * half.roll(1, longest)), longest)

    v, g, x = twice(1), twice(-1), twice(1)
    opposite, before = tuple(t.flip(0, 2) for t in (v, g, x)), torch.get_num_threads()

    def sums(s, threads: int, v, g, x) -> tuple:
        torch.set_num_threads(threads)
        try:
            s = s.with_tensors(x, *s.tensors[1:])
            return passes(parametric, s, (v, *s.tensors[1:]), g)[1]
        finally:
            torch.set_num_threads(before)

    for s in along(parametric, x, 1):
        want = sums(s, 1, v, g, x)
        assert not any(map(same_bits, sums(s, 1, *opposite), want))
        for threads in (2, 3, 7):
            same(sums(s, threads, v, g, x), want, f"{parametric}, {s.name}, {threads} threads")


def test_runs_repeat(activation):
    s = next(activation.with_input(torch.randn(100, 100))).leaves()
    first, second = (
        grad(activation.forward(*s.arguments).square().sum(), s.tensors) for _ in range(2)
    )
    same(first, second, "again")
