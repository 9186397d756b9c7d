"""What Inductor makes of the expressions that stand for operators."""

import pytest
import torch
from inductor import generated
from nonlin.testing import Gated, catalogue
from torch.func import grad as func_grad

pytestmark = [
    pytest.mark.cpu,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
# Compiling takes seconds, of several functions at once hardly more.
CHUNKS = [list(catalogue.values())[i::4] for i in range(4)]


def tensors_of(row, size: int) -> list[torch.Tensor]:
    """x, and what comes with it."""
    x = torch.randn(64, size)
    if isinstance(row, Gated):
        return [x, torch.randn(64, size)]
    return [x, *(torch.randn(size) for _ in row.weights)]


def grouped(row) -> bool:
    """Several entries give one of the result, and are in one tensor."""
    return row.group > 1 and not isinstance(row, Gated)


def calls_of(row):
    """Ours, and PyTorch's or the definition by PyTorch's operators."""
    if isinstance(row, Gated):
        return (lambda x, up: row.function(x, up=up)), row.expression
    return row.function, row.builtin


def chain(f, y, x, *rest):
    return f(x * 2 + 1, *rest) * y


def in_one_program(rows, calls, form):
    """One function of all rows' tensors, each of sizes of its own, so that nothing fuses them."""
    tensors, places = [], []
    for i, row in enumerate(rows):
        size = 96 + 12 * i
        x, *rest = tensors_of(row, size)
        y = torch.randn(64, size // row.group if grouped(row) else size)
        places.append(slice(len(tensors), len(tensors) + 2 + len(rest)))
        tensors += [y, *(t.requires_grad_() for t in (x, *rest))]

    def program(*tensors):
        both = zip(calls, places, strict=True)
        return tuple(form(f, *tensors[place]) for f, place in both)

    return program, tensors


@pytest.mark.parametrize("rows", CHUNKS, ids=lambda rows: f"{rows[0].name} to {rows[-1].name}")
def test_nothing_is_made_between_neighbours(rows):
    """Forward and backward, and no more is saved than Inductor saves for the built-in."""
    ours, theirs = zip(*map(calls_of, rows), strict=True)
    got, builtin = (
        generated(*in_one_program(rows, calls, chain), backward=True) for calls in (ours, theirs)
    )
    assert got.opaque == 0
    # Nothing but the results and what is saved, and the gradients.
    assert got.buffers[0] <= len(rows) + len(got.saved)
    assert got.buffers[1] <= builtin.buffers[1]
    for i, row in enumerate(rows):
        size = (96 + 12 * i) // (row.group if grouped(row) else 1)
        saved, most = (program.saved.get(size, 0) for program in (got, builtin))
        if grouped(row):
            most += 64 * size  # a byte for each group, in place of the input
        assert saved <= most, row


@pytest.mark.parametrize("rows", CHUNKS, ids=lambda rows: f"{rows[0].name} to {rows[-1].name}")
def test_second_derivatives_are_made_at_once(rows):
    def second(f, y, x, *rest):
        def slope(x):
            return func_grad(lambda x: f(x, *rest).square().sum())(x)

        return func_grad(lambda x: slope(x).sum())(x * 2 + 1) + 1

    ours = [calls_of(row)[0] for row in rows]
    program = generated(*in_one_program(rows, ours, second), backward=False)
    # Inductor makes a tensor of more than thirty operations that are used twice, and on CPUs of
    # entries that lie side by side.
    more = sum(isinstance(row, Gated) + 2 * grouped(row) for row in rows)
    assert program.opaque == 0 and program.buffers[0] <= len(rows) + more
