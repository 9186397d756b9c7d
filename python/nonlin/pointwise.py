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

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, integer, number, text
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = ["gelu", "mish", "silu", "swish"]


@calls(operator("gelu", approximate="none"), operator("gelu_tanh", approximate="tanh"))
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
        done = direct.gelu(input, approximate, out, inplace)
        if done is not ASIDE:
            return done
    if not is_scripting():
        check("gelu", input, inplace, out)
        text("nonlin::gelu", "approximate", approximate)
    if approximate == "none":
        if out is not None:
            return ops.gelu(input, out=alone("gelu", out, inplace))
        return ops.gelu_(input) if inplace else ops.gelu(input)
    if approximate == "tanh":
        if out is not None:
            return ops.gelu_tanh(input, out=alone("gelu", out, inplace))
        return ops.gelu_tanh_(input) if inplace else ops.gelu_tanh(input)
    raise RuntimeError(f"nonlin::gelu: `approximate` must be 'none' or 'tanh', got '{approximate}'")


@calls(operator("swish", "beta", dim=int), operator("parametric_swish", "beta", "dim"))
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
        done = direct.swish(input, beta, inplace, out, dim)
        if done is not ASIDE:
            return done
    if not is_scripting():
        check("swish", input, inplace, out)
        dim = integer("nonlin::swish", "dim", dim)
        if not isinstance(beta, Tensor):
            beta = number("nonlin::swish", "beta", beta, "a real number or a tensor")
    if out is not None:
        out = alone("swish", out, inplace)
        if isinstance(beta, Tensor):
            return ops.parametric_swish(input, beta, dim, out=out)
        return ops.swish(input, beta, out=out)
    if isinstance(beta, Tensor):
        if inplace:
            return ops.parametric_swish_(input, beta, dim)
        return ops.parametric_swish(input, beta, dim)
    return ops.swish_(input, beta) if inplace else ops.swish(input, beta)


@calls(operator("swish", 1.0))
def silu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SiLU(x) = x·σ(x), with σ the logistic function: `swish` with β = 1.

    Elfwing, Uchibe and Doya 2017, arXiv 1702.03118

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.silu(input, inplace, out)
        if done is not ASIDE:
            return done
    check("silu", input, inplace, out)
    if out is not None:
        return ops.swish(input, 1.0, out=alone("silu", out, inplace))
    return ops.swish_(input, 1.0) if inplace else ops.swish(input, 1.0)


@calls(operator("mish"))
def mish(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Mish(x) = x·tanh(softplus(x)), with softplus(x) = ln(1 + eˣ).

    Misra 2019, arXiv 1908.08681

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> mish(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.mish(input, inplace, out)
        if done is not ASIDE:
            return done
    check("mish", input, inplace, out)
    if out is not None:
        return ops.mish(input, out=alone("mish", out, inplace))
    return ops.mish_(input) if inplace else ops.mish(input)
