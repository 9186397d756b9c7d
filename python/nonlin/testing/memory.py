"""What autograd keeps of an activation between two layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from nonlin.testing.activation import Activation, origin

ELEMENTS = 1024


def saved_by(run: Callable[[], Tensor]) -> tuple[Tensor, list[Tensor]]:
    """What a call returns, and the tensors that autograd saves of it."""
    saved: list[Tensor] = []

    def keep(t: Tensor) -> Tensor:
        saved.append(t)
        return t

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        return run(), saved


def storages(tensors: Iterable[Tensor]) -> dict[int, int]:
    """The bytes of what tensors lie in, by its place: once, however many share it."""
    return {s.data_ptr(): s.nbytes() for s in (t.untyped_storage() for t in tensors)}


def kept(function: Callable[..., Tensor], **more: Any) -> float:
    """Bytes for each element of a float32 tensor, the result included, which the next layer keeps.

    >>> kept(torch.tanh), kept(torch.nn.functional.gelu)
    (4.0, 8.0)
    """
    x = torch.linspace(-2, 2, ELEMENTS, requires_grad=True) * 1
    y, saved = saved_by(lambda: function(x, **more))
    return sum(storages((y, *saved)).values()) / ELEMENTS


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
