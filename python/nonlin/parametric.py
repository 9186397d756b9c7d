"""Activations with a parameter that is learned: one for all elements, or one for each channel.

The parameter is a tensor of the input's dtype on its device: 0-d or with one entry, which serves a
tensor of any shape, or 1-d with an entry for each index of the dimension `dim`. Its gradient is
summed in float64, in an order that depends on the shape and memory layout alone: the same bits on
every run and for any number of threads.

Dimensions of a jagged nested tensor are counted as those of the padded one. `dim` must be a dense
one where the parameter has several entries, and strided nested tensors take a single one. Both have
derivatives up to the second.

All else is as in `nonlin.pointwise`: shapes, dtypes, layouts, derivatives, `inplace`, `out` and
errors. Under `torch.autocast` both run in its lower precision, as PyTorch's prelu does.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, integer, tensor
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["prelu"]


@calls(operator("prelu", "weight", "dim"))
def prelu(
    input: Tensor, weight: Tensor, dim: int = 1, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """PReLU(x) = x where x > 0, w·x elsewhere.

    He, Zhang, Ren and Sun 2015, arXiv 1502.01852

    input: any shape; float64, float32, float16 or bfloat16
    weight: w, a tensor of one value or one for each entry of dimension `dim`; dtype of the input
    dim: the dimension along which `weight` varies; of no account where it is one value
    returns: same shape and dtype; differentiable in both tensors

    >>> x = torch.tensor([[-1.0, 2.0], [-3.0, -4.0]])
    >>> prelu(x, torch.tensor([0.5, 0.1]))
    tensor([[-0.5000,  2.0000],
            [-1.5000, -0.4000]])
    >>> prelu(x, torch.tensor(0.25))
    tensor([[-0.2500,  2.0000],
            [-0.7500, -1.0000]])
    >>> prelu(x, 0.25)
    Traceback (most recent call last):
    TypeError: nonlin::prelu: `weight` must be a tensor, got float
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.prelu(input, weight, dim, inplace, out)
        if done is not ASIDE:
            return done
    if not is_scripting():
        check("prelu", input, inplace, out)
        tensor("nonlin::prelu", "weight", weight)
        dim = integer("nonlin::prelu", "dim", dim)
    if out is not None:
        return ops.prelu(input, weight, dim, out=alone("prelu", out, inplace))
    return ops.prelu_(input, weight, dim) if inplace else ops.prelu(input, weight, dim)
