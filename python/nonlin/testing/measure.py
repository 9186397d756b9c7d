"""Accuracy, time and memory of one activation, ours beside PyTorch's."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from nonlin.testing import Activation, samples, ulp_error
from nonlin.testing.activation import Function
from nonlin.testing.clock import Call, medians
from nonlin.testing.memory import saved_by
from nonlin.testing.pointwise import Pointwise

PASSES = ("forward", "backward", "double backward")


class Pair(NamedTuple):
    """Ours and PyTorch's."""

    ours: float
    torch: float


class Measurement(NamedTuple):
    """What `python -m nonlin compare` shows of one activation.

    Worst errors in units in the last place (None without a reference), seconds per call for each of
    `PASSES`, and bytes per element of the input that are kept for the backward pass.
    """

    name: str
    value: Pair | None
    slope: Pair | None
    times: dict[str, Pair]
    saved: Pair


def errors(
    row: Activation, dtype: torch.dtype, device: torch.device, count: int
) -> tuple[Pair, Pair] | None:
    """Worst errors of value and slope at `samples(dtype, count)`; None where nothing rounds."""
    x = samples(dtype, count)
    references = row.references(x)
    if references is None:
        return None
    weights = row.tensors(dtype, device)
    worst = []
    for function in (row.function, row.builtin):
        at = x.to(device).requires_grad_()
        value = function(at, *weights)
        (slope,) = torch.autograd.grad(value, at, torch.ones_like(value))
        results = zip((value, slope), references, strict=True)
        worst.append([ulp_error(result, reference).max().item() for result, reference in results])
    (value_ours, slope_ours), (value_torch, slope_torch) = worst
    return Pair(value_ours, value_torch), Pair(slope_ours, slope_torch)


def times(row: Activation, dtype: torch.dtype, device: torch.device, size: int) -> dict[str, Pair]:
    """Seconds per call for each of `PASSES`, on normally distributed inputs.

    Gradients are those of the input and of all that is learned.
    """
    ours = _calls(row, row.function, dtype, device, size)
    builtin = _calls(row, row.builtin, dtype, device, size)
    if not _runs(builtin[2]) and isinstance(row, Pointwise):
        builtin[2] = _calls(row, row.textbook, dtype, device, size)[2]
    calls = zip(PASSES, ours, builtin, strict=True)
    return {name: Pair(*medians([mine, theirs], device)) for name, mine, theirs in calls}


def saved_bytes(row: Activation, dtype: torch.dtype, device: torch.device) -> Pair:
    """Bytes per element of x that the autograd graph of f(x) keeps, x included, weights not."""
    weights = row.tensors(dtype, device)
    x = torch.randn(1024 * row.group, dtype=dtype, device=device, requires_grad=True)
    saved = []
    for function in (row.function, row.builtin):
        _, tensors = saved_by(partial(function, x, *weights))
        kept = {t.data_ptr(): t.nbytes for t in tensors if t.numel() > 1}
        saved.append(sum(kept.values()) / x.numel())
    return Pair(*saved)


def _runs(call: Call) -> bool:
    """Whether PyTorch has that derivative."""
    try:
        call()
    except RuntimeError:
        return False
    return True


def _calls(
    row: Activation, function: Function, dtype: torch.dtype, device: torch.device, size: int
) -> list[Call]:
    generator = torch.Generator(device).manual_seed(0)

    def random(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=dtype, device=device, generator=generator).requires_grad_()

    inputs = (random(max(1, size // row.group) * row.group), *row.tensors(dtype, device))
    y = function(*inputs)
    g, v = random(*y.shape), [random(*t.shape) for t in inputs]
    slopes = torch.autograd.grad(y, inputs, g, create_graph=True)

    def forward() -> Tensor:
        with torch.no_grad():
            return function(*inputs)

    def twice() -> object:
        if not slopes[0].requires_grad:  # as of PyTorch's sign, whose slope is 0 at once
            return [torch.zeros_like(t) for t in inputs]
        return torch.autograd.grad(slopes, (g, *inputs), v, retain_graph=True, allow_unused=True)

    return [forward, lambda: torch.autograd.grad(y, inputs, g, retain_graph=True), twice]
