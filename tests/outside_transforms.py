"""Gradients and transforms of torch.func, as PyTorch's tests check, nest and batch them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import torch
from outside import Call
from torch import Tensor
from torch.autograd import grad
from torch.func import jvp, vjp, vmap
from torch.testing import assert_close
from torch.testing._internal.common_utils import gradcheck, gradgradcheck, noncontiguous_like
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


def check_reverse_mode(call: Call) -> None:
    for f in (call.ours, call.inplace):
        assert gradcheck(f, call.leaves(), check_grad_dtypes=True)
        assert gradgradcheck(f, call.leaves(), check_grad_dtypes=True)


def check_forward_mode(call: Call) -> None:
    """Of functions, and of their gradients."""
    more = {"check_undefined_grad": False, "check_batched_grad": False}
    first = {"check_forward_ad": True, "check_batched_forward_grad": True}
    second = {"check_fwd_over_rev": True, "check_rev_over_rev": False}
    for f in (call.ours, call.inplace):
        assert gradcheck(f, call.leaves(), check_backward_ad=False, **first, **more)
        assert gradgradcheck(f, call.leaves(), **second, **more)


def check_transforms(call: Call) -> None:
    """As PyTorch's function, in strides too."""
    for order in ORDERS:
        theirs, given = derivative(order, call.theirs, call.tensors)
        want = theirs(*given)
        for f in (call.ours, call.inplace):
            ours, _ = derivative(order, f, call.tensors)
            assert_close(ours(*given), want)
            assert_close(ours(*map(noncontiguous_like, given)), want)


def check_vmap(call: Call) -> None:
    for f, first in ((call.ours, False), (call.inplace, True)):
        for given, dims in batches(call.tensors, first):
            want = loop(call.theirs, given, dims)
            assert_close(vmap(f, dims)(*given), want)
            assert_close(nested(f, given, dims), want)


def check_vmap_of_transforms(call: Call) -> None:
    for order in ORDERS:
        theirs, tensors = derivative(order, call.theirs, call.tensors)
        ours, _ = derivative(order, call.ours, call.tensors)
        for given, dims in batches(tensors):
            want = loop(theirs, given, dims)
            assert_close(vmap(ours, dims)(*given), want)
            assert_close(nested(ours, given, dims), want)


def check_transforms_of_vmap(call: Call) -> None:
    for order in ORDERS:
        for tensors, dims in batches(call.tensors):
            looped = functools.partial(lambda d, *t: loop(call.theirs, t, d), dims)
            ours, given = derivative(order, vmap(call.ours, dims), tensors)
            theirs, _ = derivative(order, looped, tensors)
            assert_close(ours(*given), theirs(*given))


def check_batched_gradients(call: Call) -> None:
    """vmap around autograd.grad, as is_grads_batched has it."""
    leaves = call.leaves()
    for y in (call.ours(*leaves), call.inplace(*leaves)):
        run = functools.partial(grad, y, leaves, retain_graph=True)
        many = torch.stack([torch.randn_like(y) for _ in range(3)])
        want = zip(*map(run, many), strict=True)
        assert_close(vmap(run)(many), tuple(torch.stack(ts) for ts in want))


CHECKS = (
    check_reverse_mode,
    check_forward_mode,
    check_transforms,
    check_vmap,
    check_vmap_of_transforms,
    check_transforms_of_vmap,
    check_batched_gradients,
)
