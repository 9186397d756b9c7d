"""Accuracy, time and memory of one activation, ours beside PyTorch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from nonlin.reference import Activation, samples, ulp_error
from nonlin.timing import Call, medians

Function = Callable[[Tensor], Tensor]
PASSES = ("forward", "backward", "double backward")


class Pair(NamedTuple):
    """Ours and PyTorch's."""

    ours: float
    torch: float


class Measurement(NamedTuple):
    """What `python -m nonlin compare` shows of one activation.

    Worst errors in units in the last place (None without a reference), seconds per call for each of
    `PASSES`, and bytes per element that are kept for the backward pass.
    """

    name: str
    value: Pair | None
    slope: Pair | None
    times: dict[str, Pair]
    saved: Pair


def errors(
    row: Activation, dtype: torch.dtype, device: torch.device, count: int
) -> tuple[Pair, Pair]:
    """Worst errors of value and slope at `samples(dtype, count)`."""
    x = samples(dtype, count)
    if dtype == torch.float64:
        references = [row.exact(member, x) for member in ("value", "slope")]
    else:
        references = [(v, torch.zeros_like(v)) for v in row.jet(x)[:2]]
    worst = []
    for function in (row.function, row.builtin):
        at = x.to(device).requires_grad_()
        value = function(at)
        (slope,) = torch.autograd.grad(value, at, torch.ones_like(value))
        results = zip((value, slope), references, strict=True)
        worst.append([ulp_error(result, reference).max().item() for result, reference in results])
    (value_ours, slope_ours), (value_torch, slope_torch) = worst
    return Pair(value_ours, value_torch), Pair(slope_ours, slope_torch)


def times(row: Activation, dtype: torch.dtype, device: torch.device, size: int) -> dict[str, Pair]:
    """Seconds per call for each of `PASSES`, on normally distributed inputs."""
    ours = _calls(row.function, dtype, device, size)
    builtin = _calls(row.builtin, dtype, device, size)
    calls = zip(PASSES, ours, builtin, strict=True)
    return {name: Pair(*medians([mine, theirs], device)) for name, mine, theirs in calls}


def saved_bytes(function: Function, dtype: torch.dtype, device: torch.device) -> float:
    """Bytes per element that the autograd graph of function(x) keeps, the input included."""
    x = torch.randn(1024, dtype=dtype, device=device, requires_grad=True)
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        function(x)
    return sum(kept.values()) / x.numel()


def _calls(function: Function, dtype: torch.dtype, device: torch.device, size: int) -> list[Call]:
    generator = torch.Generator(device).manual_seed(0)
    x, g, v = (torch.randn(size, dtype=dtype, device=device, generator=generator) for _ in range(3))
    x.requires_grad_()
    g.requires_grad_()
    y = function(x)
    (slope,) = torch.autograd.grad(y, x, g, create_graph=True)

    def forward() -> Tensor:
        with torch.no_grad():
            return function(x)

    return [
        forward,
        lambda: torch.autograd.grad(y, x, g, retain_graph=True),
        lambda: torch.autograd.grad(slope, (g, x), v, retain_graph=True),
    ]
