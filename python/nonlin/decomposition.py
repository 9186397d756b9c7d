"""The operators as expressions of PyTorch's own, by the text of the same formulas.

A compiler that knows what an operator computes makes one kernel of it and its neighbours, and saves
nothing for backward that it can compute again.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import torch
from torch._C import DispatchKey
from torch._ops import OpOverload

from nonlin import _C, config
from nonlin._when_imported import when_imported

__all__ = ["decompositions"]

_INDUCTOR = "torch._inductor.decomposition"
_KINDS = ("", "_", "_backward", "_double_backward", "_with_index", "_gather")
_installed: dict[OpOverload, Callable[..., Any]] = {}


def decompositions() -> dict[OpOverload, Callable[..., Any]]:
    """What stands for each operator of nonlin and of activations of your own.

    16-bit tensors are computed in float32 and rounded once. Gradients of weights are sums of
    PyTorch's, in its order. torch.compile takes these by itself (`nonlin.config.decompose`).

    >>> import torch, nonlin
    >>> nonlin.decompositions()[torch.ops.nonlin.relu.default](torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return {op: functools.partial(expression, op) for op in operators()}


def expression(op: OpOverload, *arguments: Any, **options: Any) -> Any:
    """What the operator computes, in operators of PyTorch's."""
    return op._op_dk(DispatchKey.CompositeExplicitAutograd, *arguments, **options)


def operators(kinds: Sequence[str] = _KINDS) -> Iterator[OpOverload]:
    """All overloads of these kinds, of activations of your own too."""
    ours = [f"nonlin::{operator['name']}" for operator in _C.operators()]
    for activation in ours + _C.own_activations():
        namespace, name = activation.split("::")
        known = getattr(torch.ops, namespace)
        for kind in [*kinds, *("_packed" + kind for kind in kinds)]:
            packet = getattr(known, name + kind, None)
            for overload in packet.overloads() if packet else ():
                yield getattr(packet, overload)


def install() -> None:
    """Inductor takes them, as soon as somebody imports it."""
    when_imported(_INDUCTOR, _fill)
    _C.when_own_are_added(follow_settings)


def follow_settings() -> None:
    """The same now, where it is there: `decompose` has changed, or activations have been added."""
    if _INDUCTOR in sys.modules:
        _fill(importlib.import_module(_INDUCTOR))


def _fill(inductor: ModuleType) -> None:
    table = inductor.decompositions
    for op, expression in _installed.items():
        if table.get(op) is expression:  # else it is somebody else's
            del table[op]
    _installed.clear()
    if config.decompose:
        _installed.update((op, f) for op, f in decompositions().items() if op not in table)
    table.update(_installed)
    inductor.fast_random_decomps.cache_clear()
