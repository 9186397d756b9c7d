"""Kernels queue work and nothing else: streams, graphs, and no synchronization."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from kernel_calls import Call, tensors
from rows import GroupwiseRow, ParametricRow, Row
from torch import Tensor
from torch.autograd import grad

from gpu.card import Card
from gpu.check import Check, Item, Step, same
from gpu.layouts import ROWS, calls_of

SHAPES = ((40, 6, 8), (3, 2000, 2))
DTYPES = (torch.float32, torch.bfloat16, torch.float64)


def steps(card: Card) -> Iterator[Step]:
    """Streams of each operator, then graphs of its calls."""
    for row in ROWS:
        yield Step(row.operator, f"streams of {row.operator}", partial(streams, row))
    for dtype in DTYPES:
        for row in ROWS:
            yield Step(
                row.operator, f"graphs of {row.operator}, {dtype}", partial(graphs, row, dtype)
            )


def layer(row: Row) -> Callable[[Tensor, Tensor], Tensor]:
    """f(x, w), where some have no use for w."""
    if isinstance(row, GroupwiseRow):
        return lambda x, w: row.forward(x, 2, 0)
    return lambda x, w: row.forward(x, w) if isinstance(row, ParametricRow) else row.forward(x)


def leaves(card: Card) -> list[Tensor]:
    """x and w."""
    return [t.requires_grad_() for t in card.to(torch.randn(500, 64), torch.randn(64))]


def gradients(y: Tensor, of: list[Tensor], g: Tensor) -> tuple[Tensor, ...]:
    """Without those of what y does not depend on."""
    return tuple(t for t in grad(y, of, g, allow_unused=True) if t is not None)


def each(what: str, got: tuple[Tensor, ...], want: tuple[Tensor, ...]) -> Iterator[Check]:
    """Bit for bit."""
    for i, (a, b) in enumerate(zip(got, want, strict=True)):
        yield same(f"{what}, result {i}", a, b)


def streams(row: Row, card: Card) -> Iterator[Item]:
    """Work follows what was queued before it in its stream, and waits for no other."""
    f, inputs = layer(row), leaves(card)
    source, w = (t.detach() for t in inputs)

    def side() -> Iterator[Check]:
        want, x = f(source, w), torch.zeros_like(source)
        with card.beside():
            card.busy()
            x.copy_(source)
            got = f(x, w)
        yield same("in a side stream", got, want)

    def alone() -> Iterator[Check]:
        waited = card.waits(lambda: f(source, w))
        yield Check("waits for no other stream", "", float(waited), 0.0, "streams", "", "", "")

    def backward() -> Iterator[Check]:
        """In the stream of the forward, where it waits for a gradient from another one."""
        y = f(*inputs)
        g = torch.randn_like(y)
        want = gradients(y, inputs, g)
        with card.beside():
            y = f(*inputs)
        card.busy()
        late = torch.zeros_like(g).copy_(g)
        yield from each("backward of a side stream", gradients(y, inputs, late), want)

    def quiet() -> Iterator[Check]:
        y = f(*inputs)
        g = torch.randn_like(y)
        gradients(y, inputs, g)
        with card.unsynchronized():
            gradients(f(*inputs), inputs, g)
        yield Check("autograd without synchronization", "", 0.0, 0.0, "waits", "", "", "")

    yield "a side stream", side
    yield "another stream", alone
    yield "backward of a side stream", backward
    yield "synchronization of autograd", quiet
    yield "a graph of a step", partial(_step, f, leaves(card), card)


def _step(f: Callable[..., Tensor], inputs: list[Tensor], card: Card) -> Iterator[Check]:
    """Forward, backward and double backward in one graph, with new numbers."""

    def step() -> tuple[Tensor, ...]:
        first = grad(f(*inputs).square().sum(), inputs, create_graph=True, allow_unused=True)
        first = [t for t in first if t is not None]
        total = sum(t.square().sum() for t in first)
        return tuple(
            t.detach() for t in (*first, *gradients(total, inputs, torch.ones_like(total)))
        )

    replay, got = card.captured(step)
    with torch.no_grad():
        for t in inputs:
            t.copy_(torch.randn_like(t))
    replay()
    yield from each("a step, replayed", got, step())


def graphs(row: Row, dtype: torch.dtype, card: Card) -> Iterator[Item]:
    """Every call is captured and waits for nothing; a replay gives the bits of a call."""

    def captured(name: str, run: Call) -> Iterator[Check]:
        want = tensors(run())
        with card.unsynchronized():
            run()
        replay, got = card.captured(lambda: tensors(run()))
        for t in got:
            t.zero_()
        replay()
        yield from each(f"{name}, replayed", got, want)

    for shape in SHAPES[: card.size(2, 1)]:
        for name, run in calls_of(row.operator, shape, dtype, card.device):
            yield f"{name}, {shape}", partial(captured, name, run)
