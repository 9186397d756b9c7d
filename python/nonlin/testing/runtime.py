"""How far results of onnxruntime are from ours, where ONNX's own operators stand for ours.

Of float32 the error is at most ulp · ULP + absolute · ε, as measured with AVX2 and AVX-512; the
absolute part is what the runtime's functions err by where what they give is small. Its logistic
function errs by up to 1.5 ε, and is multiplied by an |x| of up to 20/|β|, beyond which it is 0; so
do 1 + tanh and, with 1 ε, 1 + erf; e⁻ˣ − 1 errs by half an ε. Piecewise linear functions are the
same numbers. In float16 a composition rounds once for each operator, and what float32 loses in a
tail is below the normal numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from nonlin.testing.ulp import spacing

NAN = math.nan
# Names of points, for tables.
POINTS = {"−∞": -math.inf, "−0": -0.0, "0": 0.0, "∞": math.inf, "NaN": NAN}


class Bound(NamedTuple):
    """Of one dtype."""

    ulp: float
    absolute: float = 0.0


class Agreement(NamedTuple):
    """Of one operator.

    scale: of its numbers, what multiplies an absolute error
    gates: |x|, of up to 20 · scale, multiplies it instead
    below: where there is one: on the left of this
    departs: of its numbers, the points at which the result is another one, and which
    in_float16: the same of float16 alone
    exponent: ULP of float32 more where a first number that is not 1 scales an exponent of up to 104
    """

    float32: Bound
    float16: Bound
    scale: Callable[..., float] = lambda *numbers: 1.0
    gates: bool = False
    below: float = math.inf
    departs: Callable[..., dict[str, float]] = lambda *numbers: {}
    in_float16: dict[str, float] = {}  # noqa: RUF012 - of a named tuple
    exponent: float = 0.0

    def bound(self, x: Tensor, value: Tensor, numbers: tuple[float, ...]) -> Tensor:
        """The most that a result in value's dtype may be off at x, in float64."""
        ulp, absolute = self.float16 if value.dtype == torch.float16 else self.float32
        if value.dtype == torch.float32 and numbers[:1] != (1.0,):
            ulp += self.exponent
        scale = torch.full_like(x, self.scale(*numbers), dtype=torch.float64)
        if self.gates:
            scale = torch.minimum(x.abs().double(), 20 * scale)
        scale = scale.where(x < self.below, 0)
        info = torch.finfo(value.dtype)
        return ulp * spacing(value.double(), value.dtype) + absolute * info.eps * scale


def of_swish(beta: float = 1.0) -> dict[str, float]:
    """0·∞ where σ vanishes; with β = 0, where β·x is NaN."""
    if beta == 0:
        return {"−∞": NAN, "∞": NAN}
    return {"−∞" if beta > 0 else "∞": NAN}


def of_slope(slope: float = 0.25) -> dict[str, float]:
    """Below 0 it is multiplied, at 0 it is not."""
    return {"−0": 0.0} | ({"0": 0.0} if slope < 0 else {})


def at(**points: float) -> Callable[..., dict[str, float]]:
    """The same for all numbers."""
    names = {"minus_inf": "−∞", "inf": "∞", "nan": "NaN", "minus_zero": "−0"}
    return lambda *numbers: {names[name]: value for name, value in points.items()}


SAME = Bound(0)
LINEAR = Agreement(SAME, SAME)
AGREEMENTS: dict[str, Agreement] = {
    "elu": Agreement(
        Bound(2, 0.5),
        Bound(2),
        below=0.0,
        scale=lambda alpha=1.0, scale=1.0, input_scale=1.0: abs(alpha * scale),
        departs=at(minus_zero=0.0),
    ),
    "gelu": Agreement(Bound(4, 1), Bound(4, 2**-10), gates=True, departs=at(minus_inf=NAN)),
    "gelu_tanh": Agreement(Bound(4, 1.5), Bound(4, 2**-10), gates=True, departs=at(minus_inf=NAN)),
    "hardshrink": Agreement(SAME, SAME, departs=at(nan=0.0, minus_zero=0.0)),
    "hardsigmoid": Agreement(Bound(2, 0.5), Bound(1)),
    "hardswish": Agreement(Bound(2, 0.25), Bound(1), gates=True, departs=at(minus_inf=NAN)),
    "hardtanh": Agreement(SAME, SAME, departs=at(minus_zero=-0.0)),
    "identity": LINEAR,
    "leaky_relu": Agreement(
        SAME,
        SAME,
        departs=lambda slope=0.01: of_slope(slope) | ({} if slope else {"−∞": NAN}),
    ),
    "lisht": Agreement(Bound(6), Bound(2)),
    "logsigmoid": Agreement(Bound(5), Bound(1)),
    "mish": Agreement(Bound(8), Bound(2, 2**-9), departs=at(minus_inf=NAN)),
    "prelu": Agreement(SAME, SAME, departs=of_slope),
    "relu": Agreement(SAME, SAME, departs=at(minus_zero=-0.0)),
    "serf": Agreement(Bound(6), Bound(2, 2**-9), departs=at(minus_inf=NAN)),
    "sigmoid": Agreement(Bound(1, 1.5), Bound(2, 2**-14)),
    "sign": Agreement(SAME, SAME, departs=at(minus_zero=0.0), in_float16={"NaN": 0.0}),
    "sign_ste": Agreement(SAME, SAME, departs=at(minus_zero=0.0), in_float16={"NaN": 0.0}),
    "softplus": Agreement(Bound(5), Bound(2), exponent=64),
    "softshrink": Agreement(SAME, SAME, departs=at(nan=0.0)),
    "softsign": Agreement(Bound(2), Bound(1), departs=at(minus_inf=NAN, inf=NAN)),
    "squared_relu": LINEAR,
    "squareplus": Agreement(Bound(3), Bound(1)),
    "swish": Agreement(
        Bound(4, 1.5),
        Bound(4, 2**-12),
        scale=lambda beta=1.0: 1 / abs(beta) if beta else 0.0,
        gates=True,
        departs=of_swish,
    ),
    "tanh": Agreement(Bound(6), Bound(1)),
    "tanhshrink": Agreement(Bound(4, 1), Bound(2), departs=at(minus_zero=0.0)),
    "threshold": Agreement(
        SAME, SAME, departs=lambda at=0.0, value=0.0: {} if value else {"NaN": 0.0}
    ),
}
# A composition with a formula of another name.
AGREEMENTS["parametric_swish"] = AGREEMENTS["swish"]
AGREEMENTS["clamped_swish"] = AGREEMENTS["swish"]._replace(
    scale=lambda limit=7.0, alpha=1.702: 1 / abs(alpha),
    departs=at(minus_inf=NAN),
)
