"""Transforms of torch.func as PyTorch's tests of them nest and batch them, for any function."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.func import jvp, vjp, vmap
from torch.utils._pytree import tree_flatten, tree_leaves, tree_map, tree_unflatten

Function = Callable[..., object]
Tensors = tuple[Tensor, ...]


def reverse(f: Function, tensors: Tensors) -> tuple[Function, Tensors]:
    """The derivative as a function of the same tensors and of cotangents, and all of these."""
    n = len(tensors)
    cotangents, spec = tree_flatten(tree_map(torch.randn_like, f(*tensors)))

    def run(*given: Tensor):
        return vjp(f, *given[:n])[1](tree_unflatten(given[n:], spec))

    return run, (*tensors, *cotangents)


def forward(f: Function, tensors: Tensors) -> tuple[Function, Tensors]:
    """The same of tangents; with the value."""
    n = len(tensors)
    return lambda *given: jvp(f, given[:n], given[n:]), (*tensors, *map(torch.randn_like, tensors))


# What is taken of a function, one after another.
ORDERS = {
    "reverse": (reverse,),
    "forward": (forward,),
    "reverse over reverse": (reverse, reverse),
    "forward over reverse": (reverse, forward),
    "reverse over forward": (forward, reverse),
    "forward over forward": (forward, forward),
}


def derivative(order: str, f: Function, tensors: Tensors) -> tuple[Function, Tensors]:
    for transform in ORDERS[order]:
        f, tensors = transform(f, tensors)
    return f, tensors


def batches(tensors: Tensors, first: bool = False) -> Iterator[tuple[Tensors, tuple]]:
    """All in front, all at the end, one alone, all but one; `first` always; and their in_dims."""
    n = len(tensors)
    alone = [tuple(-1 if i == j else None for j in range(n)) for i in range(n)]
    others = [tuple(None if i == j else -1 for j in range(n)) for i in range(n)]
    for dims in dict.fromkeys(((0,) * n, (-1,) * n, *alone, *others)):
        if any(d is not None for d in dims) and not (first and dims[0] is None):
            yield tuple(batch(t, d) for t, d in zip(tensors, dims, strict=True)), dims


def batch(t: Tensor, dim: int | None) -> Tensor:
    """Three different ones."""
    return t if dim is None else torch.stack((t, t / 2, t * 1.5), dim)


def loop(f: Function, tensors: Tensors, dims: tuple):
    """What vmap promises, one after another."""
    each = [
        f(*(t if d is None else t.select(d, i) for t, d in zip(tensors, dims, strict=True)))
        for i in range(3)
    ]
    _, spec = tree_flatten(each[0])
    stacked = (torch.stack(ts) for ts in zip(*map(tree_leaves, each), strict=True))
    return tree_unflatten(list(stacked), spec)


def nested(f: Function, tensors: Tensors, dims: tuple):
    """Inside of a second vmap in which no tensor is batched."""
    inner = vmap(lambda unused, *given: f(*given), (0, *(None for _ in dims)))
    outer = vmap(inner, (0, *dims))(torch.ones(3, 1), *tensors)
    return tree_map(functools.partial(torch.squeeze, dim=1), outer)
