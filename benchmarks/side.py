"""What a side of a comparison has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Side:
    """Ours, or PyTorch's; what it has no operator for is None.

    Attributes:
        function: f(*inputs), differentiable
        call: the same as users of torch.ops write it
        out, in_place: the same as f(*inputs, out=y), and on inputs[0]
        backward: f(g, *inputs)
        double_backward: f(v, g, *inputs), where v has a tensor for each result of backward
        with_index: f(*inputs), the values and where they were found
    """

    function: Callable[..., Tensor]
    call: Callable[..., Tensor]
    out: Callable[..., Any] | None = None
    in_place: Callable[..., Any] | None = None
    backward: Callable[..., Any] | None = None
    double_backward: Callable[..., Any] | None = None
    with_index: Callable[..., Any] | None = None
