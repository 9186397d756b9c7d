"""Activations that act on every element alone.

All take a tensor of any shape, strides and device in float64, float32, float16 or bfloat16, and
return one of the same shape, dtype and memory layout. The 16-bit types are computed in float32 and
rounded once. All can be differentiated any number of times, in reverse and forward mode, and work
under torch.func, torch.compile and torch.jit.script.

Nested tensors of either layout work, compiled where they are jagged; strided ones have derivatives
up to the second. They take no `out`.

`inplace=True` overwrites the input, as in PyTorch. `out=` receives the result: it is resized if its
shape differs, must have the input's dtype, may be the input itself and cannot be differentiated.

Errors are raised before anything is written, and name operator and argument; operators call the
input `self`. A dtype without kernel gives NotImplementedError, a parameter that is not finite
ValueError, almost everything else RuntimeError, as in PyTorch.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nonlin._arguments import refuse_inplace, require_number
from nonlin._direct import direct, is_dynamo_compiling, is_scripting
from nonlin.parametric import parametric_swish

__all__ = ["celu", "elu", "gelu", "mish", "selu", "silu", "swish"]


def gelu(input: Tensor, approximate: str = "none", out: Tensor | None = None) -> Tensor:
    """GELU(x) = x·Φ(x), with Φ the distribution function of the normal distribution.

    Hendrycks and Gimpel 2016, arXiv 1606.08415

    input: any shape; float64, float32, float16 or bfloat16
    approximate: "none", or "tanh" for ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
    returns: same shape and dtype

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> gelu(x)
    tensor([-0.1587,  0.0000,  0.8413])
    >>> gelu(x, approximate="tanh")
    tensor([-0.1588,  0.0000,  0.8412])
    """
    if approximate == "none":
        if out is not None:
            result: Tensor = torch.ops.nonlin.gelu(input, out=out)
        elif is_scripting() or is_dynamo_compiling():
            result = torch.ops.nonlin.gelu(input)
        else:
            result = direct.gelu(input)
    elif approximate == "tanh":
        if out is not None:
            result = torch.ops.nonlin.gelu_tanh(input, out=out)
        elif is_scripting() or is_dynamo_compiling():
            result = torch.ops.nonlin.gelu_tanh(input)
        else:
            result = direct.gelu_tanh(input)
    else:
        raise RuntimeError(
            f"nonlin::gelu: `approximate` must be 'none' or 'tanh', got '{approximate}'"
        )
    return result


def swish(
    input: Tensor,
    beta: float | Tensor = 1.0,
    inplace: bool = False,
    out: Tensor | None = None,
    dim: int = 1,  # last, as calls may give `out` by its position
) -> Tensor:
    """Swish(x) = x·σ(βx), with σ the logistic function.

    Ramachandran, Zoph and Le 2017, arXiv 1710.05941

    input: any shape; float64, float32, float16 or bfloat16
    beta: any finite number, where SiLU is β = 1, and β = 0 gives x/2; or a tensor to be learned,
        with one value or one for each entry of dimension `dim`; see `nonlin.parametric`
    dim: the dimension along which a tensor `beta` varies
    returns: same shape and dtype; differentiable in `beta` where it is a tensor

    >>> swish(torch.tensor([-1.0, 0.0, 1.0]), beta=2.0)
    tensor([-0.1192,  0.0000,  0.8808])
    >>> beta = torch.tensor(2.0, requires_grad=True)
    >>> torch.autograd.grad(swish(torch.tensor([-1.0, 0.0, 1.0]), beta).sum(), beta)
    (tensor(0.2100),)
    """
    if isinstance(beta, Tensor):
        return parametric_swish(input, beta, dim, inplace, out)
    if out is not None:
        refuse_inplace("swish", inplace)
        result: Tensor = torch.ops.nonlin.swish(input, beta, out=out)
    elif is_scripting() or is_dynamo_compiling():
        if inplace:
            result = torch.ops.nonlin.swish_(input, beta)
        else:
            result = torch.ops.nonlin.swish(input, beta)
    elif inplace:
        result = direct.swish_(input, beta)
    else:
        result = direct.swish(input, beta)
    return result


def silu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SiLU(x) = x·σ(x), with σ the logistic function: `swish` with β = 1.

    Elfwing, Uchibe and Doya 2017, arXiv 1702.03118

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    return swish(input, 1.0, inplace, out)


def mish(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Mish(x) = x·tanh(softplus(x)), with softplus(x) = ln(1 + eˣ).

    Misra 2019, arXiv 1908.08681

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> mish(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """
    if out is not None:
        refuse_inplace("mish", inplace)
        result: Tensor = torch.ops.nonlin.mish(input, out=out)
    elif is_scripting() or is_dynamo_compiling():
        result = torch.ops.nonlin.mish_(input) if inplace else torch.ops.nonlin.mish(input)
    elif inplace:
        result = direct.mish_(input)
    else:
        result = direct.mish(input)
    return result


def elu(
    input: Tensor, alpha: float = 1.0, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """ELU(x) = x where x > 0, α·(eˣ − 1) elsewhere.

    Clevert, Unterthiner and Hochreiter 2015, arXiv 1511.07289

    input: any shape; float64, float32, float16 or bfloat16
    alpha: any finite number
    returns: same shape and dtype

    >>> elu(torch.tensor([-1.0, 0.0, 1.0]), alpha=0.5)
    tensor([-0.3161,  0.0000,  1.0000])
    """
    return _elu("elu", input, alpha, 1.0, 1.0, inplace, out)


def celu(
    input: Tensor, alpha: float = 1.0, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """CELU(x) = x where x > 0, α·(exp(x/α) − 1) elsewhere: its slope is continuous for every α.

    Barron 2017, arXiv 1704.07483

    input: any shape; float64, float32, float16 or bfloat16
    alpha: any finite number but 0
    returns: same shape and dtype

    >>> celu(torch.tensor([-1.0, 0.0, 1.0]), alpha=0.5)
    tensor([-0.4323,  0.0000,  1.0000])
    """
    # Its reciprocal is taken before an operator checks it. To TorchScript this is dead code.
    if not isinstance(alpha, (int, float)):
        require_number("nonlin::celu", "alpha", alpha)
    if alpha == 0:
        raise RuntimeError("nonlin::celu: `alpha` must not be 0")
    return _elu("celu", input, alpha, 1.0, 1.0 / alpha, inplace, out)


def selu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SELU(x) = s·x where x > 0, s·α·(eˣ − 1) elsewhere.

    s = 1.0507009873554805 and α = 1.6732632423543772 keep mean 0 and variance 1 across layers.

    Klambauer, Unterthiner, Mayr and Hochreiter 2017, arXiv 1706.02515

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> selu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.1113,  0.0000,  1.0507])
    """
    return _elu("selu", input, 1.6732632423543772, 1.0507009873554805, 1.0, inplace, out)


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
        refuse_inplace(name, inplace)
        result: Tensor = torch.ops.nonlin.elu(input, alpha, scale, input_scale, out=out)
    elif is_scripting() or is_dynamo_compiling():
        if inplace:
            result = torch.ops.nonlin.elu_(input, alpha, scale, input_scale)
        else:
            result = torch.ops.nonlin.elu(input, alpha, scale, input_scale)
    elif inplace:
        result = direct.elu_(input, alpha, scale, input_scale)
    else:
        result = direct.elu(input, alpha, scale, input_scale)
    return result
