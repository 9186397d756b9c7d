"""Gate and up wherever they lie: the same bits, read in place, one gradient of a packed tensor."""

from itertools import product

import pytest
import torch
from accuracy import same_bits
from layouts import LAYOUTS, allocated, base
from nonlin.testing.textbook import halves
from rows import DTYPES
from rows.gated import LAYOUTS as PLACES
from torch import Tensor
from torch.autograd import grad

pytestmark = pytest.mark.devices
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def dense(t: Tensor) -> Tensor:
    return t.contiguous().resolve_neg().clone()


def like(t: Tensor) -> Tensor:
    return torch.randn(t.shape).to(t.dtype)


def results(row, v, w, g, gate, up) -> tuple[Tensor, ...]:
    return (
        row.forward(gate, up),
        *row.backward(g, gate, up),
        *row.double_backward(v, w, g, gate, up),
    )


def assert_same(got, want, where: str) -> None:
    for i, (a, b) in enumerate(zip(got, want, strict=True)):
        assert same_bits(a, b), f"{where}, result {i}"


@each_dtype
@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_tensors(gated, layout, dtype):
    """Of any two arrangements, and of one tensor in all places."""
    gate = LAYOUTS[layout](base(dtype))
    v, w, g, up = (like(gate) for _ in range(4))
    want = results(gated, *map(dense, (v, w, g, gate, up)))
    assert_same(results(gated, v, w, g, gate, up), want, "others contiguous")
    swapped = results(gated, v, w, g, dense(gate), gate)
    assert_same(swapped, results(gated, v, w, g, dense(gate), dense(gate)), "up like this")
    one = results(gated, *[gate] * 5)
    assert_same(one, results(gated, *[dense(gate)] * 5), "all one")
    if gate.dim() > 1:
        other = [t.transpose(0, 1).contiguous().transpose(0, 1) for t in (v, w, g, up)]
        assert_same(results(gated, *other[:3], gate, other[3]), want, "others transposed")
    for t in want[0], *results(gated, v, w, g, gate, up)[:2]:
        assert t.stride() == torch.empty_like(t if t is want[0] else gate).stride()


@each_dtype
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_tensor(packed, layout, place, dtype):
    """Its results are those of two tensors, along every dimension."""
    two = torch.ops.nonlin
    x = LAYOUTS[layout](base(dtype))
    for dim in (d for d in range(x.dim()) if x.shape[d] % 2 == 0):
        where = f"dimension {dim}"
        gate, up = map(dense, halves(x, dim, PLACES[place]))
        v, g = like(x), like(gate)
        along = map(dense, halves(v, dim, PLACES[place]))
        value = packed.forward(x, dim, place)
        assert_same([value], [two.swiglu(gate, up)], where)
        into = torch.empty_like(torch.stack((value, value), -1))[..., 0]
        packed.out(x, dim, place, out=into)
        assert_same([into], [value], where)
        (first,) = packed.gradients(g, x, dim, place)
        assert first.shape == x.shape and first.stride() == torch.empty_like(x).stride(), where
        assert_same(halves(first, dim, PLACES[place]), two.swiglu_backward(g, gate, up), where)
        by_g, second = packed.double_backward(v, g, x, dim, place)
        assert_same(
            (by_g, *halves(second, dim, PLACES[place])),
            two.swiglu_double_backward(*along, g, gate, up),
            where,
        )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 17, 64, 65, 200, 257, 300])
def test_rows_of_any_length(packed, instruction_set, size):
    for dtype, place in product(DTYPES, range(3)):
        x = torch.randn(5, 2 * size).to(dtype)
        gate, up = map(dense, halves(x, -1, PLACES[place]))
        where = f"{dtype}, {PLACES[place]}"
        assert_same([packed.forward(x, -1, place)], [torch.ops.nonlin.swiglu(gate, up)], where)
        g = like(gate)
        (got,) = packed.gradients(g, x, -1, place)
        want = torch.ops.nonlin.swiglu_backward(g, gate, up)
        assert_same(halves(got, -1, PLACES[place]), want, where)


def test_masks_and_absent_tensors(gated):
    """What is left out is not computed, and what is absent is no factor."""
    for size in (3, 40, 1000):
        v, w, g, gate, up = (torch.randn(7, size) for _ in range(5))
        gate[0], up[1] = torch.inf, torch.inf
        first, second = gated.backward(g, gate, up), gated.double_backward(v, w, g, gate, up)
        for mask in product((False, True), repeat=2):
            got = gated.backward(g, gate, up, mask)
            assert [t is not None for t in got] == list(mask)
            assert_same(
                [t for t in got if t is not None],
                [t for t, m in zip(first, mask, strict=True) if m],
                f"{mask}",
            )
        for mask in product((False, True), repeat=3):
            got = gated.double_backward(v, w, g, gate, up, mask)
            kept = [t for t, m in zip(second, mask, strict=True) if m]
            assert_same([t for t in got if t is not None], kept, f"{mask}")
        alone = gated.double_backward(v, None, g, gate, up)
        other = gated.double_backward(None, w, g, gate, up)
        finite = gate.isfinite() & up.isfinite()
        for a, b, both in zip(alone, other, second, strict=True):
            torch.testing.assert_close((a + b)[finite], both[finite])
        assert gated.double_backward(None, None, g, gate, up)[0].eq(0).all()
        no_g = gated.double_backward(v, w, None, gate, up, (True, False, False))[0]
        assert same_bits(no_g, second[0])


def test_the_number_of_threads_changes_no_bit(packed):
    x, before = torch.randn(300, 2 * 1111), torch.get_num_threads()
    g, found = torch.randn(300, 1111), []
    try:
        for threads in (1, 2, 7):
            torch.set_num_threads(threads)
            found.append(
                [(packed.forward(x, -1, p), packed.backward(g, x, -1, p)) for p in range(3)]
            )
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert_same(a, b, "threads")


@pytest.mark.filterwarnings("ignore:Warning. Profiler clears events")
@pytest.mark.parametrize("layout", ["contiguous", "channels-last", "transposed", "sliced"])
def test_nothing_but_results_is_allocated(gated, packed, layout):
    gate = LAYOUTS[layout](torch.randn(16, 32, 24, 64))
    up, g, bytes_ = torch.randn_like(gate), torch.randn_like(gate), gate.numel() * 4
    into = torch.empty_like(gate)
    leaf, other = (t.detach().requires_grad_() for t in (gate, up))
    y = gated.forward(leaf, other)
    for outputs, run in (
        (1, lambda: gated.forward(gate, up)),
        (1, lambda: gated.forward(gate, up[:, :1].expand_as(gate))),
        (0, lambda: gated.out(gate, up, out=into)),
        (0, lambda: gated.inplace(into, up)),
        (2, lambda: gated.backward(g, gate, up)),
        (1, lambda: gated.backward(g, gate, up, (False, True))),
        (3, lambda: gated.double_backward(up, gate, g, gate, up)),
        (2, lambda: grad(y, (leaf, other), g, retain_graph=True)),
    ):
        assert allocated(run) == outputs * bytes_
    for dim, place in product((1, 3), range(3)):
        leaf = gate.detach().requires_grad_()
        y = packed.forward(leaf, dim, place)
        g, into = torch.randn_like(y), torch.empty_like(y)
        for outputs, run in (
            (0.5, lambda dim=dim, place=place: packed.forward(gate, dim, place)),
            (0, lambda dim=dim, place=place, into=into: packed.out(gate, dim, place, out=into)),
            (1, lambda y=y, g=g, leaf=leaf: grad(y, leaf, g, retain_graph=True)),
        ):
            assert allocated(run) == outputs * bytes_, f"dimension {dim}, {PLACES[place]}"


def test_in_place_is_the_gate(gated):
    for dtype in DTYPES:
        gate, up = torch.randn(4, 6, 10).to(dtype), torch.randn(4, 6, 10).to(dtype)
        want = gated.forward(gate, up)
        for write in (lambda t: t, lambda t: t[..., ::2], lambda t: t.transpose(0, 2)):
            target = gate.clone()
            assert gated.inplace(write(target), write(up)).shape == write(gate).shape
            assert same_bits(write(target), write(want))
        both = torch.cat((gate, up), -1)
        gated.inplace(both[..., :10], both[..., 10:])
        assert same_bits(both[..., :10], want) and same_bits(both[..., 10:], up)
