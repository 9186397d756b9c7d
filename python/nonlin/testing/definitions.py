"""Textbook definitions, evaluated with MPFR: good beyond the last bit of float64.

They run on mpmath as well, whose numeric differentiation proves the derivatives. A definition
returns the smooth piece that contains the point `at`, a float, so that it never crosses a kink;
where derivatives at ±0 are those of the side of the sign bit, copysign(1, at) tells the side. No
term of a derivative may cancel, as those of x/(1 + x) do for large x: write 1 − 1/(1 + x). A piece
that does not depend on x is c + 0 * x.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

# `mp` is the context of mpmath or of series.py, and what a piece takes and returns belongs to it.
Piece = Callable[..., Any]
Definition = Callable[..., Piece]
Sum = tuple[Tensor, Tensor]


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


def derivatives(
    definition: Definition, order: int, x: Tensor, arguments: tuple[float, ...]
) -> list[Sum]:
    """Value, slope and so on up to that order, at most 3, at every entry of x, all of them finite.

    Each is an unevaluated sum of two float64 tensors, good to 100 bits; where it is subnormal, a
    rounded number, as float64 has nothing left for the rest.
    """
    return _sums(lambda mp, at: definition(mp, at, *arguments), order, x)


def evaluate(definition: Definition, order: int, x: Tensor, arguments: tuple[float, ...]) -> Sum:
    """The last of `derivatives`."""
    return derivatives(definition, order, x, arguments)[-1]


# Far enough for limits, within the range of float64.
_FAR = torch.tensor([[-(2.0**900), 2.0**900], [-(2.0**1020), 2.0**1020]], dtype=torch.float64)


def limits(
    definition: Definition, order: int, arguments: tuple[float, ...]
) -> list[tuple[float, float]]:
    """Of value, slope and so on up to that order, at −∞ and +∞.

    What still grows between two far points is infinite, what still falls is zero.
    """
    return _limits(derivatives(definition, order, _FAR, arguments))


def partial_limits(definition: Definition, order: int, weight: float) -> list[tuple[float, float]]:
    """The same of partial derivatives, in x."""
    return _limits(partial_derivatives(definition, order, _FAR, torch.full_like(_FAR, weight)))


def at_zeros(definition: Definition, arguments: tuple[float, ...]) -> tuple[float, float]:
    """The values at −0 and +0. A zero has the sign of its piece a little aside."""
    return _at_zeros(lambda mp, at: definition(mp, at, *arguments))


def partial_at_zeros(definition: Definition, weight: float) -> tuple[float, float]:
    """The same of a function of x and a weight."""

    def at_weight(mp: Any, at: Any) -> Piece:
        piece = definition(mp, at)
        return lambda x: piece(x, x * 0 + weight)

    return _at_zeros(at_weight)


def _at_zeros(definition: Definition) -> tuple[float, float]:
    found = []
    for zero in (-0.0, 0.0):
        x = torch.tensor([zero, math.copysign(2.0**-1000, zero)], dtype=torch.float64)

        def piece(mp: Any, at: Any, zero: float = zero) -> Piece:
            return definition(mp, zero)

        value, aside = evaluate(piece, 0, x, ())[0].tolist()
        found.append(value or math.copysign(0.0, aside))
    return found[0], found[1]


def _limits(sums: list[Sum]) -> list[tuple[float, float]]:
    sides = [zip(*high.tolist(), strict=True) for high, _ in sums]
    return [(_limit(*left), _limit(*right)) for left, right in sides]


def _limit(near: float, far: float) -> float:
    if abs(far) > 1.01 * abs(near) or math.isinf(far):
        return math.copysign(math.inf, far)
    if abs(far) < abs(near) / 2:
        return math.copysign(0.0, far)
    if abs(far - near) > 1e-9 * abs(near):
        raise ValueError(f"a definition has no limit that can be seen: {near}, further away {far}")
    return far


def partial_derivatives(definition: Definition, order: int, x: Tensor, weight: Tensor) -> list[Sum]:
    """The same for a function of x and a weight: f; f_x, f_w; f_xx, f_xw, f_ww; and so on."""
    return _sums(definition, order, x, weight)


def extended(limits: Iterable[Tensor], finite: Tensor, sums: list[Sum]) -> list[Sum]:
    """From sums at the finite inputs, sums at all of them: elsewhere, the limits."""
    results = []
    for limit, parts in zip(limits, sums, strict=True):
        high, low = limit.clone(), torch.zeros_like(limit)
        high[finite], low[finite] = parts
        results.append((high, low))
    return results


def _sums(definition: Definition, order: int, *inputs: Tensor) -> list[Sum]:
    try:
        from nonlin.testing import series
    except ModuleNotFoundError:
        raise ImportError("references for float64 need gmpy2: run `pip install gmpy2`") from None
    space = series.space(len(inputs), order)
    points = zip(*(t.detach().double().flatten().tolist() for t in inputs), strict=True)
    pairs = [space.derivatives(definition, numbers) for numbers in points]
    shape = (*inputs[0].shape, len(space.orders), 2)
    highs, lows = torch.tensor(pairs, dtype=torch.float64).reshape(shape).unbind(-1)
    lows = lows.masked_fill(highs.isinf(), 0)  # an overflow leaves no rest
    return list(zip(highs.unbind(-1), lows.unbind(-1), strict=True))
