"""Activations that tend to a constant or a line on both sides. All else is as in `nonlin.pointwise`."""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["softsign"]


@calls(operator("softsign"))
def softsign(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Softsign(x) = x/(1 + |x|).

    Bergstra, Desjardins, Lamblin and Bengio 2009, Université de Montréal, technical report 1337

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> softsign(torch.tensor([-1.0, 0.0, 3.0]))
    tensor([-0.5000,  0.0000,  0.7500])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.softsign(input, inplace, out)
        if done is not ASIDE:
            return done
    check("softsign", input, inplace, out)
    if out is not None:
        return ops.softsign(input, out=alone("softsign", out, inplace))
    return ops.softsign_(input) if inplace else ops.softsign(input)
