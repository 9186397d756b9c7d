"""Textbook definitions in mpmath; slope and curvature by numeric differentiation at high precision.

Good beyond the last bit of float64, and slow: hundreds of points a second. A definition returns the
smooth piece that contains the point `at`, so that differentiation never crosses a kink.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

# mpmath has no types: `mp` is its context, and a number is one of its mpf.
Piece = Callable[..., Any]
Definition = Callable[..., Piece]

# A value of −1 + 2⁻¹⁰⁷⁴ has a slope that float64 can hold.
_BITS, _BITS_OF_DERIVATIVES = 160, 1200


def gelu(mp: Any, at: Any) -> Piece:
    """Return x·Φ(x)."""
    return lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2


def gelu_tanh(mp: Any, at: Any) -> Piece:
    """Return ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))."""
    k = mp.sqrt(8 / mp.pi)
    return lambda x: x / (1 + mp.exp(-k * (x + mp.mpf("0.044715") * x**3)))


def swish(mp: Any, at: Any, beta: float) -> Piece:
    """Return x·σ(βx)."""
    return lambda x: x / (1 + mp.exp(-beta * x))


def mish(mp: Any, at: Any) -> Piece:
    """Return x·tanh(softplus(x))."""
    return lambda x: x * mp.tanh(mp.log1p(mp.exp(x)))


def elu(mp: Any, at: Any, alpha: float, scale: float, input_scale: float) -> Piece:
    """Return scale·x, or scale·α·expm1(input_scale·x) at and below 0."""
    if at > 0:
        return lambda x: scale * x
    return lambda x: mp.mpf(scale) * alpha * mp.expm1(mp.mpf(input_scale) * x)


def evaluate(
    definition: Definition, order: int, x: Tensor, arguments: tuple[float, ...]
) -> tuple[Tensor, Tensor]:
    """The derivative of that order at every entry of x, all of them finite.

    The result is an unevaluated sum of two float64 tensors.
    """

    def derivative(mp: Any, at: Any) -> Any:
        piece = definition(mp, at, *arguments)
        return mp.diff(piece, at, order) if order else piece(at)

    return _sums(derivative, bool(order), x)


def evaluate_partial(
    definition: Definition, orders: tuple[int, int], x: Tensor, weight: Tensor
) -> tuple[Tensor, Tensor]:
    """The same for a function of x and a weight, differentiated so often by each."""

    def derivative(mp: Any, at: Any, weight: Any) -> Any:
        piece = definition(mp, at)
        return mp.diff(piece, (at, weight), orders) if any(orders) else piece(at, weight)

    return _sums(derivative, any(orders), x, weight)


def _sums(
    function: Callable[..., Any], differentiates: bool, *inputs: Tensor
) -> tuple[Tensor, Tensor]:
    try:
        from mpmath import mp
    except ModuleNotFoundError:
        raise ImportError("references for float64 need mpmath: run `pip install mpmath`") from None
    pairs = []
    for numbers in zip(*(t.detach().double().flatten().tolist() for t in inputs), strict=True):
        at = [mp.mpf(number) for number in numbers]
        bits = _BITS_OF_DERIVATIVES if differentiates else _BITS
        with mp.workprec(bits + sum(max(0, mp.mag(number)) for number in at if number)):
            result = function(mp, *at)
            high = float(result)
            pairs.append((high, float(result - high)))
    both = torch.tensor(pairs, dtype=torch.float64).reshape(*inputs[0].shape, 2)
    return both[..., 0], both[..., 1]
