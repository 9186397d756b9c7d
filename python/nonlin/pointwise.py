"""Activations that act on every element alone.

All take a tensor of any shape, strides and device in float64, float32, float16 or bfloat16, and
return one of the same shape, dtype and memory layout. The 16-bit types are computed in float32 and
rounded once. All can be differentiated any number of times, in reverse and forward mode, and work
under torch.func, torch.compile and torch.jit.script.

Nested tensors of either layout work, compiled where they are jagged; strided ones have derivatives
up to the second. They take no `out`.

`inplace=True` overwrites the input, as in PyTorch. `out=` receives the result: it is resized if its
shape differs, must have the input's dtype, may be the input itself and cannot be differentiated.

Errors are raised before anything is written, in one line that names function and argument;
operators, which raise some of them, call the input `self`. An argument of a wrong kind gives
TypeError: a number is an int or a float, of Python or NumPy, or a symbolic one, and no tensor or
bool. A dtype without kernel gives NotImplementedError, a parameter that is not finite ValueError,
almost everything else RuntimeError, as in PyTorch.

All honour `__torch_function__`, as those of torch.nn.functional do.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nonlin._arguments import check, integer, number, refuse_inplace, text
from nonlin._direct import (
    NUMBERS,
    direct,
    handle_torch_function,
    has_torch_function_variadic,
    is_dynamo_compiling,
    is_scripting,
)

__all__ = ["gelu", "mish", "silu", "swish"]


def gelu(
    input: Tensor,
    approximate: str = "none",
    out: Tensor | None = None,
    inplace: bool = False,  # last, as calls may give `out` by its position
) -> Tensor:
    """GELU(x) = x·Φ(x), with Φ the distribution function of the normal distribution.

    Hendrycks and Gimpel 2016, arXiv 1606.08415

    input: any shape; float64, float32, float16 or bfloat16
    approximate: "none", or "tanh" for ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))); RuntimeError for
        any other text, as in PyTorch
    returns: same shape and dtype

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> gelu(x)
    tensor([-0.1587,  0.0000,  0.8413])
    >>> gelu(x, approximate="tanh")
    tensor([-0.1588,  0.0000,  0.8412])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = None
        if out is None:
            if type(approximate) is not str:
                pass  # refused below
            elif approximate == "none":
                if inplace is False:
                    done = direct.gelu(input)
                elif inplace is True:
                    done = direct.gelu_(input)
            elif approximate == "tanh":
                if inplace is False:
                    done = direct.gelu_tanh(input)
                elif inplace is True:
                    done = direct.gelu_tanh_(input)
        if done is not None:
            return done
        if has_torch_function_variadic(input, out):
            return handle_torch_function(
                gelu, (input, out), input, approximate=approximate, out=out, inplace=inplace
            )
    if not is_scripting():
        check("gelu", input, inplace, out)
        text("nonlin::gelu", "approximate", approximate)
    if approximate != "none" and approximate != "tanh":
        raise RuntimeError(
            f"nonlin::gelu: `approximate` must be 'none' or 'tanh', got '{approximate}'"
        )
    if out is not None:
        refuse_inplace("gelu", inplace)
        if approximate == "none":
            result: Tensor = torch.ops.nonlin.gelu(input, out=out)
        else:
            result = torch.ops.nonlin.gelu_tanh(input, out=out)
    elif inplace:
        if approximate == "none":
            result = torch.ops.nonlin.gelu_(input)
        else:
            result = torch.ops.nonlin.gelu_tanh_(input)
    elif approximate == "none":
        result = torch.ops.nonlin.gelu(input)
    else:
        result = torch.ops.nonlin.gelu_tanh(input)
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
    if not (is_scripting() or is_dynamo_compiling()):
        done = None
        if out is None and type(dim) is int:
            if type(beta) in NUMBERS:
                if inplace is False:
                    done = direct.swish(input, beta)
                elif inplace is True:
                    done = direct.swish_(input, beta)
            elif inplace is False:
                done = direct.parametric_swish(input, beta, dim)
            elif inplace is True:
                done = direct.parametric_swish_(input, beta, dim)
        if done is not None:
            return done
        if has_torch_function_variadic(input, beta, out, dim):
            given = (input, beta, out, dim)
            return handle_torch_function(
                swish, given, input, beta=beta, inplace=inplace, out=out, dim=dim
            )
    if not is_scripting():
        check("swish", input, inplace, out)
        dim = integer("nonlin::swish", "dim", dim)
        if not isinstance(beta, Tensor):
            beta = number("nonlin::swish", "beta", beta, "a real number or a tensor")
    return _swish("swish", input, beta, dim, inplace, out)


def silu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SiLU(x) = x·σ(x), with σ the logistic function: `swish` with β = 1.

    Elfwing, Uchibe and Doya 2017, arXiv 1702.03118

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = None
        if out is None:
            if inplace is False:
                done = direct.swish(input, 1.0)
            elif inplace is True:
                done = direct.swish_(input, 1.0)
        if done is not None:
            return done
        if has_torch_function_variadic(input, out):
            return handle_torch_function(silu, (input, out), input, inplace=inplace, out=out)
    if not is_scripting():
        check("silu", input, inplace, out)
    return _swish("silu", input, 1.0, 1, inplace, out)


def mish(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Mish(x) = x·tanh(softplus(x)), with softplus(x) = ln(1 + eˣ).

    Misra 2019, arXiv 1908.08681

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> mish(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = None
        if out is None:
            if inplace is False:
                done = direct.mish(input)
            elif inplace is True:
                done = direct.mish_(input)
        if done is not None:
            return done
        if has_torch_function_variadic(input, out):
            return handle_torch_function(mish, (input, out), input, inplace=inplace, out=out)
    if not is_scripting():
        check("mish", input, inplace, out)
    if out is not None:
        refuse_inplace("mish", inplace)
        result: Tensor = torch.ops.nonlin.mish(input, out=out)
    elif inplace:
        result = torch.ops.nonlin.mish_(input)
    else:
        result = torch.ops.nonlin.mish(input)
    return result


def _swish(
    name: str,
    input: Tensor,
    beta: float | Tensor,
    dim: int,
    inplace: bool,
    out: Tensor | None,
) -> Tensor:
    if out is not None:
        refuse_inplace(name, inplace)
        if isinstance(beta, Tensor):
            result: Tensor = torch.ops.nonlin.parametric_swish(input, beta, dim, out=out)
        else:
            result = torch.ops.nonlin.swish(input, beta, out=out)
    elif isinstance(beta, Tensor):
        if inplace:
            result = torch.ops.nonlin.parametric_swish_(input, beta, dim)
        else:
            result = torch.ops.nonlin.parametric_swish(input, beta, dim)
    elif inplace:
        result = torch.ops.nonlin.swish_(input, beta)
    else:
        result = torch.ops.nonlin.swish(input, beta)
    return result
