"""Every operator of the representatives, and which operators a program calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from rows import (
    ALL,
    GATED_SETTINGS,
    GROUPWISE,
    OPERATORS,
    PARAMETRIC,
    PackedRow,
    Row,
    Sample,
)
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

# A row of each operator of the library, and of the packed ones.
_gated = {row.operator: row for row in reversed(GATED_SETTINGS)}.values()
EVERY_OPERATOR: tuple[Row, ...] = (
    *OPERATORS,
    *PARAMETRIC,
    *_gated,
    *(PackedRow(row.row, row.options) for row in _gated),
    *GROUPWISE,
)


def _each(kinds) -> pytest.MarkDecorator:
    pairs = [(row, kind) for row in ALL for kind in row.KINDS if kinds(kind)]
    names = [f"{row}{'.out' if kind == 'out' else kind}" for row, kind in pairs]
    return pytest.mark.parametrize(("row", "kind"), pairs, ids=names)


# Pairs of a row and a kind of operator.
each_operator = _each(lambda kind: True)
each_functional = _each(lambda kind: kind not in ("_", "out"))
each_derivative = _each(lambda kind: kind not in ("", "_", "out", "_with_index"))

each_in_place = pytest.mark.parametrize("row", [row for row in ALL if row.has_inplace], ids=str)


def differentiable(result: object) -> tuple[Tensor, ...]:
    """What an operator returns, without indices and what a mask left out."""
    return tuple(t for t in tree_leaves(result) if t is not None and t.is_floating_point())


def leaf(t: Tensor) -> Tensor:
    """That requires a gradient, if it can have one."""
    return t.detach().clone().requires_grad_(t.is_floating_point())


def results(
    f: Callable[..., object], row: Row, kind: str, sample: Sample, operands: Sample
) -> tuple[Tensor, ...]:
    """What an operator, or what stands for it, returns for operands of a sample.

    With memory of its own, as some kinds write.
    """
    first, *others = operands.tensors
    written = first.clone() if kind == "_" else first
    out = {}
    if kind == "out":
        out["out"] = torch.empty_like(row.forward(*sample.arguments))
    result = f(written, *others, *operands.numbers, **out)
    return result if isinstance(result, tuple) else (result,)


class Dispatched(TorchDispatchMode):
    """Names of the operators that reach the dispatcher below autograd, and masks of outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.masks: list[list[bool]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func))
        for i, argument in enumerate(func._schema.arguments):
            if argument.name == "output_mask":
                self.masks.append(list(args[i] if i < len(args) else argument.default_value))
        return func(*args, **(kwargs or {}))

    def ours(self) -> list[str]:
        return [name for name in self.names if name.startswith("nonlin.")]
