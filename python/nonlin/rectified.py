"""Activations that are made of straight lines. All else is as in `nonlin.pointwise`.

Where their slope is 0 they pass no gradient on, not even an infinite one, as PyTorch's. Those whose
slope can be told from the result keep the result for backward, so that in place nothing is copied.

`relu_`, `leaky_relu_`, `hardtanh_` and `threshold_` overwrite their input, as those of PyTorch.
"""

from __future__ import annotations

import torch  # noqa: F401 - for the examples
from torch import Tensor

from nonlin._arguments import alone, check, real
from nonlin._direct import ASIDE, calls, direct, is_dynamo_compiling, is_scripting, operator, ops

__all__ = [
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "relu",
    "relu6",
    "relu_",
    "squared_relu",
    "threshold",
    "threshold_",
]


@calls(operator("relu"))
def relu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """ReLU(x) = x where x > 0, 0 elsewhere.

    Nair and Hinton 2010, ICML 27

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> relu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0., 0., 1.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.relu(input, inplace, out)
        if done is not ASIDE:
            return done
    check("relu", input, inplace, out)
    if out is not None:
        return ops.relu(input, out=alone("relu", out, inplace))
    return ops.relu_(input) if inplace else ops.relu(input)


@calls(operator("hardtanh", 0.0, 6.0))
def relu6(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """ReLU6(x) = min(max(x, 0), 6): `hardtanh` with limits 0 and 6.

    Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10, University of Toronto

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> relu6(torch.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.relu6(input, inplace, out)
        if done is not ASIDE:
            return done
    check("relu6", input, inplace, out)
    if out is not None:
        return ops.hardtanh(input, 0.0, 6.0, out=alone("relu6", out, inplace))
    return ops.hardtanh_(input, 0.0, 6.0) if inplace else ops.hardtanh(input, 0.0, 6.0)


@calls(operator("leaky_relu", "negative_slope"))
def leaky_relu(
    input: Tensor, negative_slope: float = 0.01, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """LeakyReLU(x) = x where x > 0, negative_slope·x elsewhere.

    Maas, Hannun and Ng 2013, ICML 30

    input: any shape; float64, float32, float16 or bfloat16
    negative_slope: any finite number; its derivatives at 0 are those of x < 0
    returns: same shape and dtype

    >>> leaky_relu(torch.tensor([-1.0, 0.0, 1.0]), negative_slope=0.1)
    tensor([-0.1000,  0.0000,  1.0000])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.leaky_relu(input, negative_slope, inplace, out)
        if done is not ASIDE:
            return done
    check("leaky_relu", input, inplace, out)
    negative_slope = real("nonlin::leaky_relu", "negative_slope", negative_slope)
    if out is not None:
        return ops.leaky_relu(input, negative_slope, out=alone("leaky_relu", out, inplace))
    return (
        ops.leaky_relu_(input, negative_slope) if inplace else ops.leaky_relu(input, negative_slope)
    )


@calls(operator("hardtanh", "min_val", "max_val"))
def hardtanh(
    input: Tensor,
    min_val: float = -1.0,
    max_val: float = 1.0,
    inplace: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Hardtanh(x) = min(max(x, min_val), max_val).

    Collobert 2004, Large Scale Machine Learning, Université de Paris VI

    input: any shape; float64, float32, float16 or bfloat16
    min_val, max_val: any finite numbers, the first not greater than the second; the slope is 0
            at both
    returns: same shape and dtype

    >>> hardtanh(torch.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.hardtanh(input, min_val, max_val, inplace, out)
        if done is not ASIDE:
            return done
    check("hardtanh", input, inplace, out)
    min_val = real("nonlin::hardtanh", "min_val", min_val)
    max_val = real("nonlin::hardtanh", "max_val", max_val)
    if out is not None:
        return ops.hardtanh(input, min_val, max_val, out=alone("hardtanh", out, inplace))
    return (
        ops.hardtanh_(input, min_val, max_val) if inplace else ops.hardtanh(input, min_val, max_val)
    )


@calls(operator("threshold", "threshold", "value"))
def threshold(
    input: Tensor, threshold: float, value: float, inplace: bool = False, out: Tensor | None = None
) -> Tensor:
    """Threshold(x) = x where x > threshold, value elsewhere.

    Glorot, Bordes and Bengio 2011, AISTATS 14

    input: any shape; float64, float32, float16 or bfloat16
    threshold, value: any finite numbers
    returns: same shape and dtype

    >>> threshold(torch.tensor([-1.0, 0.0, 1.0]), 0.5, -2.0)
    tensor([-2., -2.,  1.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.threshold(input, threshold, value, inplace, out)
        if done is not ASIDE:
            return done
    check("threshold", input, inplace, out)
    threshold = real("nonlin::threshold", "threshold", threshold)
    value = real("nonlin::threshold", "value", value)
    if out is not None:
        return ops.threshold(input, threshold, value, out=alone("threshold", out, inplace))
    return (
        ops.threshold_(input, threshold, value)
        if inplace
        else ops.threshold(input, threshold, value)
    )


_threshold = threshold  # where an argument has that name


@calls(operator("squared_relu"))
def squared_relu(input: Tensor, inplace: bool = False, out: Tensor | None = None) -> Tensor:
    """SquaredReLU(x) = max(x, 0)².

    So, Mańke, Liu, Dai, Shazeer and Le 2021, arXiv 2109.08668

    input: any shape; float64, float32, float16 or bfloat16
    returns: same shape and dtype

    >>> squared_relu(torch.tensor([-1.0, 0.0, 3.0]))
    tensor([0., 0., 9.])
    """
    if not (is_scripting() or is_dynamo_compiling()):
        done = direct.squared_relu(input, inplace, out)
        if done is not ASIDE:
            return done
    check("squared_relu", input, inplace, out)
    if out is not None:
        return ops.squared_relu(input, out=alone("squared_relu", out, inplace))
    return ops.squared_relu_(input) if inplace else ops.squared_relu(input)


def relu_(input: Tensor) -> Tensor:
    """`relu` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> relu_(x) is x
    True
    """
    return relu(input, True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> leaky_relu_(x) is x
    True
    """
    return leaky_relu(input, negative_slope, True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> hardtanh_(x) is x
    True
    """
    return hardtanh(input, min_val, max_val, True)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold` with `inplace=True`.

    >>> x = torch.tensor([-1.0, 0.0, 1.0])
    >>> threshold_(x, 0.0, 0.0) is x
    True
    """
    return _threshold(input, threshold, value, True)
