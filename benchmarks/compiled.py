"""torch.compile of PyTorch's function and of its derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.func import vjp

from benchmarks.side import Side


def compiled(side: Side, attribute: str, threads: int) -> Callable[..., Any]:
    """Made like that attribute of the side, which the side may lack."""
    import torch._inductor.config as inductor

    torch._dynamo.reset()
    inductor.cpp.threads = threads  # of code that is kept on disk too
    return torch.compile(program(side, attribute), dynamic=False)


def program(side: Side, attribute: str) -> Callable[..., Any]:
    """What is compiled."""
    function = side.function

    def value(*inputs: Tensor) -> Tensor:
        return function(*inputs)

    def out(*inputs: Tensor, out: Tensor) -> Tensor:
        return out.copy_(function(*inputs))

    def in_place(x: Tensor, *weights: Tensor) -> Tensor:
        return x.copy_(function(x, *weights))

    def backward(g: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
        return vjp(function, *inputs)[1](g)

    def double_backward(v: Sequence[Tensor], g: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
        return vjp(backward, g, *inputs)[1](tuple(v))

    made = {f.__name__: f for f in (out, in_place, backward, double_backward)}
    return made.get(attribute) or (value if attribute == "function" else side.with_index)
