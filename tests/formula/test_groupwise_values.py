"""Which entry of a group is chosen: against plain Python, for every type and size."""

import math

import pytest
import torch
from accuracy import bits, copied, every, mixed, same_bits, special
from rows import DTYPES, HALVES, groups

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)
SIZES = (1, 2, 3, 4, 5, 7, 8, 16, 31, 33, 64, 100, 255, 256)


def plain(group: list[float]) -> int:
    """The first NaN, or the first of the largest."""
    best = 0
    for i, value in enumerate(group):
        if not math.isnan(group[best]) and (math.isnan(value) or value > group[best]):
            best = i
    return best


def chosen(x: torch.Tensor, index: torch.Tensor, k: int, dim: int) -> torch.Tensor:
    """As integers: PyTorch's own gather changes the bits of a bfloat16 NaN."""
    grouped, along = groups(bits(x), k, dim)
    return grouped.gather(along, index.long().unsqueeze(along)).squeeze(along).view(x.dtype)


def arrangements(k: int) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Neighbours in memory, or far apart with 1, 5 or 70 groups beside each other."""
    return ((37 * k,), 0), ((3, 2 * k), 1), ((3, 2 * k, 5), 1), ((k, 70), 0)


@DTYPE
def test_choice(groupwise, instruction_set, dtype):
    for k in SIZES:
        for shape, dim in arrangements(k):
            where = f"groups of {k} in {shape}, {dtype}, {instruction_set}"
            x = mixed(dtype, *shape)
            value, index = groupwise.with_index(x, k, dim)
            rows, along = groups(x, k, dim)
            rows = rows.movedim(along, -1).reshape(-1, k).double().tolist()
            assert index.dtype == torch.uint8, where
            assert index.flatten().tolist() == [plain(row) for row in rows], where
            assert copied(value, chosen(x, index, k, dim)), where
            assert copied(groupwise.forward(x, k, dim), value), where
            assert copied(groupwise.out(x, k, dim, out=torch.empty_like(value)), value), where


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_every_input_of_16_bits(groupwise, instruction_set, dtype):
    """Each of them as the best, the better and the worse one; payloads of NaN are kept.

    A processor makes a signalling NaN of float16 a quiet one as soon as it looks at it.
    """
    x = every(dtype)
    if dtype == torch.float16:
        x = torch.where(x.isnan(), bits(x).bitwise_or(0x0200).view(dtype), x)
    for k in (2, 8):
        shuffled = x[torch.randperm(len(x))]
        value, index = groupwise.with_index(shuffled, k)
        assert copied(value, chosen(shuffled, index, k, 0))
        expected = groupwise.chosen(*groups(shuffled, k, 0))
        assert torch.equal(index.long(), expected)


@DTYPE
def test_pairs_of_special_numbers(groupwise, instruction_set, dtype):
    x = special(dtype)
    pairs = torch.cartesian_prod(x, x)
    for rows in (pairs, pairs.repeat(1, 20).view(-1, 2, 20).transpose(1, 2).contiguous()):
        value, index = groupwise.with_index(rows, 2)
        expected = [plain(pair) for pair in rows.double().view(-1, 2).tolist()]
        assert index.flatten().tolist() == expected
        assert copied(value, chosen(rows, index, 2, -1))


@DTYPE
def test_ties_go_to_the_first(groupwise, instruction_set, dtype):
    for k in (2, 3, 16, 256):
        for entry in (0.0, 1.0, -torch.inf, torch.nan):
            for shape in ((9 * k,), (k, 40)):
                index = groupwise.with_index(torch.full(shape, entry, dtype=dtype), k, 0)[1]
                assert not index.any()
    zeros = torch.tensor([-0.0, 0.0, 0.0, -0.0], dtype=dtype).repeat(50)
    value, index = groupwise.with_index(zeros, 2)
    assert not index.any() and copied(value, zeros[::2])


@DTYPE
def test_one_entry_is_copied(groupwise, dtype):
    """k = 1 gives a copy, never an alias."""
    x = mixed(dtype, 4, 6)
    y, index = groupwise.with_index(x, 1)
    for t in (y, groupwise.forward(x, 1), groupwise.forward(x, 1, 0)):
        assert copied(t, x) and t.data_ptr() != x.data_ptr()
    assert not index.any() and index.shape == x.shape
    g = groupwise.backward(x, index, 1)
    assert copied(g, x) and g.data_ptr() != x.data_ptr()
    t = groupwise.gather(x, index, 1)
    assert copied(t, x) and t.data_ptr() != x.data_ptr()


@DTYPE
def test_nothing_and_little(groupwise, dtype):
    for shape, k, dim, result in (
        ((0, 4), 2, 1, (0, 2)),
        ((4, 0), 2, -1, (4, 0)),
        ((4, 0), 256, -1, (4, 0)),
        ((4, 0, 6), 3, 2, (4, 0, 2)),
        ((0,), 1, 0, (0,)),
        ((1,), 1, 0, (1,)),
        ((2,), 2, 0, (1,)),
        ((1, 256, 1), 256, 1, (1, 1, 1)),
    ):
        x = mixed(dtype, *shape)
        value, index = groupwise.with_index(x, k, dim)
        assert value.shape == index.shape == groupwise.forward(x, k, dim).shape == result
        assert same_bits(value, groupwise.expression(x, k, dim))
        assert groupwise.backward(value, index, k, dim).shape == shape


@DTYPE
def test_as_the_built_in(groupwise, dtype):
    x = mixed(dtype, 6, 12, 5)
    for k, dim in ((2, 0), (3, 1), (12, 1), (5, 2)):
        theirs = x.unflatten(dim, (-1, k)).max(dim + 1).values
        torch.testing.assert_close(
            groupwise.forward(x, k, dim), theirs, rtol=0, atol=0, equal_nan=True
        )


@DTYPE
def test_backward_writes_whole_groups(groupwise, instruction_set, dtype):
    """The gradient as it is, NaN and −0 too, in the place of the choice; +0 elsewhere."""
    for k in SIZES:
        for shape, dim in arrangements(k):
            index = groupwise.with_index(torch.randn(shape).to(dtype), k, dim)[1]
            g = mixed(dtype, *index.shape)
            want = torch.zeros(shape, dtype=dtype)
            rows, along = groups(want, k, dim)
            rows.scatter_(along, index.long().unsqueeze(along), g.unsqueeze(along))
            assert copied(groupwise.backward(g, index, k, dim), want)
            assert copied(groupwise.gather(want, index, k, dim), g)


@pytest.mark.parametrize("k", [2, 3, 16])
def test_length_offset_and_threads(groupwise, instruction_set, k):
    x = mixed(torch.float32, 40 * k)
    whole = groupwise.with_index(x, k)
    for start in range(5):
        for stop in range(start, 41):
            got = groupwise.with_index(x[start * k : stop * k], k)
            assert all(
                torch.equal(bits(a), bits(b[start:stop]))
                if a.is_floating_point()
                else torch.equal(a, b[start:stop])
                for a, b in zip(got, whole, strict=True)
            )
    before = torch.get_num_threads()
    x, results = mixed(torch.float32, 70, 100 * k, 33), []
    try:
        for threads in (1, 2, 8):
            torch.set_num_threads(threads)
            for dim, t in ((1, x), (2, x.transpose(1, 2)), (2, x.transpose(1, 2).contiguous())):
                value, index = groupwise.with_index(t, k, dim)
                spread = groupwise.backward(value, index, k, dim)
                results.append([r.movedim(dim, 1) for r in (value, index, spread)])
    finally:
        torch.set_num_threads(before)
    for got in results[1:]:
        assert copied(got[0], results[0][0]) and torch.equal(got[1], results[0][1])
        assert copied(got[2], results[0][2])
