"""Shapes and layouts in which an operator is measured, the usual one first."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from nonlin.testing import Gated, Parametric, catalogue
from torch import Tensor

from benchmarks.variants import TWO_TENSORS, Variant, variants

USUAL, OTHER, REAL = KINDS = ("usual", "other", "real")


class Shape(NamedTuple):
    """A variant, and its first size where that is given and not a matter of elements."""

    variant: Variant
    kind: str
    first: int | None = None

    def elements(self, wanted: int, whole: bool) -> int:
        """So many, or those of the shape if it is given, at least of a row or an image."""
        least = math.prod(self.variant.sizes)
        return self.first * least if self.first and whole else max(wanted, least)


LAYER = Variant((1024,), weights=1024)
IMAGES = Variant((64, 32, 32), weights=64)
POINTWISE = {"": Shape(Variant(), USUAL)}
PARAMETRIC = {
    "(N, 64, 32, 32)": Shape(IMAGES, USUAL),
    "single weight": Shape(Variant(), OTHER),
}
PRELU = PARAMETRIC | {
    "(N, 1024)": Shape(LAYER, OTHER),
    "channels last": Shape(IMAGES._replace(memory_format=torch.channels_last), OTHER),
}
GROUPWISE = {
    f"({', '.join(map(str, ('N', *sizes)))}), dim {dim}, k = {k}": Shape(
        Variant(sizes, k=k, dim=dim), USUAL if (k, dim) == (2, -1) else OTHER
    )
    for sizes, dim in (((768,), -1), ((48, 32, 32), 1))
    for k in (2, 3, 4)
}
# Of a feed-forward layer, and of the first stages of networks for images.
SIZES = ((8192, 14336), (64, 256, 56, 56), (16, 256, 80, 80))


def shapes(operator: str) -> dict[str, Shape]:
    """By name."""
    row = catalogue[operator]
    if isinstance(row, Gated):
        return {
            name: Shape(variant, USUAL if name == TWO_TENSORS else OTHER)
            for name, variant in variants(operator).items()
        }
    if row.group > 1:
        return GROUPWISE | _real(row.group)
    if isinstance(row, Parametric):
        # The loops are the same for all of them.
        return (PRELU if operator == "prelu" else PARAMETRIC) | _real()
    return POINTWISE | _real()


def inputs(operator: str, name: str, elements: int, dtype: str, device: str) -> tuple[Tensor, ...]:
    """Normally distributed numbers x, and the weights.

    No x is 0: there PyTorch takes the second derivatives of a function with a kink from the other
    side than the first.
    """
    variant = shapes(operator)[name].variant
    like = {"dtype": getattr(torch, dtype), "device": device}
    if variant.layout:
        return tuple(torch.randn(shape, **like) for shape in variant.gated(elements))
    x = torch.randn(variant.shape(elements), **like)
    x = x.masked_fill_(x == 0, 1).contiguous(memory_format=variant.memory_format)
    weights = (torch.full((variant.weights,), w, **like) for w in catalogue[operator].weights)
    return x, *weights


def _real(k: int = 1) -> dict[str, Shape]:
    found = {}
    for first, *rest in SIZES:
        variant = Variant(tuple(rest), weights=rest[0], k=k, dim=1)
        found[f"({', '.join(map(str, (first, *rest)))})"] = Shape(variant, REAL, first)
    return found
