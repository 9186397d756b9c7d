"""ELU, and what is made of it: CELU and SELU. All else is as in `nonlin.pointwise`.

`elu_`, `celu_` and `selu_` overwrite their input, as those of PyTorch.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nonlin._arguments import alone, check, holds, real
from nonlin._direct import (
    ASIDE,
    NUMBERS,
    calls,
    direct,
    is_dynamo_compiling,
    is_scripting,
    operator,
    ops,
)

__all__ = ["celu", "celu_", "elu", "elu_", "selu", "selu_"]


@calls(operator("elu", "alpha", 1.0, 1.0))
def elu(
    input: Tensor, alpha: float = 1.0, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """ELU(x) = x where x > 0, α·(eˣ − 1) elsewhere.

    Clevert, Unterthiner and Hochreiter 2015, arXiv 1511.07289

    input: any shape; float64, float32, float16 or bfloat16
    alpha: any finite number, and no tensor, which would not be learned
    returns: same shape and dtype

    >>> elu(torch.tensor([-1.0, 0.0, 1.0]), alpha=0.5)
    tensor([-0.3161,  0.0000,  1.0000])
    >>> elu(torch.tensor([-1.0, 0.0, 1.0]), alpha=torch.tensor(0.5))
    Traceback (most recent call last):
    TypeError: nonlin::elu: `alpha` must be a real number, got Tensor
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.elu(input, alpha, inplace, out)
        if done is not ASIDE:
            return done
    check("elu", input, inplace, out)
    alpha = real("nonlin::elu", "alpha", alpha)
    return _elu("elu", input, alpha, 1.0, 1.0, inplace, out)


@calls(operator("elu", "alpha", 1.0, "reciprocal"), more=("reciprocal",))
def celu(
    input: Tensor, alpha: float = 1.0, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """CELU(x) = x where x > 0, α·(exp(x/α) − 1) elsewhere: its slope is continuous for every α.

    Barron 2017, arXiv 1704.07483

    input: any shape; float64, float32, float16 or bfloat16
    alpha: any number that is finite and has a finite reciprocal in the type that computes
    returns: same shape and dtype

    >>> celu(torch.tensor([-1.0, 0.0, 1.0]), alpha=0.5)
    tensor([-0.4323,  0.0000,  1.0000])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        # What is far from the ends of float32 needs no check.
        usual = type(alpha) in NUMBERS and 1e-37 < alpha < 1e37
        done = direct.celu(input, alpha, inplace, out, 1.0 / alpha if usual else None)
        if done is not ASIDE:
            return done
    check("celu", input, inplace, out)
    alpha = real("nonlin::celu", "alpha", alpha)
    return _elu("celu", input, alpha, 1.0, _reciprocal(alpha, input.dtype), inplace, out)


@calls(operator("elu", 1.6732632423543772, 1.0507009873554805, 1.0))
def selu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SELU(x) = s·x where x > 0, s·α·(eˣ − 1) elsewhere.

    s = 1.0507009873554805 and α = 1.6732632423543772 keep mean 0 and variance 1 across layers.

    Klambauer, Unterthiner, Mayr and Hochreiter 2017, arXiv 1706.02515

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> selu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.1113,  0.0000,  1.0507])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.selu(input, inplace, out)
        if done is not ASIDE:
            return done
    check("selu", input, inplace, out)
    return _elu("selu", input, 1.6732632423543772, 1.0507009873554805, 1.0, inplace, out)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> elu_(x) is x
    True
    """
    return elu(input, alpha, True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> celu_(x) is x
    True
    """
    return celu(input, alpha, True)


def selu_(input: Tensor) -> Tensor:
    """`selu` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> selu_(x) is x
    True
    """
    return selu(input, True)


def _elu(
    name: str,
    input: Tensor,
    alpha: float,
    scale: float,
    input_scale: float,
    inplace: bool,
    out: Tensor | None,
) -> Tensor:
    if out is not None:
        return ops.elu(input, alpha, scale, input_scale, out=alone(name, out, inplace))
    if inplace:
        return ops.elu_(input, alpha, scale, input_scale)
    return ops.elu(input, alpha, scale, input_scale)


def _reciprocal(alpha: float, dtype: torch.dtype) -> float:
    """1/α, elu's `input_scale`: by that name the operator would refuse what is not finite."""
    if holds(alpha == 0):
        raise ValueError("nonlin::celu: `alpha` must not be 0")
    scale = 1.0 / alpha
    # From here on a float32 is infinite.
    end = float("inf") if dtype == torch.float64 else 3.4028235677973366e38
    # TorchScript takes `alpha != alpha` for False, and Python would read a symbolic number's value.
    nan = math.isnan(alpha) if is_scripting() else holds(alpha != alpha)
    if nan or holds(abs(alpha) >= end) or holds(abs(scale) >= end):
        kind = "float64" if dtype == torch.float64 else "float32"
        raise ValueError(
            f"nonlin::celu: `alpha` and its reciprocal must be finite in {kind}, got {alpha}"
        )
    return scale
