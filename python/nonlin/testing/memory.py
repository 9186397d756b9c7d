"""What autograd keeps of an activation between two layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nonlin.testing.activation import Activation, origin

ELEMENTS = 1024


def kept(function: Callable[..., Tensor], **more: Any) -> float:
    """Bytes for each element of a float32 tensor, the result included, which the next layer keeps.

    >>> kept(torch.tanh), kept(torch.nn.functional.gelu)
    (4.0, 8.0)
    """
    alive: dict[int, Tensor] = {}

    def keep(t: Tensor) -> Tensor:
        alive[t.untyped_storage().data_ptr()] = t
        return t

    x = torch.linspace(-2, 2, ELEMENTS, requires_grad=True) * 1
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        keep(function(x, **more).detach())
    return sum(t.untyped_storage().nbytes() for t in alive.values()) / ELEMENTS


def kept_in_place(function: Callable[..., Tensor]) -> float | None:
    """The same of the form in place; None where there is none."""
    if "inplace" not in inspect.signature(origin(function)).parameters:
        return None
    return kept(function, inplace=True)


def all_kept(row: Activation) -> tuple[float | None, ...]:
    """Ours, ours in place, PyTorch's, PyTorch's in place."""
    return (
        kept(row.function),
        kept_in_place(row.function),
        kept(row.builtin),
        kept_in_place(row.builtin) if _readable(row.builtin) else None,
    )


def _readable(function: object) -> bool:
    try:
        inspect.signature(origin(function))
    except ValueError:  # a builtin function of C
        return False
    return True
