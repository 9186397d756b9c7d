"""What tests of torch.func share: inputs, functions, chains of transforms, comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from operator import add

import torch
from device import normal
from operators import differentiable
from rows import Row, Sample
from torch.func import functionalize, grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap
from torch.utils._pytree import tree_leaves, tree_map

Function = Callable[..., object]


def random(*shape: int) -> torch.Tensor:
    return normal(sum(shape), *shape) * 2


def agree(a, b, where: str = "") -> None:
    one, other = tree_leaves(a), tree_leaves(b)
    assert len(one) == len(other), where
    for p, q in zip(one, other, strict=True):
        torch.testing.assert_close(
            p, q, rtol=1e-9, atol=1e-9, msg=lambda text: f"{where}: {text}" if where else text
        )


def functions(row: Row, sample: Sample) -> tuple[tuple[Function, ...], Function]:
    """Of a sample's tensors: ours, functional and in place, and PyTorch's."""

    def functional(*tensors):
        return row.forward(*tensors, *sample.numbers)

    def in_place(x, *rest):
        y = x.clone()
        assert row.inplace(y, *rest, *sample.numbers) is y
        return y

    def theirs(*tensors):
        return row.expression(*tensors, *sample.numbers)

    return (functional, in_place) if row.has_inplace else (functional,), theirs


def call(f: Function, numbers: tuple[float, ...]) -> Function:
    """f with numbers behind its tensors, without indices and what a mask leaves out."""
    return lambda *tensors: differentiable(f(*tensors, *numbers))


def every(tensors: tuple) -> tuple[int, ...]:
    """The places of all, as `argnums`."""
    return tuple(range(len(tensors)))


def loss(f: Function) -> Function:
    """A scalar whose derivatives of all orders differ from entry to entry."""
    return lambda *p: reduce(add, [t.sin().sum() for t in tree_leaves(f(*p))])


def tangents(tensors):
    return tree_map(torch.cos, tensors)


def _vjp(f: Function) -> Function:
    def run(*p):
        y, pull = vjp(f, *p)
        return pull(tangents(y))

    return run


# Each makes a function of all tensors from such a function.
TRANSFORMS: dict[str, Callable[[Function], Function]] = {
    "grad": lambda f: lambda *p: grad(loss(f), every(p))(*p),
    "vjp": _vjp,
    "jvp": lambda f: lambda *p: jvp(f, p, tangents(p)),
    "linearize": lambda f: lambda *p: linearize(f, *p)[1](*tangents(p)),
    "jacrev": lambda f: lambda *p: jacrev(f, every(p))(*p),
    "jacfwd": lambda f: lambda *p: jacfwd(f, every(p))(*p),
    "hessian": lambda f: lambda *p: hessian(loss(f), every(p))(*p),
    "functionalize": functionalize,
    "vmap": vmap,
}


def chain(name: str, f: Function) -> Function:
    """The transforms that a name has, the last of them next to the function."""
    for transform in reversed(name.split()):
        f = TRANSFORMS[transform](f)
    return f


def batched(one: torch.Tensor, size: int, position: int | None = 0) -> torch.Tensor:
    """So many tensors that differ, stacked along a dimension; or the one itself."""
    if position is None:
        return one
    if one.is_floating_point():
        stacked = torch.linspace(0.5, 2, size, dtype=one.dtype).view(-1, *[1] * one.dim()) * one
    else:  # the same places, at others
        stacked = torch.stack([one.flatten().roll(i).view(one.shape) for i in range(size)])
    return stacked.movedim(0, min(position, one.dim()))


def stacked(tensors, positions, size: int = 3) -> tuple[torch.Tensor, ...]:
    """Batched where a position is not None; the last dimension where it has no such dimension."""
    return tuple(batched(t, size, p) for t, p in zip(tensors, positions, strict=True))


def in_dims(tensors, positions) -> tuple[int | None, ...]:
    """Where stacked() put the samples."""
    pairs = zip(tensors, positions, strict=True)
    return tuple(p if p is None else min(p, t.dim()) for t, p in pairs)


def alone(f: Function, tensors, dims) -> Iterator[object]:
    """Results of one call for each sample."""
    sizes = {t.shape[d] for t, d in zip(tensors, dims, strict=True) if d is not None}
    for i in range(*sizes):
        pairs = zip(tensors, dims, strict=True)
        yield f(*(t if d is None else t.select(d, i) for t, d in pairs))


def agree_with_single_calls(f: Function, tensors, dims, where: str = "") -> None:
    """vmap of f returns what f returns for each sample; None and indices aside."""
    got = differentiable(vmap(f, dims)(*tensors))
    for t, *each in zip(got, *map(differentiable, alone(f, tensors, dims)), strict=True):
        agree(t, torch.stack(each), where)
