"""Activations of a gate and what it lets through: act(gate)·up, read where they lie.

`input` is the gate where `up` is given, which has its shape and dtype. Without it, `input` holds
both along `dim`, and the result has half its size there. `layout` says where the gate is:
"gate_first" in the first half, as in Llama's packed weights, vLLM and Megatron; "gate_last" in the
last, as in torch's GLU; "interleaved" in even places, as in gpt-oss. The gradient of a packed
tensor is one tensor. Where `up` is given, `dim` plays no role, nor does `layout`, which must be a
known one.

`inplace=True` overwrites the gate, and wants `up`. Under autocast two dtypes meet in the wider
one, and what is written in place or to `out` keeps its own. Where the gate is a nested tensor, `up`
is one too, of the same layout; one nested tensor that holds both must be jagged, and `dim`, counted
as for the padded one, a dense dimension. All else is as in `nonlin.pointwise`.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin import _gated as read
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling
from nonlin._layouts import ways

__all__ = ["bilinear", "geglu", "glu", "reglu", "swiglu", "swiglu_clamped"]


@calls(*ways("glu", "gate_last"), scripted=read.glu)
def glu(
    input: Tensor,
    dim: int = -1,
    *,
    up: Tensor | None = None,
    layout: str = "gate_last",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """GLU(a, b) = σ(a)·b.

    Dauphin, Fan, Auli and Grangier 2017, arXiv 1612.08083

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`

    >>> glu(torch.tensor([1.0, 2.0, 0.0, 1.0]))
    tensor([0.5000, 1.4621])
    """
    if not is_dynamo_compiling():
        done = direct.glu(input, dim, up, layout, inplace, out)
        if done is not ASIDE:
            return done
    return read.glu(input, dim, up, layout, inplace, out)


@calls(*ways("bilinear", "gate_first"), scripted=read.bilinear)
def bilinear(
    input: Tensor,
    up: Tensor | None = None,
    *,
    dim: int = -1,
    layout: str = "gate_first",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Bilinear(a, b) = a·b.

    Shazeer 2020, arXiv 2002.05202

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`

    >>> bilinear(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    tensor([3., 8.])
    """
    if not is_dynamo_compiling():
        done = direct.bilinear(input, up, dim, layout, inplace, out)
        if done is not ASIDE:
            return done
    return read.bilinear(input, up, dim, layout, inplace, out)


@calls(*ways("reglu", "gate_first"), scripted=read.reglu)
def reglu(
    input: Tensor,
    up: Tensor | None = None,
    *,
    dim: int = -1,
    layout: str = "gate_first",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """ReGLU(a, b) = max(a, 0)·b.

    Shazeer 2020, arXiv 2002.05202

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`

    >>> reglu(torch.tensor([-1.0, 2.0]), torch.tensor([3.0, 4.0]))
    tensor([0., 8.])
    """
    if not is_dynamo_compiling():
        done = direct.reglu(input, up, dim, layout, inplace, out)
        if done is not ASIDE:
            return done
    return read.reglu(input, up, dim, layout, inplace, out)


@calls(
    *ways("geglu", "gate_first", approximate="none"),
    *ways("geglu_tanh", "gate_first", approximate="tanh"),
    scripted=read.geglu,
)
def geglu(
    input: Tensor,
    up: Tensor | None = None,
    *,
    dim: int = -1,
    layout: str = "gate_first",
    approximate: str = "none",
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """GEGLU(a, b) = a·Φ(a)·b, with Φ the distribution function of the normal distribution.

    Shazeer 2020, arXiv 2002.05202

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`
    approximate: "none", or "tanh" for the approximation that `nonlin.gelu` knows

    >>> geglu(torch.tensor([-1.0, 1.0, 2.0, 2.0]))
    tensor([-0.3173,  1.6827])
    """
    if not is_dynamo_compiling():
        done = direct.geglu(input, up, dim, layout, approximate, inplace, out)
        if done is not ASIDE:
            return done
    return read.geglu(input, up, dim, layout, approximate, inplace, out)


@calls(*ways("swiglu", "gate_first", "beta"), scripted=read.swiglu)
def swiglu(
    input: Tensor,
    up: Tensor | None = None,
    *,
    dim: int = -1,
    layout: str = "gate_first",
    beta: float = 1.0,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """SwiGLU(a, b) = a·σ(β·a)·b.

    Shazeer 2020, arXiv 2002.05202

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`
    beta: any finite number, and no tensor, which would not be learned

    >>> swiglu(torch.tensor([-1.0, 1.0]), torch.tensor([2.0, 2.0]))
    tensor([-0.5379,  1.4621])
    """
    if not is_dynamo_compiling():
        done = direct.swiglu(input, up, dim, layout, beta, inplace, out)
        if done is not ASIDE:
            return done
    return read.swiglu(input, up, dim, layout, beta, inplace, out)


@calls(*ways("swiglu_clamped", "interleaved", "limit", "alpha"), scripted=read.swiglu_clamped)
def swiglu_clamped(
    input: Tensor,
    up: Tensor | None = None,
    *,
    dim: int = -1,
    layout: str = "interleaved",
    limit: float = 7.0,
    alpha: float = 1.702,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """SwiGLU-clamped(a, b) = c·σ(α·c)·(min(max(b, −limit), limit) + 1), with c = min(a, limit).

    OpenAI 2025, arXiv 2508.10925

    input, up: a and b, of one shape and dtype; or one tensor of both, as `dim` and `layout` say:
        see `help(nonlin.gated)`, also for `inplace` and `out`
    limit, alpha: finite numbers; a limit is positive, and at it and beyond the gradient is 0

    >>> swiglu_clamped(torch.tensor([1.0, 0.0, 9.0, 9.0]))
    tensor([ 0.8458, 55.9996])
    """
    if not is_dynamo_compiling():
        done = direct.swiglu_clamped(input, up, dim, layout, limit, alpha, inplace, out)
        if done is not ASIDE:
            return done
    return read.swiglu_clamped(input, up, dim, layout, limit, alpha, inplace, out)
