"""Modules of `nonlin.gated`.

All take one tensor, or gate and up: `SwiGLU()(both)` or `SwiGLU()(gate, up)`.
"""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import gated
from nonlin._arguments import finite, holds, integer, text
from nonlin._layouts import LAYOUTS
from nonlin.nn._common import checked_approximation, name_of

__all__ = ["GEGLU", "GLU", "BilinearGLU", "ReGLU", "SwiGLU", "SwiGLUClamped"]


class _Gated(torch.nn.Module):
    """The base of all: where gate and up are in one tensor."""

    __constants__: ClassVar[list[str]] = ["dim", "layout"]
    dim: int
    layout: str = "gate_first"

    def __init__(self, dim: int = -1, layout: str = "gate_first") -> None:
        super().__init__()
        self.dim = integer(name_of(self), "dim", dim)
        self.layout = checked_layout(name_of(self), layout)

    def extra_repr(self) -> str:
        return f"dim={self.dim}{shown(self.layout, 'gate_first')}"


def checked_layout(caller: str, layout: str) -> str:
    text(caller, "layout", layout)
    if layout not in LAYOUTS:
        raise ValueError(
            f"{caller}: `layout` must be 'gate_first', 'gate_last' or 'interleaved', got '{layout}'"
        )
    return layout


def shown(layout: str, default: str) -> str:
    return "" if layout == default else f", layout='{layout}'"


class GLU(torch.nn.GLU):
    """σ(gate)·up; see `nonlin.glu`.

    dim, layout: where gate and up are in one tensor

    >>> GLU()(torch.tensor([1.0, 2.0, 0.0, 1.0]))
    tensor([0.5000, 1.4621])
    """

    __constants__: ClassVar[list[str]] = ["dim", "layout"]  # type: ignore[misc]
    layout: str = "gate_last"  # of a namesake that became ours by assignment to `__class__`

    def __init__(self, dim: int = -1, layout: str = "gate_last") -> None:
        super().__init__(integer("nonlin.nn.GLU", "dim", dim))
        self.layout = checked_layout("nonlin.nn.GLU", layout)

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.glu(input, self.dim, up=up, layout=self.layout)

    def extra_repr(self) -> str:
        return f"dim={self.dim}{shown(self.layout, 'gate_last')}"


class BilinearGLU(_Gated):
    """gate·up; see `nonlin.bilinear`.

    dim, layout: where gate and up are in one tensor

    >>> BilinearGLU()(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    tensor([3., 8.])
    """

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.bilinear(input, up, dim=self.dim, layout=self.layout)


class ReGLU(_Gated):
    """max(gate, 0)·up; see `nonlin.reglu`.

    dim, layout: where gate and up are in one tensor

    >>> ReGLU()(torch.tensor([-1.0, 2.0, 3.0, 4.0]))
    tensor([0., 8.])
    """

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.reglu(input, up, dim=self.dim, layout=self.layout)


class GEGLU(_Gated):
    """gate·Φ(gate)·up; see `nonlin.geglu`.

    dim, layout: where gate and up are in one tensor
    approximate: "none" or "tanh", as of `nonlin.nn.GELU`

    >>> GEGLU()(torch.tensor([-1.0, 1.0, 2.0, 2.0]))
    tensor([-0.3173,  1.6827])
    """

    __constants__: ClassVar[list[str]] = ["dim", "layout", "approximate"]

    def __init__(
        self, dim: int = -1, layout: str = "gate_first", approximate: str = "none"
    ) -> None:
        super().__init__(dim, layout)
        self.approximate = checked_approximation("nonlin.nn.GEGLU", approximate)

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.geglu(
            input, up, dim=self.dim, layout=self.layout, approximate=self.approximate
        )

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, approximate={self.approximate!r}"


class SwiGLU(_Gated):
    """gate·σ(β·gate)·up; see `nonlin.swiglu`.

    dim, layout: where gate and up are in one tensor
    beta: any finite number

    >>> SwiGLU()(torch.tensor([-1.0, 1.0]), torch.tensor([2.0, 2.0]))
    tensor([-0.5379,  1.4621])
    """

    beta: float  # for TorchScript, whatever number was given

    def __init__(self, dim: int = -1, layout: str = "gate_first", beta: float = 1.0) -> None:
        super().__init__(dim, layout)
        self.beta = finite("nonlin.nn.SwiGLU", "beta", beta)

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.swiglu(input, up, dim=self.dim, layout=self.layout, beta=self.beta)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, beta={self.beta}"


class SwiGLUClamped(_Gated):
    """SwiGLU of gpt-oss, of a gate up to a limit; see `nonlin.swiglu_clamped`.

    dim, layout: where gate and up are in one tensor
    limit, alpha: finite numbers, the limit a positive one

    >>> SwiGLUClamped()(torch.tensor([1.0, 0.0, 9.0, 9.0]))
    tensor([ 0.8458, 55.9996])
    """

    layout: str = "interleaved"
    limit: float  # for TorchScript, whatever number was given
    alpha: float

    def __init__(
        self,
        dim: int = -1,
        layout: str = "interleaved",
        limit: float = 7.0,
        alpha: float = 1.702,
    ) -> None:
        super().__init__(dim, layout)
        self.limit = finite("nonlin.nn.SwiGLUClamped", "limit", limit)
        if holds(self.limit <= 0):
            raise ValueError(f"nonlin.nn.SwiGLUClamped: `limit` must be positive, got {limit}")
        self.alpha = finite("nonlin.nn.SwiGLUClamped", "alpha", alpha)

    def forward(self, input: Tensor, up: Tensor | None = None) -> Tensor:
        return gated.swiglu_clamped(
            input, up, dim=self.dim, layout=self.layout, limit=self.limit, alpha=self.alpha
        )

    def extra_repr(self) -> str:
        layout = shown(self.layout, "interleaved")
        return f"dim={self.dim}{layout}, limit={self.limit}, alpha={self.alpha}"
