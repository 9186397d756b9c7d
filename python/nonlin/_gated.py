"""What TorchScript and Dynamo read in place of functions of `nonlin.gated`.

TorchScript has no arguments that are given by name alone; all else is what those functions take.
"""

from __future__ import annotations

from torch import Tensor

from nonlin._arguments import alone, real, text
from nonlin._direct import is_scripting, ops
from nonlin._layouts import place_of


def glu(
    input: Tensor,
    dim: int = -1,
    up: Tensor | None = None,
    layout: str = "gate_last",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::glu", input, up, dim, layout, inplace, out)
    if up is not None:
        if out is not None:
            return ops.glu(input, up, out=alone("glu", out, inplace))
        return ops.glu_(input, up) if inplace else ops.glu(input, up)
    if out is not None:
        return ops.glu_packed(input, dim, place, out=out)
    return ops.glu_packed(input, dim, place)


def bilinear(
    input: Tensor,
    up: Tensor | None = None,
    dim: int = -1,
    layout: str = "gate_first",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::bilinear", input, up, dim, layout, inplace, out)
    if up is not None:
        if out is not None:
            return ops.bilinear(input, up, out=alone("bilinear", out, inplace))
        return ops.bilinear_(input, up) if inplace else ops.bilinear(input, up)
    if out is not None:
        return ops.bilinear_packed(input, dim, place, out=out)
    return ops.bilinear_packed(input, dim, place)


def reglu(
    input: Tensor,
    up: Tensor | None = None,
    dim: int = -1,
    layout: str = "gate_first",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::reglu", input, up, dim, layout, inplace, out)
    if up is not None:
        if out is not None:
            return ops.reglu(input, up, out=alone("reglu", out, inplace))
        return ops.reglu_(input, up) if inplace else ops.reglu(input, up)
    if out is not None:
        return ops.reglu_packed(input, dim, place, out=out)
    return ops.reglu_packed(input, dim, place)


def geglu(
    input: Tensor,
    up: Tensor | None = None,
    dim: int = -1,
    layout: str = "gate_first",
    approximate: str = "none",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::geglu", input, up, dim, layout, inplace, out)
    if not is_scripting():
        text("nonlin::geglu", "approximate", approximate)
    if approximate == "none":
        if up is not None:
            if out is not None:
                return ops.geglu(input, up, out=alone("geglu", out, inplace))
            return ops.geglu_(input, up) if inplace else ops.geglu(input, up)
        if out is not None:
            return ops.geglu_packed(input, dim, place, out=out)
        return ops.geglu_packed(input, dim, place)
    if approximate == "tanh":
        if up is not None:
            if out is not None:
                return ops.geglu_tanh(input, up, out=alone("geglu", out, inplace))
            return ops.geglu_tanh_(input, up) if inplace else ops.geglu_tanh(input, up)
        if out is not None:
            return ops.geglu_tanh_packed(input, dim, place, out=out)
        return ops.geglu_tanh_packed(input, dim, place)
    raise RuntimeError(
        f"nonlin::geglu: `approximate` must be 'none' or 'tanh', got '{approximate}'"
    )


def swiglu(
    input: Tensor,
    up: Tensor | None = None,
    dim: int = -1,
    layout: str = "gate_first",
    beta: float = 1.0,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::swiglu", input, up, dim, layout, inplace, out)
    beta = real("nonlin::swiglu", "beta", beta)
    if up is not None:
        if out is not None:
            return ops.swiglu(input, up, beta, out=alone("swiglu", out, inplace))
        return ops.swiglu_(input, up, beta) if inplace else ops.swiglu(input, up, beta)
    if out is not None:
        return ops.swiglu_packed(input, beta, dim, place, out=out)
    return ops.swiglu_packed(input, beta, dim, place)


def swiglu_clamped(
    input: Tensor,
    up: Tensor | None = None,
    dim: int = -1,
    layout: str = "interleaved",
    limit: float = 7.0,
    alpha: float = 1.702,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    place = place_of("nonlin::swiglu_clamped", input, up, dim, layout, inplace, out)
    limit = real("nonlin::swiglu_clamped", "limit", limit)
    alpha = real("nonlin::swiglu_clamped", "alpha", alpha)
    if up is not None:
        if out is None and inplace:
            return ops.swiglu_clamped_(input, up, limit, alpha)
        if out is None:
            return ops.swiglu_clamped(input, up, limit, alpha)
        to = alone("swiglu_clamped", out, inplace)
        return ops.swiglu_clamped(input, up, limit, alpha, out=to)
    if out is not None:
        return ops.swiglu_clamped_packed(input, limit, alpha, dim, place, out=out)
    return ops.swiglu_clamped_packed(input, limit, alpha, dim, place)
