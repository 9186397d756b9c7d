"""Definitions: the one truth, from which values, derivatives and limits follow.

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
