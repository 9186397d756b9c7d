"""Activations of roots and powers. All else is as in `nonlin.pointwise`."""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, real
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["squareplus"]


@calls(operator("squareplus", "b"))
def squareplus(
    input: Tensor, b: float = 4.0, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """Squareplus(x) = (x + √(x² + b))/2.

    Barron 2021, arXiv 2112.11687

    input: any shape; float64, float32, float16 or bfloat16
    b: between 1e-18 and 1e18; the width of the bend: squareplus(0) is √b/2
    returns: same shape and dtype

    >>> squareplus(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.6180, 1.0000, 1.6180])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.squareplus(input, b, inplace, out)
        if done is not ASIDE:
            return done
    check("squareplus", input, inplace, out)
    b = real("nonlin::squareplus", "b", b)
    if out is not None:
        return ops.squareplus(input, b, out=alone("squareplus", out, inplace))
    return ops.squareplus_(input, b) if inplace else ops.squareplus(input, b)
