"""Shapes, layouts and groups in which an operator is measured, the usual one first."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from nonlin.testing import Gated, Parametric, catalogue
from torch import Tensor

BLOCK = 2**20
TWO_TENSORS = "two tensors"


class Variant(NamedTuple):
    """Sizes after the first, which is what the number of elements makes it.

    Attributes:
        weights: entries of a weight, along dimension 1
        k, dim: groups
        layout: of gates and what they let up, along the last dimension
    """

    sizes: tuple[int, ...] = ()
    memory_format: torch.memory_format = torch.contiguous_format
    weights: int = 1
    k: int = 1
    dim: int = -1
    layout: str = ""

    def shape(self, elements: int) -> tuple[int, ...]:
        """Of about so many elements."""
        return max(1, round(elements / math.prod(self.sizes))), *self.sizes

    def gated(self, elements: int) -> list[tuple[int, ...]]:
        """Of gate and up, of about so many elements each, or of the tensor that holds both."""
        *outer, width = self.shape(elements)
        return [(*outer, width)] * 2 if self.layout == TWO_TENSORS else [(*outer, 2 * width)]


USUAL = "(N, 64, 28, 28)"
PARAMETRIC = {
    USUAL: Variant((64, 28, 28), weights=64),
    "channels last": Variant((64, 28, 28), torch.channels_last, 64),
    "(N, 512, 7, 7)": Variant((512, 7, 7), weights=512),
    "(N, 1024)": Variant((1024,), weights=1024),
    "single weight": Variant(),
}
GROUPWISE = {
    f"({', '.join(map(str, ('N', *sizes)))}), dim {dim}, k = {k}": Variant(sizes, k=k, dim=dim)
    for sizes, dim in (((768,), -1), ((48, 28, 28), 1))
    for k in (2, 3, 4)
}
# Of the width of a feed-forward block of Llama; numbers of elements are those of gates.
GATED = {TWO_TENSORS: Variant((11008,), layout=TWO_TENSORS)}
GATED |= {
    layout.replace("_", " "): Variant((11008,), layout=layout)
    for layout in ("gate_first", "gate_last", "interleaved")
}


def indexed(operator: str) -> bool:
    """Backward is computed from places in groups."""
    row = catalogue[operator]
    return row.group > 1 and not isinstance(row, Gated)


def variants(operator: str) -> dict[str, Variant]:
    """By name; a function of numbers alone has one without a name."""
    row = catalogue[operator]
    if isinstance(row, Gated):
        # The loops are the same for all; of swiglu every layout is asked for.
        asked = GATED if operator == "swiglu" else (TWO_TENSORS, row.layout.replace("_", " "))
        return {name: GATED[name] for name in asked}
    if row.group > 1:
        return GROUPWISE
    if isinstance(row, Parametric):
        # The loops are the same for all of them.
        return PARAMETRIC if operator == "prelu" else {USUAL: PARAMETRIC[USUAL]}
    return {"": Variant()}


def inputs(operator: str, name: str, elements: int, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Numbers x, and the weights."""
    variant = variants(operator)[name]
    if variant.layout:
        return tuple(normal(s, dtype).roll(i, -1) for i, s in enumerate(variant.gated(elements)))
    x = normal(variant.shape(elements), dtype).to(memory_format=variant.memory_format)
    weights = (torch.full((variant.weights,), w, dtype=dtype) for w in catalogue[operator].weights)
    return x, *weights


def normal(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Normally distributed; large tensors repeat what takes long to generate."""
    result = torch.empty(shape, dtype=dtype)
    block = torch.randn(min(BLOCK, result.numel())).to(dtype)
    for part in result.view(-1).split(BLOCK):
        part.copy_(block[: part.numel()])
    return result
