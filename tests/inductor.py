"""Code that Inductor generates, looked at without compiling it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from unittest.mock import patch

import torch
from torch import Tensor
from torch._inductor.async_compile import AsyncCompile
from torch._inductor.utils import run_and_get_code


class Program(NamedTuple):
    """What Inductor makes of a function.

    buffers: tensors that each pass makes, forward and backward: its results, what it saves and what
        one generated kernel leaves for another
    opaque: calls of operators that it does not know, and of library functions
    saved: bytes that are kept for backward, but for those of the inputs, by the last size of a
        tensor
    """

    buffers: list[int]
    opaque: int
    saved: dict[int, int]


def generated(
    f: Callable[..., tuple[Tensor, ...]], tensors: Sequence[Tensor], backward: bool
) -> Program:
    """Of a function, and of its gradients by tensors that require one. Nothing is computed."""
    saved: list[Tensor] = []

    def run():
        compiled = torch.compile(f, fullgraph=True)
        if not backward:
            compiled(*tensors)
            return
        with torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], _same):
            y = compiled(*tensors)
        torch.autograd.backward(y, [torch.ones_like(t) for t in y])

    with (
        patch.object(AsyncCompile, "cpp_pybinding", lambda *_, **__: lambda *arguments: None),
        torch._inductor.config.patch(fx_graph_cache=False),
        torch._functorch.config.patch(enable_autograd_cache=False),
    ):
        torch._dynamo.reset()
        _, codes = run_and_get_code(run)
        torch._dynamo.reset()
    calls = [code[code.index("def call(") :] for code in dict.fromkeys(codes)]
    buffers = [len(re.findall(r"= empty_strided_\w+\(", call)) for call in calls]
    opaque = sum(len(re.findall(r"torch\.ops\.\w+\.|extern_kernels\.", call)) for call in calls)
    given = {t.data_ptr() for t in tensors}
    kept = {t.data_ptr(): t for t in saved if t.data_ptr() not in given}
    sizes: dict[int, int] = {}
    for t in kept.values():
        sizes[t.shape[-1]] = sizes.get(t.shape[-1], 0) + t.nbytes
    return Program(buffers, opaque, sizes)


def _same(t: Tensor) -> Tensor:
    return t
