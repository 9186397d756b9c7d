"""Every kernel in every layout: the bits of dense tensors. Tensors of more than 2³¹ elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from kernel_calls import LAYOUTS, SHAPES, Call, every_call, tensors
from rows import GROUPWISE, OPERATORS, PARAMETRIC, GroupwiseRow, PointwiseRow, Row
from torch import Tensor

from gpu.agreement import DTYPES
from gpu.card import Card
from gpu.check import Check, Item, Step, same

ROWS: tuple[Row, ...] = (*OPERATORS, *PARAMETRIC, *GROUPWISE)
GIBIBYTES = 30  # of free memory, for those of more than 2³¹ elements


def steps(card: Card) -> Iterator[Step]:
    """Every operator in one layout, then in the next."""
    for layout in LAYOUTS:
        for dtype in DTYPES:
            for row in ROWS:
                name = f"{row.operator}, {layout}, {dtype}"
                yield Step(row.operator, name, partial(kernels, row.operator, layout, dtype))
    for row in ROWS:
        yield Step(row.operator, f"{row.operator}, more than 2^31 elements", partial(huge, row))


def calls_of(
    operator: str, shape: tuple[int, ...], dtype: torch.dtype, *more: object
) -> list[Call]:
    """Those of one operator, whose name theirs begin with."""
    torch.manual_seed(0)
    calls = every_call(shape, dtype, *more)
    return [(name, run) for name, run in calls if name.replace(",", " ").split()[0] == operator]


def kernels(operator: str, layout: str, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Each call beside the same one on dense tensors."""
    lay = LAYOUTS[layout]

    def compared(name: str, run: object, dense: object) -> Iterator[Check]:
        for i, (got, want) in enumerate(zip(tensors(run()), tensors(dense()), strict=True)):
            # A weight has one dimension; its gradient is a sum, whose order the layout decides.
            if got.dim() > 1:
                yield same(f"{name}, {layout}, result {i}", got, want)

    for shape in SHAPES[: card.size(len(SHAPES), 2)]:
        ways = (lay, lambda t: lay(t).contiguous())
        both = (calls_of(operator, shape, dtype, card.device, arrange) for arrange in ways)
        for (name, run), (_, dense) in zip(*both, strict=True):
            yield f"{name}, {shape}", partial(compared, name, run, dense)


def huge(row: Row, card: Card) -> Iterator[Item]:
    """A pattern that repeats: every repetition has its results."""
    length, count = card.size(2**16, 2**6), card.size(2**15 + 16, 4)

    def run(what: str, f: Callable[[Tensor], Tensor]) -> Iterator[Check]:
        free = card.free()
        if free < GIBIBYTES:
            raise torch.OutOfMemoryError(f"needs {GIBIBYTES} GiB, {free:.1f} are free")
        pattern = torch.randn(length).bfloat16().to(card.device)
        want = f(pattern)
        got = f(pattern.repeat(count)).view(count, -1)
        wrong = (got != want).any(1)
        at = int(wrong.int().argmax())
        yield same(f"{what}, repetition {at} of {count}", got[at], want)

    for what, f in passes(row).items():
        yield what, partial(run, what, f)


def passes(row: Row) -> dict[str, Callable[[Tensor], Tensor]]:
    """Value and backward as functions of x, which is the gradient as well."""
    if isinstance(row, GroupwiseRow):

        def spread(x: Tensor) -> Tensor:
            return row.backward(*row.with_index(x, 2, 0), 2, 0)

        return {"value": lambda x: row.forward(x, 2, 0), "backward": spread}
    if isinstance(row, PointwiseRow):
        return {"value": row.forward, "backward": lambda x: row.backward(x, x)}

    def weight(x: Tensor) -> Tensor:
        return x.new_full((1,), 0.25)

    return {
        "value": lambda x: row.forward(x, weight(x)),
        "backward": lambda x: row.backward(x, x, weight(x), 0, (True, False))[0],
    }
