"""Activations that choose one entry out of every group.

Groups are consecutive entries of one dimension, which becomes shorter. What is kept for the
backward pass is the place of each chosen entry, one byte, and not the input. Nested tensors must be
jagged, and `dim`, counted as for the padded one, a dense dimension. Dtypes, layouts, derivatives,
`out` and errors are as in `nonlin.pointwise`; there is no in-place form.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import check, integer
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["maxout"]


@calls(operator("maxout", "k", "dim"))
def maxout(input: Tensor, k: int, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Maxout: the largest of every k consecutive entries of dimension `dim`.

    Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, arXiv 1302.4389

    The first of equals is chosen, −0 and 0 being equal, and a NaN before any number. The gradient
    goes to the chosen entry alone.

    input: float64, float32, float16 or bfloat16, of a shape whose entry `dim` is a multiple of k
    k: entries in a group, an integer from 1 to 256
    dim: the dimension that the groups divide
    returns: same dtype; in dimension `dim` one entry for each group

    >>> x = torch.tensor([[1.0, 3.0, 2.0, -1.0], [0.0, -5.0, -2.0, -1.0]])
    >>> maxout(x, 2)
    tensor([[ 3.,  2.],
            [ 0., -1.]])
    >>> maxout(x, 2, dim=0)
    tensor([[ 1.,  3.,  2., -1.]])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.maxout(input, k, dim, out)
        if done is not ASIDE:
            return done
    if not is_scripting():
        check("maxout", input, False, out)
        k = integer("nonlin::maxout", "k", k)
        dim = integer("nonlin::maxout", "dim", dim)
    return ops.maxout(input, k, dim) if out is None else ops.maxout(input, k, dim, out=out)
