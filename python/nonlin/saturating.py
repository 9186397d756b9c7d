"""Activations that tend to a constant or a line on each side. All else is as in `nonlin.pointwise`.

`sigmoid_` and `tanh_` overwrite their input, as those of PyTorch.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, real
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = [
    "hardsigmoid",
    "logsigmoid",
    "sigmoid",
    "sigmoid_",
    "sign",
    "sign_ste",
    "softplus",
    "softsign",
    "tanh",
    "tanh_",
]


@calls(operator("sigmoid"))
def sigmoid(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Sigmoid(x) = 1/(1 + e⁻ˣ).

    Rumelhart, Hinton and Williams 1986, Nature 323

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> sigmoid(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.2689, 0.5000, 0.7311])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.sigmoid(input, inplace, out)
        if done is not ASIDE:
            return done
    check("sigmoid", input, inplace, out)
    if out is not None:
        return ops.sigmoid(input, out=alone("sigmoid", out, inplace))
    return ops.sigmoid_(input) if inplace else ops.sigmoid(input)


@calls(operator("logsigmoid"))
def logsigmoid(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """LogSigmoid(x) = −ln(1 + e⁻ˣ).

    Dugas, Bengio, Bélisle, Nadeau and Garcia 2000, NIPS 13

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> logsigmoid(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.3133, -0.6931, -0.3133])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.logsigmoid(input, inplace, out)
        if done is not ASIDE:
            return done
    check("logsigmoid", input, inplace, out)
    if out is not None:
        return ops.logsigmoid(input, out=alone("logsigmoid", out, inplace))
    return ops.logsigmoid_(input) if inplace else ops.logsigmoid(input)


@calls(operator("tanh"))
def tanh(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Tanh(x) = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ).

    LeCun, Bottou, Orr and Müller 1998, Efficient BackProp

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> tanh(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.7616,  0.0000,  0.7616])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.tanh(input, inplace, out)
        if done is not ASIDE:
            return done
    check("tanh", input, inplace, out)
    if out is not None:
        return ops.tanh(input, out=alone("tanh", out, inplace))
    return ops.tanh_(input) if inplace else ops.tanh(input)


@calls(operator("hardsigmoid"))
def hardsigmoid(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Hardsigmoid(x) = min(max(x/6 + ½, 0), 1).

    Courbariaux, Bengio and David 2015, arXiv 1511.00363

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> hardsigmoid(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.3333, 0.5000, 0.6667])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.hardsigmoid(input, inplace, out)
        if done is not ASIDE:
            return done
    check("hardsigmoid", input, inplace, out)
    if out is not None:
        return ops.hardsigmoid(input, out=alone("hardsigmoid", out, inplace))
    return ops.hardsigmoid_(input) if inplace else ops.hardsigmoid(input)


@calls(operator("softplus", "beta", "threshold"))
def softplus(
    input: Tensor,
    beta: float = 1.0,
    threshold: float = 20.0,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Softplus(x) = ln(1 + exp(βx))/β, and x where βx > threshold.

    Dugas, Bengio, Bélisle, Nadeau and Garcia 2000, NIPS 13

    input: any shape; float64, float32, float16 or bfloat16
    beta: any finite number but 0
    threshold: any finite number
    returns: same shape and dtype

    >>> softplus(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.3133, 0.6931, 1.3133])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.softplus(input, beta, threshold, inplace, out)
        if done is not ASIDE:
            return done
    check("softplus", input, inplace, out)
    beta = real("nonlin::softplus", "beta", beta)
    threshold = real("nonlin::softplus", "threshold", threshold)
    if out is not None:
        return ops.softplus(input, beta, threshold, out=alone("softplus", out, inplace))
    return (
        ops.softplus_(input, beta, threshold) if inplace else ops.softplus(input, beta, threshold)
    )


@calls(operator("softsign"))
def softsign(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Softsign(x) = x/(1 + |x|).

    Bergstra, Desjardins, Lamblin and Bengio 2009, Université de Montréal, report 1337

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


@calls(operator("sign"))
def sign(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """Sign(x) = 1 where x > 0, −1 where x < 0, and ±0 stays.

    Its slope is 0; `sign_ste` passes gradients on. NaN stays NaN.

    Rosenblatt 1958, Psychological Review 65

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> sign(torch.tensor([-2.0, 0.0, 0.5]))
    tensor([-1.,  0.,  1.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.sign(input, inplace, out)
        if done is not ASIDE:
            return done
    check("sign", input, inplace, out)
    if out is not None:
        return ops.sign(input, out=alone("sign", out, inplace))
    return ops.sign_(input) if inplace else ops.sign(input)


@calls(operator("sign_ste"))
def sign_ste(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SignSTE(x) = sign(x), whose gradient passes unchanged where |x| ≤ 1, and not elsewhere.

    The straight-through estimator of binarised networks: the slope is that of `hardtanh`, but 1
    at ±1.

    Courbariaux, Hubara, Soudry, El-Yaniv and Bengio 2016, arXiv 1602.02830

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> x = torch.tensor([-2.0, -0.5, 0.5], requires_grad=True)
    >>> torch.autograd.grad(sign_ste(x).sum(), x)
    (tensor([0., 1., 1.]),)
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.sign_ste(input, inplace, out)
        if done is not ASIDE:
            return done
    check("sign_ste", input, inplace, out)
    if out is not None:
        return ops.sign_ste(input, out=alone("sign_ste", out, inplace))
    return ops.sign_ste_(input) if inplace else ops.sign_ste(input)


def sigmoid_(input: Tensor) -> Tensor:
    """`sigmoid` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> sigmoid_(x) is x
    True
    """
    return sigmoid(input, True)


def tanh_(input: Tensor) -> Tensor:
    """`tanh` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> tanh_(x) is x
    True
    """
    return tanh(input, True)
