"""Both sides of a gated activation: of two tensors, and of one that holds both in some layout."""

from __future__ import annotations

import torch
from nonlin.testing import Gated
from nonlin.testing.textbook import halves
from torch import Tensor
from torch.nn import functional

from benchmarks.side import Side
from benchmarks.variants import TWO_TENSORS, Variant

LAYOUTS = ("gate_first", "gate_last", "interleaved")  # as operators number them
ours = torch.ops.nonlin


def gated_sides(row: Gated, variant: Variant) -> tuple[Side, Side]:
    """Ours, and the eager pair or PyTorch's namesake; without a layout that of the function."""
    if variant.layout == TWO_TENSORS:
        return _of_two(row), Side(row.expression, row.expression)
    return _packed(row, variant.layout), _eager(row, variant.layout)


def _of_two(row: Gated) -> Side:
    packet, arguments = getattr(ours, row.operator), row.arguments()
    in_place = getattr(ours, row.operator + "_").default
    backward = getattr(ours, row.operator + "_backward").default
    double = getattr(ours, row.operator + "_double_backward").default
    return Side(
        lambda gate, up: packet.default(gate, up, *arguments),
        lambda gate, up: packet(gate, up, *arguments),
        lambda gate, up, out: packet.out(gate, up, *arguments, out=out),
        lambda gate, up: in_place(gate, up, *arguments),
        lambda g, gate, up: backward(g, gate, up, *arguments),
        lambda v, g, gate, up: double(*v, g, gate, up, *arguments),
    )


def _packed(row: Gated, layout: str) -> Side:
    packet = getattr(ours, row.called)
    arguments = (*row.arguments(), -1, LAYOUTS.index(layout or row.layout))
    backward = getattr(ours, row.called + "_backward").default
    double = getattr(ours, row.called + "_double_backward").default
    return Side(
        lambda x: packet.default(x, *arguments),
        lambda x: packet(x, *arguments),
        lambda x, out: packet.out(x, *arguments, out=out),
        backward=lambda g, x: backward(g, x, *arguments),
        double_backward=lambda v, g, x: double(v[0], g, x, *arguments),
    )


def _eager(row: Gated, layout: str) -> Side:
    layout = layout or row.layout
    if row.builtin is functional.glu and layout == row.layout:
        aten = torch.ops.aten
        return Side(
            lambda x: aten.glu.default(x, -1),
            lambda x: aten.glu(x, -1),
            lambda x, out: aten.glu.out(x, -1, out=out),
            backward=lambda g, x: aten.glu_backward.default(g, x, -1),
        )

    def function(x: Tensor) -> Tensor:
        return row.expression(*halves(x, -1, layout))

    return Side(function, function)
