"""Activations that shrink small numbers to 0. All else is as in `nonlin.pointwise`."""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, real
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


@calls(operator("softshrink", "lambd"))
def softshrink(
    input: Tensor, lambd: float = 0.5, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """Softshrink(x) = x − λ where x > λ, x + λ where x < −λ, 0 elsewhere.

    Donoho 1995, IEEE Transactions on Information Theory 41

    input: any shape; float64, float32, float16 or bfloat16
    lambd: any finite number from 0 on; the slope at ±λ is 0
    returns: same shape and dtype

    >>> softshrink(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.5000,  0.0000,  0.5000])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.softshrink(input, lambd, inplace, out)
        if done is not ASIDE:
            return done
    check("softshrink", input, inplace, out)
    lambd = real("nonlin::softshrink", "lambd", lambd)
    if out is not None:
        return ops.softshrink(input, lambd, out=alone("softshrink", out, inplace))
    return ops.softshrink_(input, lambd) if inplace else ops.softshrink(input, lambd)


@calls(operator("hardshrink", "lambd"))
def hardshrink(
    input: Tensor, lambd: float = 0.5, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """Hardshrink(x) = x where |x| > λ, 0 elsewhere.

    Donoho and Johnstone 1994, Biometrika 81

    input: any shape; float64, float32, float16 or bfloat16
    lambd: any finite number; the slope at ±λ is 0
    returns: same shape and dtype

    >>> hardshrink(torch.tensor([-1.0, 0.25, 1.0]))
    tensor([-1.,  0.,  1.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.hardshrink(input, lambd, inplace, out)
        if done is not ASIDE:
            return done
    check("hardshrink", input, inplace, out)
    lambd = real("nonlin::hardshrink", "lambd", lambd)
    if out is not None:
        return ops.hardshrink(input, lambd, out=alone("hardshrink", out, inplace))
    return ops.hardshrink_(input, lambd) if inplace else ops.hardshrink(input, lambd)


@calls(operator("tanhshrink"))
def tanhshrink(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Tanhshrink(x) = x − tanh(x).

    Collobert, Kavukcuoglu and Farabet 2011, Torch7, BigLearn

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> tanhshrink(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2384,  0.0000,  0.2384])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.tanhshrink(input, inplace, out)
        if done is not ASIDE:
            return done
    check("tanhshrink", input, inplace, out)
    if out is not None:
        return ops.tanhshrink(input, out=alone("tanhshrink", out, inplace))
    return ops.tanhshrink_(input) if inplace else ops.tanhshrink(input)
