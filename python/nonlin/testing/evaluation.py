"""Value, derivatives and limits of a definition: with MPFR, or fast, on tensors of float64.

Inputs are x, and the weights of a function that has some; hyper-parameters are `arguments`.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from nonlin.testing.functions import tensors
from nonlin.testing.pieces import Definition, Piece
from nonlin.testing.series import space as space_of

Sum = tuple[Tensor, Tensor]  # unevaluated
Ends = list[tuple[float, float]]  # at −∞ and at +∞, of value and derivatives
Arguments = tuple[float, ...]

CHUNK = 2**14  # elements on a CPU: all that is computed of them stays in its cache
# Far enough for limits; their cubes are within the range of float64.
NEAR, FAR = 2.0**300, 2.0**340


def jet(definition: Definition, order: int, arguments: Arguments, *inputs: Tensor) -> list[Tensor]:
    """Value, slope and so on up to that order, in float64: good for results of 8 to 24 bits.

    With weights: f; f_x, f_w; f_xx, f_xw, f_ww. The relative accuracy is about 1e-14 for whatever
    is larger than 1e-53, except next to roots. At infinities they are what arithmetic makes of it.
    """
    space = space_of(len(inputs), order)
    results = [inputs[0].new_empty(inputs[0].shape) for _ in space.orders]
    size = max(1, inputs[0].numel()) if inputs[0].is_cuda else CHUNK
    whole = (*inputs, *(result.view(-1) for result in results))
    parts = (torch.split(t.reshape(-1), size) for t in whole)
    for part in zip(*parts, strict=True):
        points, targets = part[: len(inputs)], part[len(inputs) :]
        found = definition(tensors, points[0], *arguments)(*space.variables(points))
        for target, term, count in zip(targets, found.terms, space.factorials, strict=True):
            if isinstance(term, Tensor):
                torch.mul(term, count, out=target)
            else:
                target.fill_(term * count)
    return results


def exact(definition: Definition, order: int, arguments: Arguments, *inputs: Tensor) -> list[Sum]:
    """The same to 100 bits, at finite inputs, with MPFR, as unevaluated sums of two float64.

    Where one is subnormal, it is a rounded number, as float64 has nothing left for the rest.
    """
    try:
        from nonlin.testing import exact as mpfr
    except ModuleNotFoundError:
        raise ImportError("references for float64 need gmpy2: run `pip install gmpy2`") from None

    def at_point(mp: Any, at: Any) -> Piece:
        return definition(mp, at, *arguments)

    space = space_of(len(inputs), order)
    points = zip(*(t.detach().double().flatten().tolist() for t in inputs), strict=True)
    pairs = [mpfr.derivatives(at_point, numbers, space) for numbers in points]
    shape = (*inputs[0].shape, len(space.orders), 2)
    highs, lows = torch.tensor(pairs, dtype=torch.float64).reshape(shape).unbind(-1)
    lows = lows.masked_fill(highs.isinf(), 0)  # an overflow leaves no rest
    return list(zip(highs.unbind(-1), lows.unbind(-1), strict=True))


def exact_limits(definition: Definition, order: int, arguments: Arguments, *weights: float) -> Ends:
    """What value, slope and so on tend to, by MPFR.

    What still grows between two far points is infinite, what still falls is zero.
    """
    far = torch.tensor([[-NEAR, NEAR], [-FAR, FAR]], dtype=torch.float64)
    sums = exact(definition, order, arguments, far, *(torch.full_like(far, w) for w in weights))
    sides = [zip(*high.tolist(), strict=True) for high, _ in sums]
    return [(_limit(*left), _limit(*right)) for left, right in sides]


def limits(
    definition: Definition, order: int, arguments: Arguments, x: Tensor, *weights: Tensor
) -> list[Tensor]:
    """The same where x is infinite, by float64."""
    points = (torch.full_like(x, far).copysign(x) for far in (NEAR, FAR))
    sides = (jet(definition, order, arguments, point, *weights) for point in points)
    return [
        torch.tensor(list(map(_limit, a.tolist(), b.tolist())), dtype=x.dtype)
        for a, b in zip(*sides, strict=True)
    ]


def _limit(near: float, far: float) -> float:
    if abs(far) > 1.01 * abs(near) or math.isinf(far):
        return math.copysign(math.inf, far)
    if abs(far) < abs(near) / 2:
        return math.copysign(0.0, far)
    if abs(far - near) > 1e-9 * abs(near):
        raise ValueError(f"a definition has no limit that can be seen: {near}, further away {far}")
    return far


def at_zeros(definition: Definition, arguments: Arguments, *weights: float) -> tuple[float, float]:
    """The values at −0 and +0, by MPFR. A zero has the sign of its piece a little aside."""
    found = []
    for zero in (-0.0, 0.0):
        x = torch.tensor([zero, math.copysign(2.0**-1000, zero)], dtype=torch.float64)

        def piece(mp: Any, at: Any, zero: float = zero) -> Piece:
            return definition(mp, zero, *arguments)

        given = (torch.full_like(x, weight) for weight in weights)
        value, aside = exact(piece, 0, (), x, *given)[0][0].tolist()
        found.append(value or math.copysign(0.0, aside))
    return found[0], found[1]


def extended(ends: list[Tensor], finite: Tensor, sums: list[Sum]) -> list[Sum]:
    """From sums at the finite inputs, sums at all of them: elsewhere, `ends`."""
    results = []
    for end, parts in zip(ends, sums, strict=True):
        high, low = end.clone(), torch.zeros_like(end)
        high[finite], low[finite] = parts
        results.append((high, low))
    return results
