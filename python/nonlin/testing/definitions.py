"""Textbook definitions: the one truth, from which values, derivatives and limits follow.

They run on numbers of MPFR and mpmath, and on tensors: `mp` is mpmath's context, or as much of it
as `Functions` in functions.py has, with `logistic`, which is 1/(1 + e⁻ˣ), besides. A definition
returns the smooth piece that contains the point `at`, so that it never crosses a kink; `either`
chooses one, and `negative(at)` asks for the sign bit, where derivatives at ±0 are those of its
side. A piece that does not depend on x is c + 0 * x. No term of a value or derivative may cancel,
as those of x/(1 + x) do for large x, and 1 − 1/(1 + x) for small ones: choose the former where
at < 1, the latter elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor

# What a piece takes and returns belongs to the context.
Piece = Callable[..., Any]
Definition = Callable[..., Piece]
TERMS = 16  # of the series of a definition, which leave 2⁻¹¹⁰ where |x| < 1


def either(condition: Any, first: Piece, second: Piece) -> Piece:
    """Return the first piece where a condition on `at` holds, the second elsewhere."""
    if isinstance(condition, Tensor):
        return lambda *x: first(*x).where(condition, second(*x))
    return first if condition else second


def negative(at: Any) -> Any:
    """Whether the sign bit is set."""
    return at.signbit() if isinstance(at, Tensor) else math.copysign(1, at) < 0


def gelu(mp: Any, at: Any) -> Piece:
    """Return x·Φ(x)."""
    return lambda x: x * (mp.erfc(-x / mp.sqrt(2)) / 2)


def gelu_tanh(mp: Any, at: Any) -> Piece:
    """Return ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))."""
    k = mp.sqrt(8 / mp.pi)
    return lambda x: x * mp.logistic(k * (x + mp.mpf("0.044715") * x**3))


def swish(mp: Any, at: Any, beta: float) -> Piece:
    """Return x·σ(βx)."""
    return lambda x: x * mp.logistic(beta * x)


def mish(mp: Any, at: Any) -> Piece:
    """Return x·tanh(softplus(x))."""
    return lambda x: x * mp.tanh(mp.log1p(mp.exp(x)))


def elu(mp: Any, at: Any, alpha: float, scale: float, input_scale: float) -> Piece:
    """Return scale·x, or scale·α·expm1(input_scale·x) at and below 0."""
    return either(
        at > 0,
        lambda x: scale * x,
        lambda x: mp.mpf(scale) * alpha * mp.expm1(mp.mpf(input_scale) * x),
    )


def prelu(mp: Any, at: Any) -> Piece:
    """Return x, or w·x at and below 0."""
    return either(at > 0, lambda x, w: x, lambda x, w: w * x)


def parametric_swish(mp: Any, at: Any) -> Piece:
    """Return x·σ(βx)."""
    return lambda x, beta: x * mp.logistic(beta * x)


def hardsigmoid(mp: Any, at: Any) -> Piece:
    """Return (x + 3)/6 between −3 and 3, 0 below and 1 above."""
    inside = either(at < 3, lambda x: (x + 3) / 6, lambda x: 1 + 0 * x)
    return either(at <= -3, lambda x: 0 + 0 * x, inside)


def hardswish(mp: Any, at: Any) -> Piece:
    """Return x·(x + 3)/6 between −3 and 3, 0 below and x above."""
    inside = either(at < 3, lambda x: x * (x + 3) / 6, lambda x: x)
    return either(at <= -3, lambda x: 0 + 0 * x, inside)


def softshrink(mp: Any, at: Any, lambd: float) -> Piece:
    """Return x − λ above λ, x + λ below −λ, else 0."""
    left = either(at < -lambd, lambda x: x + lambd, lambda x: 0 + 0 * x)
    return either(at > lambd, lambda x: x - lambd, left)


def hardshrink(mp: Any, at: Any, lambd: float) -> Piece:
    """Return x where |x| > λ, else 0."""
    left = either(at < -lambd, lambda x: x, lambda x: 0 + 0 * x)
    return either(at > lambd, lambda x: x, left)


def squared_relu(mp: Any, at: Any) -> Piece:
    """Return x² above 0, else 0."""
    return either(at > 0, lambda x: x * x, lambda x: 0 + 0 * x)


def sigmoid(mp: Any, at: Any) -> Piece:
    """Return 1/(1 + e⁻ˣ)."""
    return lambda x: mp.logistic(x)


def tanh(mp: Any, at: Any) -> Piece:
    """Return tanh(x)."""
    return lambda x: mp.tanh(x)


def logsigmoid(mp: Any, at: Any) -> Piece:
    """Return log σ(x) = −log(1 + e⁻ˣ)."""
    return either(
        at < 0,
        lambda x: x - mp.log1p(mp.exp(x)),
        lambda x: -mp.log1p(mp.exp(-x)),
    )


def softplus(mp: Any, at: Any, beta: float, threshold: float) -> Piece:
    """Return log(1 + e^(βx))/β, or x where βx > threshold."""
    smooth = either(
        beta * at < 0,
        lambda x: mp.log1p(mp.exp(beta * x)) / beta,
        lambda x: x + mp.log1p(mp.exp(-beta * x)) / beta,
    )
    return either(beta * at > threshold, lambda x: x, smooth)


def lisht(mp: Any, at: Any) -> Piece:
    """Return x·tanh(x)."""
    return lambda x: x * mp.tanh(x)


def tanhshrink(mp: Any, at: Any) -> Piece:
    """Return x − tanh(x) = (x·cosh(x) − sinh(x))/cosh(x), next to 0 by the numerator's series."""

    def near(x: Any) -> Any:
        s, total = x * x, mp.mpf(0)
        for k in range(TERMS, 0, -1):
            total = (total + mp.mpf(2 * k)) * s / ((2 * k + 1) * (2 * k))
        return x * total / ((mp.exp(x) + mp.exp(-x)) / 2)

    return either(abs(at) < 1, near, lambda x: x - mp.tanh(x))


def serf(mp: Any, at: Any) -> Piece:
    """Return x·erf(log(1 + eˣ))."""
    return either(
        at < 0,
        lambda x: x * mp.erf(mp.log1p(mp.exp(x))),
        lambda x: x * mp.erf(x + mp.log1p(mp.exp(-x))),
    )
