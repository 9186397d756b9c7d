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

from typing import Any

from nonlin.testing.pieces import Piece, derived_from, either, negative
from nonlin.testing.series import constant

TERMS = 16  # of the series of a definition, which leave 2⁻¹¹⁰ where |x| < 1


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


def clamped_swish(mp: Any, at: Any, limit: float, alpha: float) -> Piece:
    """Return c·σ(αc) of c = min(x, limit)."""

    def below(x: Any) -> Any:
        return x * mp.logistic(alpha * x)

    return either(at < limit, below, lambda x: below(constant(limit, x)))


def identity(mp: Any, at: Any) -> Piece:
    """Return x."""
    return lambda x: x


def mish(mp: Any, at: Any) -> Piece:
    """Return x·tanh(softplus(x))."""
    return lambda x: x * mp.tanh(mp.log1p(mp.exp(x)))


def softsign(mp: Any, at: Any) -> Piece:
    """Return x/(1 + |x|), of whose two forms neither cancels where it is chosen."""
    return either(
        abs(at) < 1,
        either(negative(at), lambda x: x / (1 - x), lambda x: x / (1 + x)),
        either(negative(at), lambda x: 1 / (1 - x) - 1, lambda x: 1 - 1 / (1 + x)),
    )


def squareplus(mp: Any, at: Any, b: float) -> Piece:
    """Return (x + √(x² + b))/2, whose terms cancel for x < 0, as b/2/(√(x² + b) − x) does not."""
    m, c = 1 + abs(at), mp.mpf(b)  # m is the unit, in which no square overflows
    line = either(negative(at), lambda x: 0 * x, lambda x: x)
    turn = either(negative(at), lambda x: -x, lambda x: x)

    def small(x: Any) -> Any:
        u = x / m
        return 1 / (mp.sqrt(u * u + c / m / m) + u) * (c / 2 / m)

    return lambda x: line(x) + small(turn(x))


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


def relu(mp: Any, at: Any) -> Piece:
    """Return x above 0, else 0."""
    return either(at > 0, lambda x: x, lambda x: 0 + 0 * x)


def leaky_relu(mp: Any, at: Any, negative_slope: float) -> Piece:
    """Return x above 0, else negative_slope·x."""
    return either(at > 0, lambda x: x, lambda x: negative_slope * x)


def hardtanh(mp: Any, at: Any, min_val: float, max_val: float) -> Piece:
    """Return x between two limits, else the nearer one."""
    inside = either(at < max_val, lambda x: x, lambda x: max_val + 0 * x)
    return either(at > min_val, inside, lambda x: min_val + 0 * x)


def threshold(mp: Any, at: Any, threshold: float, value: float) -> Piece:
    """Return x above the threshold, else the value."""
    return either(at > threshold, lambda x: x, lambda x: value + 0 * x)


def sign(mp: Any, at: Any) -> Piece:
    """Return 1 above 0, −1 below, and ±0 at ±0, of which x⁵ has sign and derivatives."""
    beside = either(at > 0, lambda x: 1 + 0 * x, lambda x: -1 + 0 * x)
    return either(at == 0, lambda x: x**5, beside)


def straight_through(mp: Any, at: Any) -> Piece:
    """Return x between −1 and 1, these included, else the nearer one."""
    outside = either(negative(at), lambda x: -1 + 0 * x, lambda x: 1 + 0 * x)
    return either(abs(at) <= 1, lambda x: x, outside)


@derived_from(straight_through)
def sign_ste(mp: Any, at: Any) -> Piece:
    """Return the sign."""
    return sign(mp, at)


def hardsigmoid(mp: Any, at: Any) -> Piece:
    """Return (x + 3)/6 between −3 and 3, 0 below and 1 above."""
    inside = either(at < 3, lambda x: (x + 3) / mp.mpf(6), lambda x: 1 + 0 * x)
    return either(at <= -3, lambda x: 0 + 0 * x, inside)


def hardswish(mp: Any, at: Any) -> Piece:
    """Return x·(x + 3)/6 between −3 and 3, 0 below and x above."""
    inside = either(at < 3, lambda x: x * (x + 3) / mp.mpf(6), lambda x: x)
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
