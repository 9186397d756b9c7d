"""Value, slope and curvature in float64, written for a pencil and not for speed.

They share nothing with the kernels. Their relative accuracy is about 1e-14, except next to the
roots of the slope, which `activation.py` takes care of, and of the curvature, where the absolute
accuracy is 1e-15. Arguments of exponentials are clamped where all that they multiply has long been
zero, so that infinities give limits and not NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Jet(NamedTuple):
    """The three numbers f(x), f′(x), f″(x)."""

    value: Tensor
    slope: Tensor
    curvature: Tensor


def gelu(x: Tensor) -> Jet:
    """GELU: f = x·Φ,  f′ = Φ + x·φ,  f″ = φ·(2 − x²)."""
    c = x.clamp(-60, 60)
    normal = torch.special.erfc(-c / math.sqrt(2)) / 2
    density = torch.exp(-c * c / 2) / math.sqrt(2 * math.pi)
    return Jet(x.clamp(min=-60) * normal, normal + c * density, density * (2 - c * c))


def gelu_tanh(x: Tensor) -> Jet:
    """GELU's approximation: f = x·σ(w) with w = √(8/π)·(x + 0.044715·x³).

    That is ½·x·(1 + tanh(w/2)) without its cancellation.
    f′ = σ + x·w′·σ(1−σ),  f″ = σ(1−σ)·(2w′ + x·w″ + x·w′²·(1−2σ))
    """
    c = x.clamp(-60, 60)
    k, cube = math.sqrt(8 / math.pi), 0.044715 * c * c
    w, w1, xw2 = k * c * (1 + cube), k * (1 + 3 * cube), k * 6 * cube
    s, rest = torch.sigmoid(w), torch.sigmoid(-w)
    return Jet(
        x.clamp(min=-60) * s,
        s * (1 + c * w1 * rest),
        s * rest * (2 * w1 + xw2 + c * w1 * w1 * (rest - s)),
    )


def swish(x: Tensor, beta: float | Tensor) -> Jet:
    """Swish: f = x·σ(z) with z = βx,  f′ = σ·(1 + z·(1−σ)),  f″ = β·σ(1−σ)·(2 + z·(1−2σ))."""
    z = (beta * x.clamp(-1e308, 1e308)).clamp(-2000, 2000)
    s, rest = torch.sigmoid(z), torch.sigmoid(-z)
    value = x * s
    if value.isnan().any():
        value = torch.where((s == 0) & x.isinf(), torch.copysign(s, x), value)
    return Jet(value, s * (1 + z * rest), beta * s * rest * (2 + z * (rest - s)))


def mish(x: Tensor) -> Jet:
    """Mish: f = x·t with t = tanh(softplus(x)).

    f′ = t + x·σ·(1−t²),  f″ = σ(1−t²)·(2 + x·(1−σ) − 2x·σ·t)
    As e^(−softplus) is r = 1−σ, t = (1−r²)/(1+r²) and 1−t² = (2r/(1+r²))².
    """
    c = x.clamp(-2000, 2000)
    s, rest = torch.sigmoid(c), torch.sigmoid(-c)
    both = 1 + rest * rest
    t, sech = s * (1 + rest) / both, 2 * rest / both
    d = s * sech * sech
    return Jet(x.clamp(min=-2000) * t, t + c * d, d * (2 + c * rest - 2 * c * s * t))


def elu(x: Tensor, alpha: float, scale: float, input_scale: float) -> Jet:
    """ELU: f = scale·x where x > 0, scale·α·expm1(input_scale·x) elsewhere.

    At 0 the derivatives are those from the left.
    """
    z, right = input_scale * x, x > 0
    decay = scale * alpha * input_scale * torch.exp(z)
    return Jet(
        torch.where(right, scale * x, scale * alpha * torch.expm1(z)),
        decay.masked_fill(right, scale),
        (decay * input_scale).masked_fill(right, 0),
    )


# Of Gauss and Legendre, with five points.
_NODES = (-0.906179845938664, -0.5384693101056831, 0.0, 0.5384693101056831, 0.906179845938664)
_WEIGHTS = (
    0.23692688505618908,
    0.47862867049936647,
    0.5688888888888889,
    0.47862867049936647,
    0.23692688505618908,
)


def through_root(
    slope: Tensor, distance: Tensor, reach: float, curvature: Callable[[Tensor], Tensor]
) -> Tensor:
    """Next to its root r a slope cancels; the integral of f″(r + t) for t from 0 does not.

    `distance` is x − r, to more bits than float64 has at x; where it is larger than `reach`, the
    slope remains as it is.
    """
    near = distance.abs() < reach
    if near.any():
        inner = distance[near]
        parts = zip(_NODES, _WEIGHTS, strict=True)
        slope[near] = inner * sum(w / 2 * curvature(inner * (1 + node) / 2) for node, w in parts)
    return slope
