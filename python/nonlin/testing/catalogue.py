"""One row per activation: where our functions, PyTorch's and the definitions meet."""

from __future__ import annotations

from functools import partial

import torch
from torch.nn import functional

from nonlin import exponential, groupwise, nn, parametric, pointwise, saturating
from nonlin.testing import definitions, textbook
from nonlin.testing.activation import Activation
from nonlin.testing.parametric import Parametric
from nonlin.testing.pointwise import Pointwise

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946

_ROWS: tuple[Activation, ...] = (
    Pointwise(pointwise.gelu, nn.GELU, definitions.gelu),
    Pointwise(
        partial(pointwise.gelu, approximate="tanh"),
        partial(nn.GELU, "tanh"),
        definitions.gelu_tanh,
    ),
    Pointwise(
        pointwise.swish,
        nn.Swish,
        definitions.swish,
        options=({"beta": 0.3}, {"beta": 1.702}, {"beta": -1.0}, {"beta": 0.0}),
        builtin=functional.silu,
        builtin_module=torch.nn.SiLU,
        textbook=textbook.swish,
    ),
    Pointwise(pointwise.mish, nn.Mish, definitions.mish),
    Pointwise(saturating.softsign, nn.Softsign, definitions.softsign),
    Pointwise(exponential.elu, nn.ELU, definitions.elu, options=({"alpha": 0.3}, {"alpha": 2.5})),
    Pointwise(
        exponential.celu,
        nn.CELU,
        definitions.elu,
        options=({"alpha": 0.3}, {"alpha": 2.5}),
        arguments=lambda alpha=1.0: (alpha, 1.0, 1.0 / alpha),
        textbook=textbook.celu,
    ),
    Pointwise(
        exponential.selu,
        nn.SELU,
        definitions.elu,
        arguments=lambda: (SELU_ALPHA, SELU_SCALE, 1.0),
    ),
    Parametric(
        parametric.prelu,
        nn.PReLU,
        definitions.prelu,
        values=(0.25, 0.0, 1.5, -0.75),
        textbook=textbook.prelu,
    ),
    Parametric(
        pointwise.swish,
        partial(nn.Swish, learnable=True),
        definitions.parametric_swish,
        values=(1.0, 0.3, -1.702, 0.0),
        builtin=textbook.swish,
        builtin_module=textbook.Swish,
    ),
    Activation(
        partial(groupwise.maxout, k=2),
        partial(nn.Maxout, 2),
        builtin=partial(textbook.maxout, k=2),
        builtin_module=partial(textbook.Maxout, 2),
        group=2,
    ),
)

# Public functions without an operator of their name: which one they call, and why it will do.
WITHOUT_OPERATOR = {
    "silu": ("swish", "with β = 1, for which it has kernels of their own"),
    "celu": ("elu", "with `input_scale` = 1/α"),
    "selu": ("elu", "with two constants"),
}

catalogue: dict[str, Activation] = {row.name: row for row in _ROWS}
