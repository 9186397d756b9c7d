"""An activation with its derivatives as torch.compile computes them, ours and PyTorch's."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from sweep.inputs import PART
from sweep.subject import Subject

Members = tuple[Tensor, ...]
# One program has the members of all types. Kernels are made for loops of the same size: with one
# of its own, each type gets kernels like those it has in a program alone.
SIZES = {torch.float32: PART, torch.bfloat16: PART + 64, torch.float16: PART + 128}


def compiled(what: Subject) -> list[Callable[[Tensor], Members]]:
    """Calls for up to `PART` inputs of any of these types: ours, and PyTorch's where it has one.

    What is compiled are the operators that autograd runs, which Inductor then replaces.
    """
    sides = [what.ours, what.builtin] if what.has_builtin else [what.ours]

    def program(*inputs: Tensor) -> Members:
        return tuple(member for x in inputs for side in sides for member in side(x))

    examples = [torch.zeros(size, dtype=dtype) for dtype, size in SIZES.items()]
    torch._dynamo.reset()
    run = torch.compile(make_fx(program)(*examples), dynamic=False, fullgraph=True)

    def side(index: int, x: Tensor) -> Members:
        place, count = list(SIZES).index(x.dtype), len(what.members)
        padded = examples[place].clone()
        padded[: x.numel()] = x
        found = run(*examples[:place], padded, *examples[place + 1 :])
        first = (place * len(sides) + index) * count
        return tuple(member[: x.numel()] for member in found[first : first + count])

    return [lambda x, i=i: side(i, x) for i in range(len(sides))]  # type: ignore[misc]
