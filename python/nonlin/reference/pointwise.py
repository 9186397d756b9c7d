"""Value, slope and curvature in float64, written for a pencil and not for speed.

They share nothing with the kernels. Their relative accuracy is about 1e-14, except next to the
roots of the slope, which `activation.py` takes care of, and of the curvature, where the absolute
accuracy is 1e-15. Arguments of exponentials are clamped where all that they multiply has long been
zero, so that infinities give limits and not NaN.
"""

from __future__ import annotations

import math
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
    k = math.sqrt(8 / math.pi)
    w, w1, w2 = k * (c + 0.044715 * c**3), k * (1 + 3 * 0.044715 * c * c), k * 6 * 0.044715 * c
    s, rest = _logistic(w), _logistic(-w)
    return Jet(
        x.clamp(min=-60) * s,
        s * (1 + c * w1 * rest),
        s * rest * (2 * w1 + c * w2 + c * w1 * w1 * (rest - s)),
    )


def swish(x: Tensor, beta: float | Tensor) -> Jet:
    """Swish: f = x·σ(z) with z = βx,  f′ = σ·(1 + z·(1−σ)),  f″ = β·σ(1−σ)·(2 + z·(1−2σ))."""
    z = (beta * x.clamp(-1e308, 1e308)).clamp(-2000, 2000)
    s, rest = _logistic(z), _logistic(-z)
    vanished = (s == 0) & x.isinf()
    value = torch.where(vanished, torch.copysign(s, x), x * s)
    return Jet(value, s * (1 + z * rest), beta * s * rest * (2 + z * (rest - s)))


def mish(x: Tensor) -> Jet:
    """Mish: f = x·t with t = tanh(softplus(x)).

    f′ = t + x·σ·(1−t²),  f″ = σ(1−t²)·(2 + x·(1−σ) − 2x·σ·t)
    """
    c = x.clamp(-2000, 2000)
    softplus = torch.where(c > 30, c, torch.log1p(torch.exp(c)))
    t, sech = torch.tanh(softplus), 1 / torch.cosh(softplus)
    s, rest = _logistic(c), _logistic(-c)
    d = s * sech * sech
    return Jet(x.clamp(min=-2000) * t, t + c * d, d * (2 + c * rest - 2 * c * s * t))


def elu(x: Tensor, alpha: float, scale: float, input_scale: float) -> Jet:
    """ELU: f = scale·x where x > 0, scale·α·expm1(input_scale·x) elsewhere.

    At 0 the derivatives are those from the left.
    """
    z = input_scale * x
    decay = scale * alpha * input_scale * torch.exp(z)
    return Jet(
        torch.where(x > 0, scale * x, scale * alpha * torch.expm1(z)),
        torch.where(x > 0, scale, decay),
        torch.where(x > 0, 0.0, decay * input_scale),
    )


def _logistic(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))
