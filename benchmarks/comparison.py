"""The contestants of a case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from nonlin.testing import Activation, catalogue
from nonlin.testing.clock import Contestant
from torch import Tensor
from torch.autograd import grad

from benchmarks.case import CALLS, DERIVATIVES, FUNCTIONS, Case
from benchmarks.compiled import compiled
from benchmarks.side import Side
from benchmarks.sides import sides
from benchmarks.variants import Variant, inputs, normal, variants

Call = Callable[[], Any]


class Comparison(NamedTuple):
    """Contestants by name, and the bytes that each has to read and write at least.

    `ours` and `torch` do the same in the same way: operators where both have one, otherwise
    autograd, and `kernel` is our operator then. `compiled` is torch.compile of PyTorch's. `copy`
    reads and writes as many bytes. `failed` says why something that was asked for is missing.
    """

    contestants: dict[str, Contestant]
    bytes: int
    failed: dict[str, str]


class Setup(NamedTuple):
    """What operators are called with, and what they must read and write."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Tensor]
    prepare: Call | None
    read: tuple[Tensor, ...]
    written: tuple[Tensor, ...]

    def bind(self, function: Callable[..., Any]) -> Call:
        """A call of it."""
        return partial(function, *self.arguments, **self.keywords)

    def bytes(self) -> int:
        """Of all that is read and written."""
        return sum(t.nbytes for t in (*self.read, *self.written))


def build(case: Case, with_compiled: bool) -> Comparison:
    """Make tensors, and calls on them."""
    row = catalogue[case.operator]
    if case.task in CALLS:
        return Comparison(tiny(case.task, case.variant, row, "cpu"), 0, {})
    tensors = inputs(case.operator, case.variant, case.elements, getattr(torch, case.dtype))
    both = sides(row, variants(case.operator)[case.variant], tensors)
    setup = arrange(case.task, case.mode, both[0], tensors)
    calls = passes(case.task, case.mode, both, setup, tensors)
    failed = {}
    if with_compiled:
        try:
            function = compiled(both[1], attribute(case.task, case.mode), case.threads)
            calls["compiled"] = setup.bind(function)
            if setup.prepare:
                setup.prepare()
            calls["compiled"]()
        except Exception as error:  # of any kind: a compiler ran
            calls.pop("compiled", None)
            failed["compiled"] = f"{type(error).__name__}: {error}".splitlines()[0]
    contestants = {name: Contestant(call, setup.prepare) for name, call in calls.items()}
    size, fresh = setup.bytes(), case.mode in ("allocated", "reused")
    made = sum(t.nbytes for t in setup.written) if fresh else 0
    return Comparison(contestants | {"copy": Contestant(_copy(size, made))}, size, failed)


def attribute(task: str, mode: str) -> str:
    """What the task is to a `Side`."""
    if task == "value":
        return {"out": "out", "in place": "in_place"}.get(mode, "function")
    return {"value and index": "with_index"}.get(task, task.replace(" ", "_"))


def arrange(task: str, mode: str, ours: Side, tensors: tuple[Tensor, ...]) -> Setup:
    """For inputs and weights, what else is needed."""
    x, *weights = tensors
    if mode == "in place":
        at = x.clone()
        return Setup((at, *weights), {}, lambda: at.copy_(x), tensors, (at,))
    y = ours.function(*tensors)
    if mode == "out":
        return Setup(tensors, {"out": y}, None, tensors, (y,))
    index = (ours.with_index(*tensors)[1],) if ours.with_index else ()
    if task not in DERIVATIVES:
        more = index if task == "value and index" else ()
        return Setup(tensors, {}, None, tensors, (y, *more))
    g, v = _random(y), [_random(t) for t in tensors]
    if task == "backward":
        return Setup((g, *tensors), {}, None, (g, *(index or tensors)), tensors)
    # Where there is an index, the slope depends on nothing else: there is no second derivative.
    read, written = ((*v, *index), (y,)) if index else ((*v, g, *tensors), (g, *tensors))
    return Setup((v, g, *tensors), {}, None, read, written)


def passes(
    task: str, mode: str, both: tuple[Side, Side], setup: Setup, tensors: tuple[Tensor, ...]
) -> dict[str, Call]:
    """Ours and PyTorch's: operators where both have one."""
    operators = [getattr(side, attribute(task, mode)) for side in both]
    calls: dict[str, Call] = {}
    if task in DERIVATIVES and operators[1] is None:
        for name, side in zip(("ours", "torch"), both, strict=True):
            calls[name] = _by_autograd(side.function, task, setup.arguments, tensors)
        return calls | {"kernel": setup.bind(operators[0])}
    for name, operator in zip(("ours", "torch"), operators, strict=True):
        if operator is not None:
            calls[name] = setup.bind(operator)
    return calls


def _by_autograd(
    function: Callable[..., Tensor], task: str, arguments: tuple[Any, ...], like: tuple[Tensor, ...]
) -> Call:
    """A pass through a graph that is kept."""
    leaves = [t.detach().requires_grad_() for t in like]
    y = function(*leaves)
    if task == "backward":
        return lambda: grad(y, leaves, arguments[0], retain_graph=True)
    g = arguments[1].detach().requires_grad_()
    slopes, ends, more = grad(y, leaves, g, create_graph=True), (g, *leaves), {"allow_unused": True}
    return lambda: grad(slopes, ends, arguments[0], retain_graph=True, **more)


def tiny(task: str, variant: str, row: Activation, device: str) -> dict[str, Contestant]:
    """Calls on one element, or one group."""
    x = torch.randn(row.group, device=device)
    weights = row.tensors(x.dtype, x.device)
    if variant == FUNCTIONS:
        both = [row.function, row.builtin]
    else:
        both = [side.call for side in sides(row, Variant(k=row.group), (x, *weights))]
    leaves = [t.detach().requires_grad_(task != "call") for t in (x, *weights)]
    if task == "call and backward":
        g = torch.ones(1, device=device)
        calls = [lambda f=f: grad(f(*leaves), leaves, g) for f in both]
    else:
        calls = [partial(f, *leaves) for f in both]
    return {n: Contestant(call) for n, call in zip(("ours", "torch"), calls, strict=True)}


def _copy(size: int, fresh: int) -> Call:
    """Read and write `size` bytes, of which `fresh` are written to memory that is asked for."""
    source, target = (torch.ones(max(2, size // 8)) for _ in range(2))
    part = min(source.numel(), fresh // 4)
    first, rest, end = source[:part], source[part:], target[part:]
    if not part:
        return lambda: target.copy_(source)
    if not rest.numel():
        return source.clone
    return lambda: (first.clone(), end.copy_(rest))


def _random(like: Tensor) -> Tensor:
    if like.is_cuda:
        return torch.randn_like(like)
    return torch.empty_like(like).copy_(normal(tuple(like.shape), like.dtype))
