"""Activations x·g(x), where g is a gate from 0 to 1, or from −1 to 1. All else is as in
`nonlin.pointwise`.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["hardswish", "lisht", "quick_gelu", "serf"]


@calls(operator("swish", 1.702))
def quick_gelu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """QuickGELU(x) = x·σ(1.702·x): `swish` with β = 1.702.

    Hendrycks and Gimpel 2016, arXiv 1606.08415

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> quick_gelu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1542,  0.0000,  0.8458])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.quick_gelu(input, inplace, out)
        if done is not ASIDE:
            return done
    check("quick_gelu", input, inplace, out)
    if out is not None:
        return ops.swish(input, 1.702, out=alone("quick_gelu", out, inplace))
    return ops.swish_(input, 1.702) if inplace else ops.swish(input, 1.702)


@calls(operator("serf"))
def serf(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Serf(x) = x·erf(ln(1 + eˣ)).

    Nag and Bhattacharyya 2021, arXiv 2108.09598

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> serf(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3422,  0.0000,  0.9367])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.serf(input, inplace, out)
        if done is not ASIDE:
            return done
    check("serf", input, inplace, out)
    if out is not None:
        return ops.serf(input, out=alone("serf", out, inplace))
    return ops.serf_(input) if inplace else ops.serf(input)


@calls(operator("hardswish"))
def hardswish(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Hardswish(x) = x·min(max(x + 3, 0), 6)/6.

    Howard, Sandler, Chu et al. 2019, arXiv 1905.02244

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> hardswish(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3333,  0.0000,  0.6667])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.hardswish(input, inplace, out)
        if done is not ASIDE:
            return done
    check("hardswish", input, inplace, out)
    if out is not None:
        return ops.hardswish(input, out=alone("hardswish", out, inplace))
    return ops.hardswish_(input) if inplace else ops.hardswish(input)


@calls(operator("lisht"))
def lisht(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """LiSHT(x) = x·tanh(x).

    Roy, Manna, Dubey and Chaudhuri 2019, arXiv 1901.05894

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> lisht(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.7616, 0.0000, 0.7616])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.lisht(input, inplace, out)
        if done is not ASIDE:
            return done
    check("lisht", input, inplace, out)
    if out is not None:
        return ops.lisht(input, out=alone("lisht", out, inplace))
    return ops.lisht_(input) if inplace else ops.lisht(input)
