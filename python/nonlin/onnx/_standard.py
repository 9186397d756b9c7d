"""Which of ONNX's own operators compute activations, by name: what runtimes know and fuse.

One that is not here goes by its expression, as all do where `exact` is asked for. Functions take
what the operator takes, with numbers as floats, and may return None for numbers or types that
ONNX's operator does not serve.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from nonlin.onnx._operators import Operators, Value

Translation = Callable[..., Value]


def gelu(op: Operators, x: Value) -> Value:
    if op.version >= 20:
        return op.Gelu(x)
    erf = op.Erf(op.Div(x, op.number(math.sqrt(2))))
    return op.Mul(op.Mul(x, op.number(0.5)), op.Add(erf, op.number(1)))


def gelu_tanh(op: Operators, x: Value) -> Value:
    if op.version >= 20:
        return op.Gelu(x, approximate="tanh")
    cube = op.Mul(op.Mul(op.Mul(x, x), x), op.number(0.044715))
    tanh = op.Tanh(op.Mul(op.Add(x, cube), op.number(math.sqrt(2 / math.pi))))
    return op.Mul(op.Mul(x, op.number(0.5)), op.Add(tanh, op.number(1)))


def swish(op: Operators, x: Value, beta: float) -> Value:
    return op.Mul(x, op.Sigmoid(x if beta == 1 else op.Mul(x, op.number(beta))))


def elu(op: Operators, x: Value, alpha: float, scale: float, input_scale: float) -> Value:
    if input_scale == 1:
        return op.Elu(x, alpha=alpha) if scale == 1 else op.Selu(x, alpha=alpha, gamma=scale)
    if scale == 1 and input_scale == 1 / alpha and op.dtype == torch.float32:
        return op.Celu(x, alpha=alpha)
    if input_scale < 0:
        return None
    below = op.Elu(op.Mul(x, op.number(input_scale)), alpha=alpha)
    y = op.Where(op.Greater(x, op.number(0)), x, below)
    return y if scale == 1 else op.Mul(y, op.number(scale))


def in_float32(translation: Translation) -> Translation:
    """Of float16 too: runtimes may compute eˣ in it, which is infinite from 12 on."""

    def wide(op: Operators, x: Value, *numbers: float) -> Value:
        if op.dtype != torch.float16:
            return translation(op, x, *numbers)
        within = op.of(torch.float32)
        return op.cast(translation(within, op.cast(x, torch.float32), *numbers), torch.float16)

    return wide


def softplus(op: Operators, x: Value, beta: float, threshold: float) -> Value:
    side = x if beta == 1 else op.Mul(x, op.number(beta))
    y = op.Softplus(side)
    y = y if beta == 1 else op.Div(y, op.number(beta))
    if threshold >= (20 if op.dtype != torch.float64 else 40):  # where both sides are the same
        return y
    return op.Where(op.Greater(side, op.number(threshold)), x, y)


def threshold(op: Operators, x: Value, threshold: float, value: float) -> Value:
    if value == 0:
        return op.ThresholdedRelu(x, alpha=threshold)
    wide = op.of(torch.promote_types(op.dtype, torch.float32))  # in which it is not rounded
    compared = x if wide.dtype == op.dtype else op.cast(x, wide.dtype)
    return op.Where(op.LessOrEqual(compared, wide.number(threshold)), op.number(value), x)


def hardtanh(op: Operators, x: Value, min_val: float, max_val: float) -> Value:
    return op.Clip(x, op.number(min_val), op.number(max_val))


def squared_relu(op: Operators, x: Value) -> Value:
    y = op.Relu(x)
    return op.Mul(y, y)


# Of the pointwise family.
POINTWISE: dict[str, Translation] = {
    "elu": elu,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "hardshrink": lambda op, x, lambd: op.Shrink(x, lambd=lambd, bias=0.0),
    "hardsigmoid": lambda op, x: op.HardSigmoid(x, alpha=1 / 6, beta=0.5),
    "hardswish": lambda op, x: op.HardSwish(x),
    "hardtanh": hardtanh,
    "leaky_relu": lambda op, x, negative_slope: op.LeakyRelu(x, alpha=negative_slope),
    "lisht": lambda op, x: op.Mul(x, op.Tanh(x)),
    "logsigmoid": in_float32(lambda op, x: op.Neg(op.Softplus(op.Neg(x)))),
    "mish": lambda op, x: op.Mish(x),
    "relu": lambda op, x: op.Relu(x),
    "serf": lambda op, x: op.Mul(x, op.Erf(op.Softplus(x))),
    "sigmoid": lambda op, x: op.Sigmoid(x),
    "sign": lambda op, x: op.Sign(x),
    "sign_ste": lambda op, x: op.Sign(x),
    "softplus": in_float32(softplus),
    "softshrink": lambda op, x, lambd: op.Shrink(x, lambd=lambd, bias=lambd),
    "softsign": lambda op, x: op.Softsign(x),
    "squared_relu": squared_relu,
    "swish": swish,
    "tanh": lambda op, x: op.Tanh(x),
    "tanhshrink": lambda op, x: op.Sub(x, op.Tanh(x)),
    "threshold": threshold,
}


def gated_by(act: Translation) -> Translation:
    def product(op: Operators, gate: Value, up: Value, *numbers: float) -> Value:
        return op.Mul(act(op, gate, *numbers), up)

    return product


def swiglu_clamped(op: Operators, gate: Value, up: Value, limit: float, alpha: float) -> Value:
    c = op.Min(gate, op.number(limit))
    h = op.Clip(up, op.number(-limit), op.number(limit))
    return op.Mul(swish(op, c, alpha), op.Add(h, op.number(1)))


# Of the families of two tensors: a weight is placed so that it broadcasts.
GATED: dict[str, Translation] = {
    "bilinear": lambda op, gate, up: op.Mul(gate, up),
    "geglu": gated_by(POINTWISE["gelu"]),
    "geglu_tanh": gated_by(POINTWISE["gelu_tanh"]),
    "glu": gated_by(POINTWISE["sigmoid"]),
    "reglu": gated_by(POINTWISE["relu"]),
    "swiglu": gated_by(swish),
    "swiglu_clamped": swiglu_clamped,
}
PARAMETRIC: dict[str, Translation] = {
    "parametric_swish": lambda op, x, beta: op.Mul(x, op.Sigmoid(op.Mul(x, beta))),
    "prelu": lambda op, x, weight: op.PRelu(x, weight),
}


def maxout(op: Operators, x: Value, dim: int) -> Value:
    """Of x with groups along that dimension. ReduceMax may lose a NaN, as with torch's amax."""
    return op.ReduceMax(x, op.integers(dim), keepdims=0)


GROUPWISE: dict[str, Translation] = {"maxout": maxout}

STANDARD = {**POINTWISE, **GATED, **PARAMETRIC, **GROUPWISE}
# Those that ONNX has nothing for, and why not.
EXPANDED: dict[str, str] = {
    "squareplus": "a root and a quotient are operators of ONNX",
}
